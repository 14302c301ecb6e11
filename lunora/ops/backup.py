"""Backup of a stack's state and configuration in one file; secrets stay encrypted."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from catalog import import_manifest, plain_file, stack_files
from catalog.errors import LunoraError
from catalog.stack_settings import DESTINATIONS

STATE = "state.json"
_MODE = 0o600


def backup(  # noqa: PLR0913 - what a backup is made of
    project: Path,
    stack: str,
    state: str,
    folder: Path,
    now: dt.datetime,
    *,
    destinations: Path = Path(DESTINATIONS),
) -> Path:
    """Write `<stack>-<time>.tar.gz` into *folder*, readable by its owner only.

    Args:
        project: the project's folder, whose Pulumi files, destinations and import file are saved
            too.
        stack: the stack's name.
        state: its export.
        folder: where the file goes; made when it is not there.
        now: what the file is named for, in UTC.
        destinations: folder of the destination files, relative to the project's.

    Raises:
        LunoraError: when one of the files is no plain file, or cannot be read.
        FileExistsError: when the file is there already.
        OSError: when it cannot be written.
    """
    paths = [project / "Pulumi.yaml", stack_files.stack_file(project, stack)]
    imports = import_manifest.path(project, stack)
    paths += [imports] if os.path.lexists(imports) else []
    paths += sorted((project / destinations).glob("*.yaml"))
    contents = {str(path.relative_to(project)): _content(path, project) for path in paths}
    path = _path(folder, stack, now, "tar.gz")
    with _new(path) as stream, tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in {STATE: state.encode(), **contents}.items():
            _add(archive, name, content, now)
    return path


def save_state(stack: str, state: str, folder: Path, now: dt.datetime) -> Path:
    """Write the export *state* to `<stack>-<time>.json` in *folder*, readable by its owner only.

    Raises:
        FileExistsError: when the file is there already.
        OSError: when it cannot be written.
    """
    path = _path(folder, stack, now, "json")
    with _new(path) as stream:
        stream.write(state.encode())
    return path


def _path(folder: Path, stack: str, now: dt.datetime, suffix: str) -> Path:
    return folder / f"{stack}-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}.{suffix}"


def _content(path: Path, project: Path) -> bytes:
    try:
        return plain_file.read(path, below=project)
    except OSError as error:
        raise LunoraError(
            "LUN426",
            f"cannot back up {path}: {error.strerror}",
            remedy="replace it with a plain readable file",
        ) from None


@contextlib.contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    """Write the new file *path* as a whole or not at all; make its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def _add(archive: tarfile.TarFile, name: str, content: bytes, now: dt.datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), _MODE, int(now.timestamp())
    archive.addfile(member, io.BytesIO(content))
