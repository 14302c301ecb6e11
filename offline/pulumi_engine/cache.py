"""A folder outside the checkout for what is slow to make; a half-written entry is never used."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

_MANIFEST = "manifest.json"


def root() -> Path:
    """Return the cache folder of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "lunora" / "engine"


def obtain(entry: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder *entry*, made by *make* unless it is there and whole.

    Two processes that want the same entry make it once. *make* gets a draft folder, which
    takes the entry's place only when complete and listed in its manifest.
    """
    entry.parent.mkdir(parents=True, exist_ok=True)
    with _locked(entry.with_suffix(".lock")):
        if is_whole(entry):
            return entry
        shutil.rmtree(entry, ignore_errors=True)
        draft = Path(tempfile.mkdtemp(prefix=f"{entry.name}.draft-", dir=entry.parent))
        try:
            make(draft)
            (draft / _MANIFEST).write_text(json.dumps(_digests(draft)))
            draft.rename(entry)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return entry


def is_whole(entry: Path) -> bool:
    """Tell whether every file of *entry* is as its manifest says."""
    try:
        expected = json.loads((entry / _MANIFEST).read_text())
    except (OSError, ValueError):
        return False
    return bool(expected) and expected == _digests(entry)


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _MANIFEST
    }


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
