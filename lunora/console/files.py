"""Destination files in the console: drafts that are checked live, and written when they are valid.

The text is the draft. The fields of the form change single keys of it, so that comments stay.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import plain_file, strict_yaml, yaml_edit
from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.errors import Location, LunoraError
from catalog.loader import invalid_name
from catalog.model import DestinationSpec
from catalog.new_destination import Draft
from lunora import destination_secrets, project_lock, pulumi_cli
from lunora.cost import in_words
from lunora.file_errors import not_writable
from lunora.ops import drafts
from lunora.ops.drafts import StackRules
from lunora.stack import Stack

FIELDS = (
    "platform",
    "url",
    "route",
    "preset",
    "state",
    "flow",
    "redundancy",
    "description",
    "owner",
    "expires",
)
"""The keys that the form has fields for; the text has all."""

_MOST_BYTES = 64 * 1024

StoreSecret = Callable[[str, str, str, str], None]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A draft, as the loader judges it.

    Attributes:
        text: the draft.
        fields: the values of the form's fields.
        errors: of the draft, and those that it causes in other files.
        warnings: of the draft.
        patch: the difference from the file, as a unified diff.
        cost: what it costs a month, in words; empty where there is no price.
        spec: the destination; None where the draft is not valid.
    """

    text: str
    fields: Mapping[str, str]
    errors: tuple[Diagnostic, ...]
    warnings: tuple[Diagnostic, ...]
    patch: str
    cost: str
    spec: DestinationSpec | None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secrets that it takes from the stack's configuration: `key`, `passphrase`."""
        return tuple(_settings(self.spec))


def new_text() -> str:
    """Return the text that a new file begins with."""
    return Draft("youtube", "1080p30", None, None).text


def read_text(folder: Path, name: str) -> str:
    """Return the file of the destination *name*.

    Raises:
        LunoraError: when it has none, or when it cannot be read.
    """
    path = _path(folder, name)
    try:
        return plain_file.read(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise LunoraError(
            "LUN464",
            "the destination has no file that can be read as text",
            remedy="check the folder",
            where=Location(path),
        ) from None


def digest(text: str) -> str:
    """Return what a page remembers of a file, to find that somebody else has changed it."""
    return hashlib.sha256(text.encode()).hexdigest()


def changed(text: str, changes: Mapping[str, str]) -> str:
    """Return *text* with the keys of fields set, or removed where their value is empty.

    Raises:
        LunoraError: when the text is not of the form in which a single key can be changed.
    """
    values: dict[str, Any] = {key: value or None for key, value in changes.items() if key in FIELDS}
    if values.get("expires"):
        try:
            values["expires"] = dt.date.fromisoformat(values["expires"])
        except ValueError:
            values["expires"] = str(values["expires"])
    try:
        edited = yaml_edit.edited(text, values)
    except Exception as error:  # noqa: BLE001 - every kind of YAML's errors
        del error
        edited = None
    if edited is None:
        raise LunoraError(
            "LUN465", "the fields cannot change this text", remedy="correct the text first"
        )
    return edited


def check(stack: Stack, name: str, text: str) -> CheckResult:
    """Return how the loader judges the draft *text* of the destination *name*."""
    path = stack.folder / f"{name}.yaml"
    errors: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    spec: DestinationSpec | None = None
    if wrong := invalid_name(name):
        errors = (Diagnostic(Location(path), wrong.code, "", f"invalid name; {wrong.remedy}"),)
    elif len(text.encode()) > _MOST_BYTES:
        errors = (Diagnostic(Location(path), "LUN107", "", "is larger than 64 kB"),)
    else:
        loaded, errors = drafts.judge(stack.folder, StackRules.of(stack), name, text)
        if loaded is not None:
            spec = next((spec for spec in loaded.specs if spec.name == name), None)
            warnings = tuple(each for each in loaded.warnings if each.where.path == path)
    return CheckResult(
        text=text,
        fields=_fields(text),
        errors=errors,
        warnings=warnings,
        patch=_patch(path, text),
        cost=in_words.price(stack, spec) if spec else "",
        spec=spec,
    )


def save(  # noqa: PLR0913 - the parts of the form
    stack: Stack,
    name: str,
    text: str,
    *,
    known: str | None,
    secrets: Mapping[str, str],
    store: StoreSecret = pulumi_cli.set_secret,
) -> None:
    """Write the draft, then store its *secrets*; after a failure the file is as it was.

    Args:
        stack: the stack.
        name: the destination.
        text: the draft.
        known: the digest of the file that the draft is of; None for a new one.
        secrets: by the name that `CheckResult.secrets` has; those that are empty stay as they are.
        store: stores a secret of a project and stack at a path of its configuration.

    Raises:
        DestinationValidationError: when the draft is not valid, or makes others invalid.
        LunoraError: when the file is another one than the page has, or cannot be written.
    """
    path = _path(stack.folder, name)
    with project_lock.locked(Path()):
        before = _current(path, known)
        result = check(stack, name, text)
        if result.errors:
            raise DestinationValidationError(result.errors)
        settings = _checked_secrets(result.spec, secrets)
        _replace(path, text)
    try:
        for setting, value in settings.items():
            store(stack.project, stack.name, setting, value)
    except BaseException:
        with project_lock.locked(Path()):
            if before is None:
                path.unlink(missing_ok=True)
            else:
                _replace(path, before)
        raise


def _path(folder: Path, name: str) -> Path:
    if error := invalid_name(name):
        raise error
    return folder / f"{name}.yaml"


def _fields(text: str) -> dict[str, str]:
    """Return the values of the fields in *text*; those of another form than a field has are out."""
    try:
        content = strict_yaml.parse(text).content
    except strict_yaml.YamlError:
        return {}
    values = {key: content.get(key, "") for key in FIELDS}
    return {key: str(value) for key, value in values.items() if isinstance(value, str | dt.date)}


def _patch(path: Path, text: str) -> str:
    before: str | None = None
    with contextlib.suppress(OSError, UnicodeDecodeError):
        before = plain_file.read(path).decode("utf-8-sig")
    return yaml_edit.patch(before, text, path.name)


def _settings(spec: DestinationSpec | None) -> dict[str, str]:
    """Return the paths of its secrets in the stack's configuration; none without a destination."""
    settings: dict[str, str] = {}
    if spec is None:
        return settings
    if spec.has_key and spec.stream_key.ssm is None:
        settings["key"] = destination_secrets.key_setting(spec.key_name)
    if spec.passphrase_name is not None:
        settings["passphrase"] = destination_secrets.passphrase_setting(spec.passphrase_name)
    return settings


def _checked_secrets(spec: DestinationSpec | None, secrets: Mapping[str, str]) -> dict[str, str]:
    """Return the secrets that are given for *spec*, by their settings.

    Raises:
        LunoraError: for a text that cannot be one.
    """
    given = {kind: value for kind, value in secrets.items() if value}
    settings = _settings(spec)
    if "key" in given and spec is not None:
        if spec.scheme == "srt":
            destination_secrets.check_stream_id(given["key"])
        else:
            destination_secrets.check_stream_key(given["key"])
    if "passphrase" in given:
        destination_secrets.check_passphrase(given["passphrase"])
    return {settings[kind]: value for kind, value in given.items() if kind in settings}


def _current(path: Path, known: str | None) -> str | None:
    """Return the file's text; None for a new one.

    Raises:
        LunoraError: when it is not the one that the page has.
    """
    if known is None:
        if path.exists() or path.is_symlink():
            raise LunoraError(
                "LUN407",
                "cannot add the destination: the file exists",
                remedy="edit it, or choose another name",
                where=Location(path),
            )
        return None
    text = read_text(path.parent, path.stem)
    if digest(text) != known:
        raise LunoraError(
            "LUN462",
            "the file was changed since this page was opened",
            remedy="open it again",
            where=Location(path),
        )
    return text


def _replace(path: Path, text: str) -> None:
    """Write the file at once: other commands meet the whole of the old one or of the new one."""
    # The loader ignores names that begin with a dot.
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_text(text, encoding="utf-8", newline="")
        if path.exists():
            shutil.copymode(path, scratch)
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise not_writable(path, error) from None
