"""pulumi-aws properties to API members and back, driven by botocore's shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provider.resource import UNKNOWN, ResourceError

# Where the AWS provider names a member otherwise than the API does.
_RENAMED = {
    ("InputTransformer", "inputPaths"): "InputPathsMap",
}
_RENAMED_BACK = {(shape, member): property_ for (shape, property_), member in _RENAMED.items()}

# Lists of such pairs (tags, dimensions) are maps to the AWS provider.
_PAIRS = (("Key", "Value"), ("Name", "Value"))

# The AWS provider keeps these as sets: their order means nothing.
_SETS = frozenset(
    {
        "alarmActions",
        "allowMethods",
        "allowOrigins",
        "costFilters",
        "metricQueries",
        "notifications",
        "okActions",
        "subscriberEmailAddresses",
    }
)


def to_api(shape: Any, value: Any) -> Any:
    """Return a property's value as the API takes it.

    Args:
        shape: botocore's, of the request or a part of it.
        value: the property.

    Raises:
        ResourceError: for a property that the API does not know.
    """
    match shape.type_name:
        case "structure":
            members = {}
            for key, item in value.items():
                if item is None or item is UNKNOWN:
                    continue
                name = _RENAMED.get((shape.name, key), key[0].upper() + key[1:])
                name = key if key in shape.members else name
                if name not in shape.members:
                    raise ResourceError("LUN320", f"{shape.name} of the API has no property {key}")
                members[name] = to_api(shape.members[name], item)
            return members
        case "list" if (pair := _pair(shape)) and isinstance(value, Mapping):
            return [dict(zip(pair, item, strict=True)) for item in value.items()]
        case "list":
            return [to_api(shape.member, item) for item in value]
        case "map":
            return dict(value)
        case "float" | "double":
            return float(value)
        case _:
            return value


def from_api(shape: Any, value: Any) -> Any:
    """Return an API member's value as a property."""
    match shape.type_name:
        case "structure":
            return {
                _RENAMED_BACK.get((shape.name, key), key[0].lower() + key[1:]): from_api(
                    shape.members[key], item
                )
                for key, item in value.items()
                if key in shape.members and item is not None
            }
        case "list" if pair := _pair(shape):
            return {item[pair[0]]: item[pair[1]] for item in value}
        case "list":
            return [from_api(shape.member, item) for item in value]
        case "float" | "double" if float(value).is_integer():
            return int(value)
        case _:
            return value


def declared_part(declared: Any, actual: Any) -> Any:
    """Return *actual* reduced to what *declared* names, so that AWS's defaults are no drift."""
    if isinstance(declared, Mapping) and isinstance(actual, Mapping):
        return {
            key: declared_part(item, actual[key]) for key, item in declared.items() if key in actual
        }
    if isinstance(declared, list) and isinstance(actual, list) and len(declared) == len(actual):
        return [declared_part(*pair) for pair in zip(declared, actual, strict=True)]
    return actual


def normalised(value: Any, key: str = "") -> Any:
    """Return *value* with its sets in a fixed order, so that equal means equal."""
    if isinstance(value, Mapping):
        return {name: normalised(item, name) for name, item in value.items()}
    if isinstance(value, list):
        items = [normalised(item) for item in value]
        if key in _SETS:
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True, default=repr))
        return items
    return value


def _pair(shape: Any) -> tuple[str, str] | None:
    members = getattr(shape.member, "members", {})
    return next((pair for pair in _PAIRS if set(pair) == set(members)), None)
