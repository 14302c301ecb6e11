"""Cache of slow builds and downloads, outside the checkout; partial entries are never used."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import platformdirs
from filelock import FileLock

_MANIFEST = "manifest.json"


def root() -> Path:
    """Return the cache folder of this user."""
    return platformdirs.user_cache_path("lunora", appauthor=False) / "engine"


def obtain(entry: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder *entry*; *make* makes it unless it exists and is whole.

    Concurrent processes make an entry once. *make* gets a draft folder, which replaces the
    entry when it is complete and listed in its manifest.
    """
    entry.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(entry.with_name(f"{entry.name}.lock")):
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
    """Return whether the files of *entry* have the digests of its manifest."""
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
