"""Reads a folder of destination files; tells everything that is wrong at once."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from catalog import stream_key, strict_yaml
from catalog.diagnostics import DestinationValidationError, Diagnostic, did_you_mean
from catalog.model import NAME_PATTERN, PARAMETER_PATTERN, DestinationSpec
from catalog.rules import cross_file, per_file, platform, transport
from catalog.schedule import START_PATTERN, STOP_PATTERN
from catalog.strict_model import submodel

_MAX_BYTES = 64 * 1024
_NOT_FILES_OF_OURS = frozenset({"README.md", "schema.json"})


@dataclass(frozen=True, slots=True)
class LoadedDestinations:
    """Valid destinations by name, and what their owners should know all the same."""

    specs: tuple[DestinationSpec, ...]
    warnings: tuple[Diagnostic, ...]


def load(folder: Path, *, today: dt.date | None = None) -> LoadedDestinations:
    """Read every `<name>.yaml` in *folder*; what has expired is declared stopped.

    Args:
        folder: what holds the files.
        today: the day in UTC that `expires` is compared with; that of the clock if not given.

    Raises:
        InvalidDestinations: with all problems of all files.
    """
    problems: list[Diagnostic] = []
    files: list[_File] = []
    for path in _files(folder, problems):
        try:
            files.append(_read(path))
        except DestinationValidationError as invalid:
            problems.extend(invalid.problems)
    for file in files:
        problems.extend(map(file.problem, findings(file.spec)))
    by_name = {file.spec.name: file for file in files}
    for check_all in _ACROSS:
        for spec, found in check_all([file.spec for file in files]):
            problems.append(by_name[spec.name].problem(found))
    if problems:
        raise DestinationValidationError(problems)
    day = today or dt.datetime.now(dt.UTC).date()
    return LoadedDestinations(
        tuple(_in_effect(file.spec, day) for file in files),
        tuple(sorted(warning for file in files for warning in file.warnings(day))),
    )


_Check = Callable[[DestinationSpec], Iterator[per_file.Finding]]

_WITHIN: tuple[_Check, ...] = (
    per_file.check_url_is_given,
    transport.check_transport_is_sent_by_a_flow,
    transport.check_transport_has_its_keys,
    transport.check_ports_exist,
    per_file.check_route_has_its_keys,
    platform.check_platform_takes_the_protocol,
)
_OF_CHANNELS: tuple[_Check, ...] = (
    platform.check_platform_limits,
    per_file.check_second_ingest,
)
_ACROSS = (
    cross_file.check_one_stream_per_key,
    cross_file.check_one_sender_per_port,
    cross_file.check_previous_names,
)


def findings(spec: DestinationSpec) -> Iterator[per_file.Finding]:
    """Yield what is wrong with *spec* by itself."""
    for check in _checks(spec):
        yield from check(spec)


def _checks(spec: DestinationSpec) -> tuple[_Check, ...]:
    return _WITHIN + (_OF_CHANNELS if spec.route == "channel" else ())


def _in_effect(spec: DestinationSpec, today: dt.date) -> DestinationSpec:
    expired = per_file.is_expired(spec, today)
    return spec.model_copy(update={"state": "stopped"}) if expired else spec


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    spec: DestinationSpec
    document: strict_yaml.Document

    def warnings(self, today: dt.date) -> Iterator[Diagnostic]:
        """What its owner should know all the same."""
        yield from map(self.problem, per_file.warn_about_expiry(self.spec, today))
        if self.spec.route == "channel":
            yield from map(self.problem, platform.warn_about_encoding(self.spec))
        if not per_file.is_expired(self.spec, today):
            yield from map(self.problem, platform.warn_about_sessions(self.spec))
            yield from map(self.problem, per_file.warn_about_clock_changes(self.spec, today))
            yield from map(self.problem, transport.warn_about_hosts(self.spec))

    def problem(self, finding: per_file.Finding) -> Diagnostic:
        key, message = finding
        line, column = _place(self.document, tuple(key.split(".")))
        return Diagnostic(self.path, line, column, key, message)


def _files(folder: Path, problems: list[Diagnostic]) -> list[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        problems.append(
            Diagnostic(folder, 0, 0, "", "there is no such folder; run this in the project")
        )
        return []
    files = []
    for path in entries:
        if path.name in _NOT_FILES_OF_OURS or path.name.startswith("."):
            continue
        refusal = _refusal(path)
        if refusal:
            problems.append(Diagnostic(path, 0, 0, "", refusal))
        else:
            files.append(path)
    if not files and not problems:
        message = "holds no destination; to remove all of them, run `pulumi destroy`"
        problems.append(Diagnostic(folder, 0, 0, "", message))
    return files


def _refusal(path: Path) -> str | None:
    if path.suffix != ".yaml":
        return "is not a destination file; name it <name>.yaml or move it elsewhere"
    if not path.is_file() or path.is_symlink():
        return "is not a regular file; only plain files are read"
    return refused_name(path.stem)


def refused_name(name: str) -> str | None:
    """Say why no destination can be called *name*; None when one can."""
    if re.fullmatch(NAME_PATTERN, name):
        return None
    return (
        "is not named for a destination; use 2 to 40 small letters, digits and hyphens,"
        " beginning with a letter"
    )


def _read(path: Path) -> _File:
    text = _text(path)
    try:
        document = strict_yaml.parse(text)
    except strict_yaml.YamlError as problem:
        raise DestinationValidationError(
            [Diagnostic(path, problem.line, problem.column, "", problem.message)]
        ) from None
    if "name" in document.content:
        line, column = document.keys["name",]
        message = "is the file's name and not a key; leave it out"
        raise DestinationValidationError([Diagnostic(path, line, column, "name", message)])
    try:
        spec = DestinationSpec.model_validate({**document.content, "name": path.stem})
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        raise DestinationValidationError(_problem(path, document, one) for one in found) from None
    return _File(path, spec, document)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _whole(
                path, f"is larger than {_MAX_BYTES // 1024} kB; that is no destination file"
            )
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise _whole(path, "is not UTF-8 text; save it as UTF-8") from None
    except OSError:
        raise _whole(path, "cannot be read; check its permissions") from None


def _whole(path: Path, message: str) -> DestinationValidationError:
    return DestinationValidationError([Diagnostic(path, 0, 0, "", message)])


def _problem(path: Path, document: strict_yaml.Document, error: Any) -> Diagnostic:
    location = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        line, column = document.keys.get(location, (1, 1))
        allowed = _keys_at(location[:-1])
        message = f"unknown key{did_you_mean(str(location[-1]), allowed)}"
        return Diagnostic(path, line, column, ".".join(map(str, location)), message)
    line, column = _place(document, location)
    return Diagnostic(path, line, column, ".".join(map(str, location)), _message(error))


_MESSAGES = {
    "missing": "is required",
    "value_error": "{error}",
    "literal_error": "can be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "multiple_of": "must be an even number",
    "less_than_equal": "must be at most {le}",
    "tuple_type": "must be a list, as in [one, two]",
    "string_type": "must be text; put it in quotes",
    "int_type": "must be a whole number, written with digits only",
    "bool_type": "must be true or false",
    "model_type": "must be a map of keys",
    "dict_type": "must be a map of keys",
    "string_pattern_mismatch": "{form}",
    "string_too_long": "must be at most {max_length} characters long",
}
_FORMS = {
    NAME_PATTERN: "must be the name of a destination",
    START_PATTERN: "must be a time of day from 00:00 to 23:59, as in 09:00",
    STOP_PATTERN: "must be a time of day from 00:00 to 24:00, as in 17:30",
    stream_key.NAME_PATTERN: "must be 1 to 64 letters, digits, _ and -, as in restream-main",
    PARAMETER_PATTERN: "must be the full path of a parameter, as in /lunora/keys/restream-main",
}
_ANY_OTHER = "is not of the form this key takes; see destinations/README.md"


def _message(error: Any) -> str:
    # What was found is left out: it may be a key, or a URL that holds one.
    context = error.get("ctx", {})
    form = _FORMS.get(context.get("pattern"), _ANY_OTHER)
    return _MESSAGES.get(error["type"], _ANY_OTHER).format(**context, form=form)


def _place(document: strict_yaml.Document, location: tuple[Any, ...]) -> tuple[int, int]:
    # A missing key has no place of its own: its nearest parent's serves.
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
