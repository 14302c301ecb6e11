"""Ownership of resources in AWS, by their tags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

_STACK = ("ManagedBy", "Project", "Stack")
DESTINATION = "Destination"
"""The tag that names the destination of a resource; resources of the whole stack lack it."""

_IDENTITY = (*_STACK, DESTINATION)


def has_same_owner(actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Tell whether the tags *actual* are of the destination that *declared* describes.

    They are when ManagedBy, Project, Stack and Destination are all declared and the same.
    """
    return _agree(_IDENTITY, actual, declared)


def in_same_stack(actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    """Tell whether *actual* and *declared* are tags of resources of one stack."""
    return _agree(_STACK, actual, declared)


def is_managed(actual: Mapping[str, str]) -> bool:
    """Tell whether *actual* are the tags of a resource of any stack of this program."""
    return actual.get("ManagedBy") == "lunora"


def _agree(keys: Iterable[str], actual: Mapping[str, str], declared: Mapping[str, str]) -> bool:
    return all(key in declared and actual.get(key) == declared[key] for key in keys)
