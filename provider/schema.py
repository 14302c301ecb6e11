"""The package schema of the plugin, from the models of its resources and functions.

Format: https://www.pulumi.com/docs/iac/extending-pulumi/schema/. `GetSchema` serves it, and
`provider.sdk` writes the typed wrapper from the same properties.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.alias_generators import to_snake

from provider.typed_resource import Model, TypedFunction, TypedResource

_ANY = {"$ref": "pulumi.json#/Any"}

Node = Mapping[str, Any]
"""A type as pydantic's JSON schema describes it."""


@dataclass(frozen=True, slots=True)
class Property:
    """A field of a model.

    Attributes:
        name: its name in Python.
        wire: its name in the engine, camelCase.
        description: its meaning.
        node: its type, without None.
        required: whether a program has to give it.
        always: whether a state has it: given, or filled in by its default.
        default: a default that is no list and no map; None without one.
    """

    name: str
    wire: str
    description: str
    node: Node
    required: bool
    always: bool
    default: str | int | float | None


@dataclass(frozen=True, slots=True)
class Served:
    """Everything that the plugin serves.

    Attributes:
        name: of the package.
        version: of the package; semantic.
        configuration: inputs of the provider itself.
        resources: the resource types.
        functions: the function types.
    """

    name: str
    version: str
    configuration: type[Model]
    resources: tuple[type[TypedResource[Any]], ...]
    functions: tuple[type[TypedFunction[Any, Any]], ...]

    def schema(self) -> str:
        """Return the package schema as JSON text."""
        return json.dumps(_package(self), indent=2)


def properties(of: type[Model] | Node) -> tuple[Property, ...]:
    """Return the fields of a model, or of the JSON schema of one, in their order."""
    schema = of if isinstance(of, Mapping) else _json_schema(of)
    required = schema.get("required", ())
    return tuple(
        Property(
            name=to_snake(wire),
            wire=wire,
            description=node.get("description", ""),
            node=_without_null(node),
            required=wire in required,
            # The default of a field that has none to show is made by a factory.
            always=wire in required or node.get("default", ...) is not None,
            default=node["default"] if isinstance(node.get("default"), str | int | float) else None,
        )
        for wire, node in schema.get("properties", {}).items()
    )


def nested(model: type[Model]) -> Mapping[str, Node]:
    """Return the JSON schemas of the models inside *model*, at any depth, by class name."""
    definitions: Mapping[str, Node] = _json_schema(model).get("$defs", {})
    return definitions


def summary(of: type) -> str:
    """Return the docstring of a class, as it stands there."""
    return inspect.getdoc(of) or ""


@functools.cache
def _json_schema(model: type[Model]) -> Node:
    return model.model_json_schema(by_alias=True)


def _without_null(node: Node) -> Node:
    kinds = [kind for kind in node.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return node
    sole: Node = kinds[0]
    return sole


def _package(served: Served) -> dict[str, Any]:
    models = [
        served.configuration,
        *(model for resource in served.resources for model in (resource.inputs, resource.outputs)),
        *(
            model
            for served_function in served.functions
            for model in (served_function.arguments, served_function.result)
        ),
    ]
    configuration = _object(served.name, served.configuration)
    return {
        "name": served.name,
        "version": served.version,
        "config": {"variables": configuration["properties"]},
        "provider": {
            "inputProperties": configuration["properties"],
            "requiredInputs": configuration["required"],
        },
        "types": {
            _token(served.name, name): {
                **_object(served.name, node),
                "description": node.get("description", ""),
            }
            for model in models
            for name, node in nested(model).items()
        },
        "resources": {
            resource.token: _resource(served.name, resource) for resource in served.resources
        },
        "functions": {
            function.token: {
                "description": summary(function),
                "inputs": _object(served.name, function.arguments),
                "outputs": _object(served.name, function.result),
            }
            for function in served.functions
        },
    }


def _resource(package: str, resource: type[TypedResource[Any]]) -> dict[str, Any]:
    inputs, outputs = properties(resource.inputs), properties(resource.outputs)

    def described(listed: Iterable[Property]) -> dict[str, Any]:
        return {
            entry.wire: _property(package, entry)
            | ({"secret": True} if entry.wire in resource.secrets else {})
            | ({"willReplaceOnChanges": True} if entry.wire in resource.replace_on else {})
            for entry in listed
        }

    return {
        "description": summary(resource),
        "inputProperties": described(inputs),
        "requiredInputs": [entry.wire for entry in inputs if entry.required],
        "properties": described((*inputs, *outputs)),
        "required": [entry.wire for entry in (*inputs, *outputs) if entry.always],
        "aliases": [{"type": token} for token in resource.former_tokens],
    }


def _object(package: str, of: type[Model] | Node) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {entry.wire: _property(package, entry) for entry in properties(of)},
        "required": [entry.wire for entry in properties(of) if entry.required],
    }


def _property(package: str, entry: Property) -> dict[str, Any]:
    words = entry.node.get("enum", ())
    choices = f" One of {', '.join(f'`{word}`' for word in words)}." if words else ""
    return {
        **_type(package, entry.node),
        "description": f"{entry.description}{choices}",
        **({} if entry.default is None else {"default": entry.default}),
    }


def _type(package: str, node: Node) -> dict[str, Any]:
    match node:
        case {"$ref": str(reference)}:
            return {"$ref": f"#/types/{_token(package, reference.rpartition('/')[2])}"}
        case {"type": "array"}:
            return {"type": "array", "items": _type(package, node.get("items", {}))}
        case {"type": "object"}:
            values = node.get("additionalProperties")
            kind = _type(package, values) if isinstance(values, Mapping) else _ANY
            return {"type": "object", "additionalProperties": kind}
        case {"type": "string" | "integer" | "number" | "boolean" as kind}:
            return {"type": kind}
        case _:
            return _ANY


def _token(package: str, name: str) -> str:
    return f"{package}:index:{name}"
