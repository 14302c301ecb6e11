"""Backup of a stack's state and configuration in one file; secrets stay encrypted."""

from __future__ import annotations

import datetime as dt
import io
import os
import tarfile
from pathlib import Path
from typing import BinaryIO

from catalog import import_manifest

STATE = "state.json"
_MODE = 0o600


def backup(project: Path, stack: str, state: str, folder: Path, now: dt.datetime) -> Path:
    """Write `<stack>-<time>.tar.gz` into *folder*, readable by its owner only.

    Args:
        project: the project's folder, whose Pulumi files, destinations and import file are kept
            too.
        stack: the stack's name.
        state: its export.
        folder: where the file goes; made when it is not there.
        now: what the file is named for, in UTC.

    Raises:
        FileExistsError: when the file is there already.
        OSError: when it cannot be written.
    """
    kept = [Path("Pulumi.yaml"), Path(f"Pulumi.{stack}.yaml")]
    imports = import_manifest.path(project, stack)
    kept += [imports.relative_to(project)] if imports.exists() else []
    kept += sorted(path.relative_to(project) for path in (project / "destinations").glob("*.yaml"))
    path = _path(folder, stack, now, "tar.gz")
    with _new(path) as stream, tarfile.open(fileobj=stream, mode="w:gz") as archive:
        _add(archive, STATE, state.encode(), now)
        for name in kept:
            _add(archive, str(name), (project / name).read_bytes(), now)
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


def _new(path: Path) -> BinaryIO:
    """Open the new file *path*, and make its folder where there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "wb")


def _add(archive: tarfile.TarFile, name: str, content: bytes, now: dt.datetime) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = len(content), _MODE, int(now.timestamp())
    archive.addfile(member, io.BytesIO(content))
