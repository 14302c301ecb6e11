"""The error for a file or folder that cannot be written."""

from __future__ import annotations

from pathlib import Path

from catalog.errors import LunoraError


def not_writable(path: Path, error: OSError, remedy: str = "check the folder") -> LunoraError:
    """Return the error for a file or folder that cannot be written or read."""
    return LunoraError("LUN402", f"cannot write {path}: {error.strerror}", remedy=remedy)
