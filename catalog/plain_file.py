"""Reading of plain files: never through a symbolic link, never from a device or a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotPlainFileError(OSError):
    """A symbolic link, folder, device or pipe in the place of a file."""

    def __init__(self, path: Path) -> None:
        super().__init__(None, "is not a regular file", str(path))


def read(path: Path, *, below: Path | None = None) -> bytes:
    """Return the content of *path*.

    Args:
        path: the file.
        below: a folder; no folder between it and the file is a symbolic link either.

    Raises:
        NotPlainFileError: when it is anything else than a regular file.
        OSError: when it cannot be read.
    """
    if below is not None:
        real = path.parent.resolve()
        if real != below.resolve() / path.parent.relative_to(below):
            raise NotPlainFileError(path)
    # Checked before it is opened: opening a device may have an effect of its own. Checked again
    # once open: it may have been exchanged. A pipe without a writer must not block.
    if not stat.S_ISREG(path.lstat().st_mode):
        raise NotPlainFileError(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotPlainFileError(path)
        return stream.read()
