"""The package schema and the typed wrapper say what the models say."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any, Literal

import pytest
from pydantic import Field

from catalog.schedule import Schedule
from provider import sdk
from provider.__main__ import SERVED, Configuration
from provider.resource import Properties
from provider.schema import Property, Served, nested, properties
from provider.typed_resource import Inputs, Model, Outputs, TypedFunction, TypedResource


class Part(Inputs, Outputs):
    """A part."""

    bit_rate: int = Field(5, description="Its bit rate.")
    layers: list[int] = Field(default_factory=list, description="Its layers.")


class ThingInputs(Inputs):
    """Inputs of a thing."""

    name: str = Field(description="Its name.")
    kind: Literal["a", "b"] = Field("a", description="Its kind.")
    encoder_settings: dict[str, Any] = Field(description="AWS's own structure.")
    attachments: list[dict[str, Any]] | None = Field(None, description="AWS's own structures.")
    schedule: Schedule | None = Field(None, description="When it runs.")
    ratio: float | None = Field(None, description="A ratio.")
    tags: dict[str, str] = Field(default_factory=dict, description="Its tags.")


class ThingOutputs(Outputs):
    """Outputs of a thing beyond its inputs."""

    channel_id: str = Field(description="Its id.")
    parts: list[Part] | None = Field(None, description="Its parts.")


class Thing(TypedResource[ThingInputs]):
    """A thing."""

    token = "test:index:Thing"  # noqa: S105 - a type token
    inputs = ThingInputs
    outputs = ThingOutputs
    secrets = frozenset({"encoderSettings"})
    replace_on = frozenset({"name"})

    create = read = update = delete = lambda *_: None  # type: ignore[assignment]  # not called


class Answer(Outputs):
    """Result of `getThing`."""

    part: Part = Field(description="The part.")
    counts: dict[str, int] = Field(default_factory=dict, description="Counts by name.")


class GetThing(TypedFunction[Part, Answer]):
    """Look a thing up."""

    token = "test:index:getThing"  # noqa: S105 - a function token
    arguments = Part
    result = Answer

    def call(self, arguments: Part) -> Answer:
        return Answer(part=arguments)


TEST = Served("test", "2.0.0", Configuration, (Thing,), (GetThing,))


def test_the_wrapper_is_fresh() -> None:
    assert sdk.WRAPPER.read_text() == sdk.generated(SERVED), "run `python -m provider.sdk`"


def models(served: Served) -> Iterator[type[Model]]:
    yield served.configuration
    for resource in served.resources:
        yield from (resource.inputs, resource.outputs)
    for function in served.functions:
        yield from (function.arguments, function.result)


def described(model: type[Model]) -> Iterator[Property]:
    yield from properties(model)
    for node in nested(model).values():
        yield from properties(node)


def test_every_property_says_what_it_means() -> None:
    silent = [
        (model.__name__, entry.wire)
        for model in models(SERVED)
        for entry in described(model)
        if not entry.description
    ]
    assert not silent


def test_secrets_and_replacements_are_properties() -> None:
    for resource in SERVED.resources:
        listed = {
            entry.wire for of in (resource.inputs, resource.outputs) for entry in properties(of)
        }
        assert resource.secrets | resource.replace_on <= listed


def test_the_schema_has_types_defaults_secrets_and_replacements() -> None:
    schema = json.loads(TEST.schema())
    thing = schema["resources"]["test:index:Thing"]
    anything = {"$ref": "pulumi.json#/Any"}
    assert thing["requiredInputs"] == ["name", "encoderSettings"]
    assert thing["required"] == ["name", "kind", "encoderSettings", "tags", "channelId"]
    assert thing["inputProperties"] == {
        "name": {"type": "string", "description": "Its name.", "willReplaceOnChanges": True},
        "kind": {"type": "string", "description": "Its kind. One of `a`, `b`.", "default": "a"},
        "encoderSettings": {
            "type": "object",
            "additionalProperties": anything,
            "description": "AWS's own structure.",
            "secret": True,
        },
        "attachments": {
            "type": "array",
            "items": {"type": "object", "additionalProperties": anything},
            "description": "AWS's own structures.",
        },
        "schedule": {"$ref": "#/types/test:index:Schedule", "description": "When it runs."},
        "ratio": {"type": "number", "description": "A ratio."},
        "tags": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Its tags.",
        },
    }
    assert thing["properties"]["parts"]["items"] == {"$ref": "#/types/test:index:Part"}
    assert set(schema["types"]) == {
        f"test:index:{name}" for name in ("Event", "Part", "Schedule", "Window")
    }
    assert schema["functions"]["test:index:getThing"]["outputs"]["required"] == ["part"]


def test_the_wrapper_has_typed_arguments_and_outputs() -> None:
    tree = {
        node.name: node for node in ast.parse(sdk.generated(TEST)).body if hasattr(node, "name")
    }
    assert annotated(tree["ThingArgs"]) == {
        "name": "pulumi.Input[str]",
        "kind": "pulumi.Input[Literal['a', 'b']] | None",
        "encoder_settings": "pulumi.Input[Mapping[str, Any]]",
        "attachments": "pulumi.Input[Sequence[pulumi.Input[Mapping[str, Any]]]] | None",
        "schedule": "pulumi.Input[Mapping[str, Any]] | None",
        "ratio": "pulumi.Input[float] | None",
        "tags": "pulumi.Input[Mapping[str, pulumi.Input[str]]] | None",
    }
    outputs = annotated(tree["Thing"])
    assert outputs["schedule"] == "pulumi.Output[dict[str, Any] | None]"
    assert outputs["channel_id"] == "pulumi.Output[str]"
    assert outputs["parts"] == "pulumi.Output[list[dict[str, Any]] | None]"
    assert annotated(tree["Part"]) == {"bit_rate": "int", "layers": "list[int]"}
    assert annotated(tree["GetThingResult"]) == {"part": "Part", "counts": "dict[str, int]"}


def annotated(node: Any) -> dict[str, str]:
    return {
        ast.unparse(entry.target): ast.unparse(entry.annotation)
        for entry in node.body
        if isinstance(entry, ast.AnnAssign)
    }


@pytest.mark.parametrize("arguments", [{"surprise": "a"}, {"bitRate": "made-up-key"}])
def test_wrong_arguments_of_a_function_are_named_without_their_values(
    arguments: Properties,
) -> None:
    function = GetThing.__new__(GetThing)
    (name,) = arguments
    with pytest.raises(
        Exception, match=f"LUN320: cannot call test:index:getThing: {name}: "
    ) as caught:
        function(arguments)
    assert "made-up-key" not in str(caught.value)
