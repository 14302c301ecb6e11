"""Structures of an AWS API, compared member by member.

A structure is declared in part: what AWS fills in beside it is no difference.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from provider.resource import UNKNOWN


def differences(declared: Any, actual: Any, shape: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which *actual* is not as *declared*, for example `Settings[0].Url`.

    Args:
        declared: the structure as it should be, under boto3's names. `UNKNOWN` differs from
            nothing.
        actual: the structure as an answer of AWS shows it.
        shape: botocore's shape of that answer. A declared member that it lacks, because AWS takes
            it and never shows it, differs from nothing.
        path: leads to the structure.
    """
    if declared is UNKNOWN:
        return
    if isinstance(declared, Mapping):
        shown = actual if isinstance(actual, Mapping) else {}
        for name, value in declared.items():
            member = _member(shape, name)
            if member is not None:
                yield from differences(value, shown.get(name), member, f"{path}.{name}".lstrip("."))
    elif isinstance(declared, list | tuple):
        listed = actual if isinstance(actual, list | tuple) else []
        if len(declared) != len(listed):
            yield path
            return
        for index, (value, other) in enumerate(zip(declared, listed, strict=True)):
            yield from differences(value, other, shape.member, f"{path}[{index}]")
    elif declared != actual:
        yield path


def dropped(former: Any, declared: Any, actual: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of members of *former* that are not *declared* and that AWS still shows.

    AWS keeps a structure that an update does not send, so a member whose declaration goes would
    stay. It does not matter whether AWS shows the value that was declared: it may have spelled it
    otherwise, and an update sends the whole of a structure, so that it resets what it leaves out.
    """
    if declared is UNKNOWN:
        return
    if isinstance(former, Mapping) and isinstance(declared, Mapping):
        shown = actual if isinstance(actual, Mapping) else {}
        for name, value in former.items():
            below = f"{path}.{name}".lstrip(".")
            if name in declared:
                yield from dropped(value, declared[name], shown.get(name), below)
            elif _is_left(shown.get(name), value):
                yield below
    elif isinstance(former, list | tuple) and isinstance(declared, list | tuple):
        listed = actual if isinstance(actual, list | tuple) else []
        if len(former) == len(declared) == len(listed):
            for index, values in enumerate(zip(former, declared, listed, strict=True)):
                yield from dropped(*values, f"{path}[{index}]")


def as_declared(declared: Any, actual: Any, shape: Any) -> Any:
    """Return *actual* reduced to the members that are *declared*, for a refresh.

    A list of another length is returned as AWS shows it. A member that AWS never shows stays as it
    is declared, and so does an empty one that AWS leaves out.
    """
    if isinstance(declared, Mapping):
        shown = actual if isinstance(actual, Mapping) else {}
        reduced = {}
        for name, value in declared.items():
            member = _member(shape, name)
            if name in shown and member is not None:
                reduced[name] = as_declared(value, shown[name], member)
            elif member is None or _is_empty(value):
                reduced[name] = value
        return reduced
    if isinstance(declared, list | tuple) and isinstance(actual, list | tuple):
        if len(declared) != len(actual):
            return list(actual)
        pairs = zip(declared, actual, strict=True)
        return [as_declared(value, other, shape.member) for value, other in pairs]
    return actual


def accepted_by(shape: Any, actual: Any) -> Any:
    """Return *actual* reduced to the members that a request of this *shape* takes, for an import.

    DescribeChannel shows more than CreateChannel takes, for example a maintenance deadline.
    """
    if shape.type_name == "structure" and isinstance(actual, Mapping):
        return {
            name: accepted_by(shape.members[name], value)
            for name, value in actual.items()
            if name in shape.members
        }
    if shape.type_name == "list" and isinstance(actual, list):
        return [accepted_by(shape.member, value) for value in actual]
    return actual


def value_at(structure: Any, path: str) -> Any:
    """Return what is at a *path* that `differences` yielded; None where nothing is."""
    value = structure
    for step in path.replace("[", ".[").split("."):
        if step.startswith("["):
            index = int(step[1:-1])
            listed = isinstance(value, list | tuple) and index < len(value)
            value = value[index] if listed else None
        elif step:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def digest(value: Any) -> str:
    """Return a short digest of a plain *value*, the same in every process."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_left(actual: Any, former: Any) -> bool:
    """Tell whether *actual* has any of what was declared, not only what AWS filled in beside it."""
    if isinstance(former, Mapping) and former and isinstance(actual, Mapping):
        return any(_is_left(actual.get(name), value) for name, value in former.items())
    if isinstance(former, list | tuple) and isinstance(actual, list | tuple):
        pairs = zip(actual, former, strict=False)
        return any(_is_left(other, value) for other, value in pairs)
    return actual is not None and not _is_empty(actual)


def _member(shape: Any, name: str) -> Any:
    match shape.type_name:
        case "structure":
            return shape.members.get(name)
        case "map":
            return shape.value
        case _:
            return shape


def _is_empty(value: Any) -> bool:
    return isinstance(value, Mapping | list | tuple) and not value
