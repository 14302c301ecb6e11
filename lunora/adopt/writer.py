"""Writing what was recognised: destination files, import file and secrets, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from catalog import import_manifest
from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.errors import Location
from catalog.import_manifest import ManifestEntry
from catalog.loader import load
from catalog.new_destination import SCHEMA
from lunora.adopt.mapping import Recognised


def write(
    folder: Path,
    imports: Path,
    found: Sequence[Recognised],
    store: Callable[[str, str], None],
) -> list[Path]:
    """Write a file for each of *found* into *folder*, add them to *imports*, store their keys.

    Args:
        folder: of destination files.
        imports: the stack's import file.
        found: what to write.
        store: keeps a stream key, given the name of its destination.

    Raises:
        InvalidDestinations: when a file is there already, or the folder would not be valid; then,
            as after any other error, no file is left behind.
    """
    paths = {one.name: folder / f"{one.name}.yaml" for one in found}
    there = [path for path in paths.values() if path.exists()]
    if there:
        message = "is there already; move it away, or give other --names"
        raise DestinationValidationError(
            Diagnostic(Location(path), "LUN118", "", message) for path in there
        )
    before = imports.read_bytes() if imports.exists() else None
    try:
        for one in found:
            _create(paths[one.name], text(one))
        load(folder)
        entries: Mapping[str, ManifestEntry] = {
            **import_manifest.load(imports),
            **{one.name: one.entry for one in found},
        }
        imports.write_text(import_manifest.text(entries), encoding="utf-8")
        for one in found:
            store(one.name, one.key)
    except BaseException:
        for path in paths.values():
            path.unlink(missing_ok=True)
        _restore(imports, before)
        raise
    return [*paths.values(), imports]


def _create(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError:
        message = "cannot be written; check the folder"
        raise DestinationValidationError(
            [Diagnostic(Location(path), "LUN118", "", message)]
        ) from None


def text(one: Recognised) -> str:
    """Return the text of its destination file."""
    kept = "".join(f"#   {remark}\n" for remark in one.remarks)
    note = f"# Kept of its channel as long as no edit interrupts it:\n{kept}" if kept else ""
    body = yaml.safe_dump(dict(one.document), sort_keys=False, allow_unicode=True)
    return SCHEMA + note + body


def _restore(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)
