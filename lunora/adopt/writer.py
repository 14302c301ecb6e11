"""Write destination files, import manifest and secrets of adopted streams, all or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from catalog import import_manifest
from catalog.errors import LunoraError
from catalog.import_manifest import ManifestEntry
from catalog.loader import load
from catalog.new_destination import SCHEMA
from lunora.adopt.mapping import AdoptableStream
from lunora.file_errors import not_writable


def write(
    folder: Path,
    manifest: Path,
    streams: Sequence[AdoptableStream],
    store: Callable[[str, str], None],
) -> list[Path]:
    """Write a file for each of *streams* into *folder*, add them to *manifest*, store their keys.

    Args:
        folder: of destination files.
        manifest: the stack's import manifest.
        streams: the streams.
        store: stores the stream key of a destination, given the destination's name.

    Raises:
        LunoraError: when a file exists or cannot be written, or the folder would not be valid;
            then, as after any other error, no file is left behind.
    """
    paths = {stream.name: folder / f"{stream.name}.yaml" for stream in streams}
    existing = [str(path) for path in paths.values() if path.exists()]
    if existing:
        raise LunoraError(
            "LUN407",
            f"cannot adopt: the file exists: {', '.join(existing)}",
            remedy="move it away, or give other --names",
        )
    before = manifest.read_bytes() if manifest.exists() else None
    try:
        for stream in streams:
            _create(paths[stream.name], text(stream))
        load(folder)
        entries: Mapping[str, ManifestEntry] = {
            **import_manifest.load(manifest),
            **{stream.name: stream.entry for stream in streams},
        }
        manifest.write_text(import_manifest.text(entries), encoding="utf-8")
        for stream in streams:
            store(stream.name, stream.key)
    except BaseException:
        for path in paths.values():
            path.unlink(missing_ok=True)
        _restore(manifest, before)
        raise
    return [*paths.values(), manifest]


def _create(path: Path, content: str) -> None:
    try:
        path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise not_writable(path, error) from None


def text(stream: AdoptableStream) -> str:
    """Return the text of the destination file of *stream*."""
    kept = "".join(f"#   {remark}\n" for remark in stream.remarks)
    note = f"# Kept of its channel as long as no edit interrupts it:\n{kept}" if kept else ""
    body = yaml.safe_dump(dict(stream.document), sort_keys=False, allow_unicode=True)
    return SCHEMA + note + body


def _restore(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    else:
        file.write_bytes(before)
