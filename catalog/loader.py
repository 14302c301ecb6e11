"""Load a folder of destination files and report all their errors at once."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from catalog import automatic_preset, plain_file, stream_key, strict_yaml
from catalog.audio import LANGUAGE_PATTERN
from catalog.diagnostics import DestinationValidationError, Diagnostic, did_you_mean
from catalog.errors import Location, LunoraError
from catalog.flow_source import FlowSource
from catalog.input_loss import COLOR_PATTERN
from catalog.maintenance import HOUR_PATTERN, MaintenanceWindow
from catalog.model import NAME_PATTERN, DestinationSpec
from catalog.rtmp_authentication import PARAMETER_PATTERN, USERNAME_PATTERN
from catalog.rules import (
    audio,
    authentication,
    channel_input,
    cross_file,
    flow,
    frame_rate,
    hls,
    logo,
    members,
    per_file,
    picture,
    platform,
    smart_crop,
    transport,
)
from catalog.rules.finding import Finding
from catalog.schedule import START_PATTERN, STOP_PATTERN
from catalog.schedule_events import MOMENT_PATTERN
from catalog.strict_model import submodel

_Check = Callable[[DestinationSpec], Iterator[Finding]]

_MAX_BYTES = 64 * 1024
_IGNORED = frozenset({"README.md", "schema.json"})
NO_DRAFTS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LoadedDestinations:
    """Valid destinations by name, with the warnings about their files."""

    specs: tuple[DestinationSpec, ...]
    warnings: tuple[Diagnostic, ...]


def load(  # noqa: PLR0913 - what the stack and the day say of the files
    folder: Path,
    *,
    today: dt.date | None = None,
    flows: Collection[str] | None = None,
    sources: Mapping[str, FlowSource] | None = None,
    maintenance: MaintenanceWindow | None = None,
    may_be_empty: bool = False,
    checks: Sequence[_Check] = (),
    drafts: Mapping[str, str] = NO_DRAFTS,
) -> LoadedDestinations:
    """Return the destinations of all `<name>.yaml` in *folder*; expired ones are stopped.

    Args:
        folder: the destination folder.
        today: the day in UTC that `expires` is compared with; by default the current day.
        flows: keys of the stack's flows; None does not check the files' flows.
        sources: declared sources of the stack's flows; None leaves `preset: auto` as it is.
        maintenance: the stack's window for channels whose files give none.
        may_be_empty: whether a folder without files is valid.
        checks: further rules within one file, which need more than the catalog.
        drafts: texts, by destination, that are not written yet; each takes the place of its file.

    Raises:
        DestinationValidationError: with all errors of all files.
    """
    diagnostics: list[Diagnostic] = []
    files: list[_File] = []
    texts = {folder / f"{name}.yaml": text for name, text in drafts.items()}
    paths = _paths(folder, diagnostics, may_be_empty=may_be_empty or bool(drafts))
    for path in sorted({*paths, *texts}):
        try:
            files.append(_parsed(path, texts[path] if path in texts else _text(path)))
        except DestinationValidationError as error:
            diagnostics.extend(error.diagnostics)
    day = today or dt.datetime.now(dt.UTC).date()
    if sources is not None:
        files = [file.resolved(sources) for file in files]
        checks = (*checks, automatic_preset.check_source_is_declared)
    for file in files:
        diagnostics.extend(map(file.diagnostic, findings(file.spec, day, maintenance)))
        for rule in checks:
            diagnostics.extend(map(file.diagnostic, rule(file.spec)))
        if flows is not None:
            diagnostics.extend(map(file.diagnostic, flow.check_flows(file.spec, flows)))
    by_name = {file.spec.name: file for file in files}
    for check in _CROSS_FILE:
        for spec, finding in check([file.spec for file in files]):
            diagnostics.append(by_name[spec.name].diagnostic(finding))
    if diagnostics:
        raise DestinationValidationError(diagnostics)
    return LoadedDestinations(
        tuple(_in_effect(file.spec, day) for file in files),
        tuple(sorted(warning for file in files for warning in file.warnings(day, sources or {}))),
    )


_CrossFileCheck = Callable[[Sequence[DestinationSpec]], Iterable[tuple[DestinationSpec, Finding]]]

_PER_FILE: tuple[_Check, ...] = (
    per_file.check_url_is_given,
    transport.check_url_has_a_sender,
    transport.check_transport_has_its_keys,
    transport.check_ports_exist,
    transport.check_srt_is_encrypted,
    transport.check_listener,
    hls.check_key_has_a_place,
    per_file.check_route_has_its_keys,
    platform.check_platform_takes_the_protocol,
)
_PER_CHANNEL: tuple[_Check, ...] = (
    authentication.check_authentication,
    members.check_members,
    per_file.check_second_ingest,
    channel_input.check_input_type,
    hls.check_segments_end_at_key_frames,
    hls.check_restart_delay,
)
_PER_ENCODING: tuple[_Check, ...] = (
    platform.check_platform_limits,
    platform.check_platform_takes_the_size,
    picture.check_picture,
    logo.check_logo,
    smart_crop.check_smart_crop,
    channel_input.check_failover,
    audio.check_audio,
    audio.check_audio_only,
)
_CROSS_FILE: tuple[_CrossFileCheck, ...] = (
    cross_file.check_one_stream_per_key,
    cross_file.check_one_sender_per_port,
    cross_file.check_previous_names,
    smart_crop.check_one_channel_per_feed,
)


def findings(
    spec: DestinationSpec,
    today: dt.date | None = None,
    maintenance: MaintenanceWindow | None = None,
) -> Iterator[Finding]:
    """Yield the errors of *spec*, without regard to other files.

    Args:
        spec: the destination.
        today: the first day of the year whose clock changes count; by default the current day.
        maintenance: the stack's window for channels whose files give none.
    """
    for check in (
        *_PER_FILE,
        *(_PER_CHANNEL if spec.route == "channel" else ()),
        *(_PER_ENCODING if spec.has_known_encoding else ()),
    ):
        yield from check(spec)
    day = today or dt.datetime.now(dt.UTC).date()
    yield from per_file.check_maintenance(spec, day, maintenance)
    yield from per_file.check_events(spec, day)


def _in_effect(spec: DestinationSpec, today: dt.date) -> DestinationSpec:
    expired = per_file.is_expired(spec, today)
    return spec.model_copy(update={"state": "stopped"}) if expired else spec


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    spec: DestinationSpec
    document: strict_yaml.Document

    def resolved(self, sources: Mapping[str, FlowSource]) -> _File:
        """Return this file with the preset that `auto` stands for."""
        return dataclasses.replace(self, spec=automatic_preset.resolved(self.spec, sources))

    def warnings(self, today: dt.date, sources: Mapping[str, FlowSource]) -> Iterator[Diagnostic]:
        """Yield the warnings of this file."""
        yield from map(self.diagnostic, per_file.warn_about_expiry(self.spec, today))
        if self.spec.has_known_encoding:
            conversions = frame_rate.warn_about_conversion(self.spec, sources)
            yield from map(self.diagnostic, conversions)
            yield from map(self.diagnostic, platform.warn_about_encoding(self.spec))
            yield from map(self.diagnostic, members.warn_about_members(self.spec))
            yield from map(self.diagnostic, picture.warn_about_bars(self.spec))
            yield from map(self.diagnostic, smart_crop.warn_about_smart_crop(self.spec))
        if not per_file.is_expired(self.spec, today):
            yield from map(self.diagnostic, platform.warn_about_sessions(self.spec))
            yield from map(self.diagnostic, per_file.warn_about_clock_changes(self.spec, today))
            yield from map(self.diagnostic, per_file.warn_about_past_events(self.spec, today))
            yield from map(self.diagnostic, transport.warn_about_hosts(self.spec))
            yield from map(self.diagnostic, transport.warn_about_ports(self.spec))

    def diagnostic(self, finding: Finding) -> Diagnostic:
        steps = tuple(int(step) if step.isdigit() else step for step in finding.key.split("."))
        where = Location(self.path, *_place(self.document, steps))
        return Diagnostic(where, finding.code, finding.key, finding.message)


def _paths(folder: Path, diagnostics: list[Diagnostic], *, may_be_empty: bool) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        message = "no such folder; run this command in the project"
        diagnostics.append(_whole(folder, "LUN109", message))
        return []
    paths = []
    for path in entries:
        if path.name in _IGNORED or path.name.startswith("."):
            continue
        refusal = _refusal(path)
        if refusal:
            diagnostics.append(refusal)
        else:
            paths.append(path)
    if not paths and not diagnostics and not may_be_empty:
        message = "no destination file; add one, or remove all destinations with `pulumi destroy`"
        diagnostics.append(_whole(folder, "LUN109", message))
    return paths


def _refusal(path: Path) -> Diagnostic | None:
    if path.suffix != ".yaml":
        message = "is not a destination file; rename it to <name>.yaml or move it elsewhere"
        return _whole(path, "LUN107", message)
    if not path.is_file() or path.is_symlink():
        return _whole(path, "LUN107", "is not a regular file; replace it with a plain file")
    if error := invalid_name(path.stem):
        return _whole(path, error.code, f"invalid name; {error.remedy}")
    return None


def invalid_name(name: str) -> LunoraError | None:
    """Return the error of *name* as the name of a destination; None if it is valid."""
    if re.fullmatch(NAME_PATTERN, name):
        return None
    return LunoraError(
        "LUN108",
        f"{name} is not the name of a destination",
        remedy="use 2 to 40 small letters, digits and hyphens, beginning with a letter",
    )


def _parsed(path: Path, text: str) -> _File:
    try:
        document = strict_yaml.parse(text)
    except strict_yaml.YamlError as error:
        where = Location(path, error.line, error.column)
        raise DestinationValidationError(
            [Diagnostic(where, error.code, "", error.message)]
        ) from None
    if "name" in document.content:
        where = Location(path, *document.keys["name",])
        message = "is the file's name and not a key; remove it"
        raise DestinationValidationError([Diagnostic(where, "LUN108", "name", message)])
    try:
        spec = DestinationSpec.model_validate({**document.content, "name": path.stem})
    except ValidationError as error:
        raise DestinationValidationError(
            _diagnostic(path, document, details)
            for details in error.errors(include_input=False, include_url=False)
        ) from None
    return _File(path, spec, document)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            message = f"is larger than {_MAX_BYTES // 1024} kB; remove what is not the destination"
            raise DestinationValidationError([_whole(path, "LUN107", message)])
        return plain_file.read(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        diagnostic = _whole(path, "LUN107", "is not UTF-8 text; save it as UTF-8")
    except OSError:
        diagnostic = _whole(path, "LUN107", "cannot be read; check its permissions")
    raise DestinationValidationError([diagnostic])


def _whole(path: Path, code: str, message: str) -> Diagnostic:
    return Diagnostic(Location(path), code, "", message)


def _diagnostic(path: Path, document: strict_yaml.Document, error: Any) -> Diagnostic:
    location = tuple(error["loc"])
    key = ".".join(map(str, location))
    if error["type"] == "extra_forbidden":
        where = Location(path, *document.keys.get(location, (1, 1)))
        allowed = _keys_at(location[:-1])
        message = f"unknown key{did_you_mean(str(location[-1]), allowed)}"
        return Diagnostic(where, "LUN100", key, message)
    where = Location(path, *_place(document, location))
    return Diagnostic(where, *_explained(error, key))


_MISSING, _TYPE, _VALUE = "LUN101", "LUN102", "LUN103"
_MESSAGES = {
    "missing": (_MISSING, "is required"),
    "literal_error": (_VALUE, "can be {expected}"),
    "greater_than_equal": (_VALUE, "must be at least {ge}"),
    "multiple_of": (_VALUE, "must be an even number"),
    "less_than_equal": (_VALUE, "must be at most {le}"),
    "tuple_type": (_TYPE, "must be a list, as in [one, two]"),
    "string_type": (_TYPE, "must be text; put it in quotes"),
    "int_type": (_TYPE, "must be a whole number, written with digits only"),
    "float_type": (_TYPE, "must be a number, as in 2 or 0.5"),
    "bool_type": (_TYPE, "must be true or false"),
    "model_type": (_TYPE, "must be a map of keys"),
    "dict_type": (_TYPE, "must be a map of keys"),
    "string_pattern_mismatch": (_VALUE, "{form}"),
    "string_too_long": (_VALUE, "must be at most {max_length} characters long"),
}
_FORMS = {
    NAME_PATTERN: "must be the name of a destination",
    LANGUAGE_PATTERN: "must be a code of three letters (ISO 639), as in deu",
    COLOR_PATTERN: "must be a colour, as in #1a2b3c",
    START_PATTERN: "must be a time of day from 00:00 to 23:59, as in 09:00",
    HOUR_PATTERN: "must be a full hour of UTC from 00:00 to 23:00, as in 04:00",
    MOMENT_PATTERN: "must be a date and time of day, as in 2026-12-24T18:00",
    STOP_PATTERN: "must be a time of day from 00:00 to 24:00, as in 17:30",
    stream_key.NAME_PATTERN: "must be 1 to 64 letters, digits, _ and -, as in restream-main",
    USERNAME_PATTERN: "must be 1 to 100 characters without spaces and without : @ /",
    PARAMETER_PATTERN: "must be the full path of a parameter, as in /lunora/keys/restream-main",
}
_ANY_OTHER = "does not have the form that this key takes; see destinations/README.md"


def _explained(error: Any, key: str) -> tuple[str, str, str]:
    # The value is left out: it may be a stream key, or a URL that holds one.
    if error["type"].startswith("LUN"):
        return error["type"], key, error["msg"]
    context = error.get("ctx", {})
    form = _FORMS.get(context.get("pattern"), _ANY_OTHER)
    code, message = _MESSAGES.get(error["type"], (_VALUE, _ANY_OTHER))
    return code, key, message.format(**context, form=form)


def _place(document: strict_yaml.Document, location: tuple[Any, ...]) -> tuple[int, int]:
    # A missing key has the place of its nearest parent.
    for end in range(len(location), 0, -1):
        if location[:end] in document.values:
            return document.values[location[:end]]
    return 1, 1


def _keys_at(location: tuple[Any, ...]) -> Iterator[str]:
    model: type[BaseModel] = DestinationSpec
    for key in location:
        if isinstance(key, int):
            continue
        inner = submodel(model.model_fields[key].annotation)
        if inner is None:
            return
        model = inner
    names = (field.alias or name for name, field in model.model_fields.items())
    yield from (name for name in names if name != "name")
