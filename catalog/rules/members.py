"""Rules of the members of CreateChannel that a file declares under `medialive`."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import medialive_members
from catalog.medialive_members import Path
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

KEY = "medialive"


def check_members(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse members that the program alone declares, and those that hold secrets."""
    for path, reason in medialive_members.refused(spec.medialive):
        yield Finding("LUN156", key_of(path), f"{reason}; remove it")


def warn_about_members(spec: DestinationSpec) -> Iterator[Finding]:
    """Warn about members that a key of their own declares, with rules, costs and a plan's words."""
    for path, key in medialive_members.with_own_key(spec.medialive):
        yield Finding("LUN158", key_of(path), f"has a key of its own; use {key}")


def key_of(path: Path) -> str:
    """Return the key in the file of the member at *path*."""
    return ".".join(map(str, (KEY, *path)))
