"""Request members checked against botocore's model of a service, before AWS sees them.

botocore's own validator knows neither enums nor upper limits, and quotes the values that it
refuses, one of which may be a stream key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from provider.resource import UNKNOWN

REQUIRED = "is required"
"""The message about a member that is missing."""

_LIMIT = r"((?:Negative)?[0-9]+(?:Point[0-9]+)?)"
GREATEST = 2**53
"""Beyond this a double is not exact."""

_NAMED_LIMITS = re.compile(rf"^__[a-zA-Z]+?(?:Min{_LIMIT})?(?:Max{_LIMIT})?$")


def limits(shape: Any) -> tuple[float | None, float | None]:
    """Return the least and the greatest number, or length, that the model allows.

    MediaLive's model has them in the names of its shapes only: `__integerMinNegative60Max6`.
    """
    named = _NAMED_LIMITS.search(shape.name)
    least, most = named.groups() if named else (None, None)
    return (
        shape.metadata.get("min", _limit(least)),
        shape.metadata.get("max", _limit(most)),
    )


def problems(shape: Any, value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield (path, message) for everything in *value* that the model of *shape* refuses.

    No message quotes a value. `UNKNOWN` fits everything.
    """
    if value is UNKNOWN:
        return
    match shape.type_name:
        case "structure":
            yield from _in_structure(shape, value, path)
        case "list":
            yield from _in_list(shape, value, path)
        case "map":
            yield from _in_map(shape, value, path)
        case "integer" | "long" | "float" | "double":
            yield from _in_number(shape, value, path)
        case "boolean":
            if not isinstance(value, bool):
                yield path, "must be true or false"
        case _:
            yield from _in_text(shape, value, path)


def _in_structure(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield path, "must be an object"
        return
    for name in sorted(value.keys() - shape.members.keys()):
        yield _joined(path, name), f"is no member of {shape.name}"
    for name in shape.required_members:
        if value.get(name) is None:
            yield _joined(path, name), REQUIRED
    for name, item in value.items():
        if name in shape.members and item is not None:
            yield from problems(shape.members[name], item, _joined(path, name))


def _in_list(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list | tuple):
        yield path, "must be a list"
        return
    yield from _of_size(shape, len(value), path, "items")
    for index, item in enumerate(value):
        yield from problems(shape.member, item, f"{path}[{index}]")


def _in_map(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, Mapping):
        yield path, "must be a map"
        return
    for key, item in value.items():
        yield from problems(shape.value, item, _joined(path, key))


def _in_number(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield path, "must be a number"
    elif not abs(value) <= GREATEST:  # not a number is not above it either
        yield path, f"must be a number from -{GREATEST} to {GREATEST}"
    elif shape.type_name in {"integer", "long"} and not float(value).is_integer():
        yield path, "must be a whole number"
    else:
        yield from _of_size(shape, value, path, "")


def _in_text(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    allowed, pattern = getattr(shape, "enum", None), shape.metadata.get("pattern")
    if not isinstance(value, str):
        yield path, "must be a text"
    elif allowed and value not in allowed:
        yield path, f"must be {', '.join(allowed)}"
    elif pattern and not re.fullmatch(pattern, value):
        yield path, f"must be of the form {pattern}"
    else:
        yield from _of_size(shape, len(value), path, "characters")


def _of_size(shape: Any, size: float, path: str, unit: str) -> Iterator[tuple[str, str]]:
    least, most = limits(shape)
    if least is not None and size < least:
        yield path, f"must be at least {least:g} {unit}".rstrip()
    if most is not None and size > most:
        yield path, f"must be at most {most:g} {unit}".rstrip()


def _limit(text: str | None) -> float | None:
    return None if text is None else float(text.replace("Negative", "-").replace("Point", "."))


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
