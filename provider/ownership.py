"""Which things in AWS are ours: those that carry our tags."""

from __future__ import annotations

from collections.abc import Mapping

_IDENTITY = ("ManagedBy", "Project", "Stack", "Destination")


def is_ours(actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Tell whether a thing with the tags *actual* is the one that *declared* describes.

    It is when all of ManagedBy, Project, Stack and Destination are declared and the same.
    """
    return all(key in declared and actual.get(key) == declared[key] for key in _IDENTITY)
