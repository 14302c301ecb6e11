"""Which things in AWS are ours: those that carry our tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_STACK = ("ManagedBy", "Project", "Stack")
_IDENTITY = (*_STACK, "Destination")


def has_same_owner(actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Tell whether a thing with the tags *actual* is the one that *declared* describes.

    It is when all of ManagedBy, Project, Stack and Destination are declared and the same.
    """
    return _agree(_IDENTITY, actual, declared)


def in_same_stack(actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Tell whether *actual* and *declared* are the tags of two things of one stack."""
    return _agree(_STACK, actual, declared)


def _agree(keys: Iterable[str], actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    return all(key in declared and actual.get(key) == declared[key] for key in keys)
