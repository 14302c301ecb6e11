"""Property maps on the wire: protobuf Structs to plain Python values and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from google.protobuf import struct_pb2

from provider.resource import UNKNOWN, Properties

# What the engine sends for a value that a preview does not know, whatever its type
# (sdk/go/common/resource/plugin/rpc.go; pulumi.runtime.rpc.UNKNOWN is the same string).
_UNKNOWN_ON_THE_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# The map that marks a value as secret (sdk/go/common/resource/sig/sig.go). The engine takes it from
# every plugin: it reads responses with KeepSecrets, whether or not the plugin accepts secrets
# (sdk/go/common/resource/plugin/provider_plugin.go; only what it sends depends on that).
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - a signature


def from_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    """Return the plain values of *struct*; nulls are left out, whole numbers become ints."""
    return {
        key: _from_value(value)
        for key, value in struct.fields.items()
        if value.WhichOneof("kind") != "null_value"
    }


def to_struct(properties: Properties, secrets: AbstractSet[str] = frozenset()) -> struct_pb2.Struct:
    """Return *properties* as a Struct; None values are left out.

    Args:
        properties: plain values and `UNKNOWN`.
        secrets: the top-level properties to mark as secret.
    """
    struct = struct_pb2.Struct()
    for key, value in properties.items():
        if value is not None:
            marked = {_SIGNATURE: _SECRET, "value": value} if key in secrets else value
            struct.fields[key].CopyFrom(_to_value(marked))
    return struct


def decode_configuration(properties: Properties) -> dict[str, Any]:
    """Undo the JSON text in which SDKs send lists, maps and booleans of a provider's inputs."""
    return {key: _decoded(value) for key, value in properties.items()}


def _decoded(value: Any) -> Any:
    if isinstance(value, str) and (value[:1] in ("[", "{") or value in ("true", "false")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _from_value(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            return from_struct(value.struct_value)
        case "list_value":
            return [_from_value(item) for item in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "bool_value":
            return value.bool_value
        case "string_value":
            return UNKNOWN if value.string_value == _UNKNOWN_ON_THE_WIRE else value.string_value
        case _:
            return None


def _to_value(value: Any) -> struct_pb2.Value:
    wire = struct_pb2.Value()
    match value:
        case None:
            wire.null_value = struct_pb2.NULL_VALUE
        case _ if value is UNKNOWN:
            wire.string_value = _UNKNOWN_ON_THE_WIRE
        case bool():
            wire.bool_value = value
        case int() | float():
            wire.number_value = value
        case str():
            wire.string_value = value
        case Mapping():
            wire.struct_value.CopyFrom(to_struct(value))
        case list() | tuple():
            wire.list_value.values.extend(_to_value(item) for item in value)
        case _:
            raise TypeError(f"a property cannot hold a {type(value).__name__}")
    return wire
