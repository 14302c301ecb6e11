"""The emulator's memory across restarts: one file, replaced whole after each change.

The file holds stream keys in clear, as AWS does; only its owner can read it.
"""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from catalog.errors import LunoraError

_NOT_KEPT = frozenset(
    {"clock", "role_problem", "lookups", "managed_outputs", "pictures", "quotas", "readings"}
)


def save(
    path: Path,
    regions: dict[tuple[str, str], Any],
    journal: list[Any],
    memory: dict[str, Any],
) -> None:
    """Write everything to *path*; *memory* is what a journal of requests does not bring back."""
    saved = {
        key: {name: value for name, value in vars(region).items() if name not in _NOT_KEPT}
        for key, region in regions.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        pickle.dump((saved, journal, memory), stream)
    draft.replace(path)


def load(path: Path) -> tuple[dict[tuple[str, str], dict[str, Any]], list[Any], dict[str, Any]]:
    """Return the regions, journal and memory saved at *path*; all empty if there is no file.

    Raises:
        LunoraError: if the file is damaged or of another version.
    """
    if not path.exists():
        return {}, [], {}
    try:
        with path.open("rb") as stream:
            regions, journal, memory = pickle.load(stream)  # noqa: S301 - written by ourselves, readable by us only
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, ImportError):
        raise LunoraError(
            "LUN512",
            f"cannot read the emulator's state: {path} is damaged or of another version",
            remedy=f"delete {path}; the next `make up` creates all resources again",
        ) from None
    return regions, journal, memory
