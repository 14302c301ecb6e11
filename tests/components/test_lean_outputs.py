"""A resource's outputs say of themselves what those that the SDK makes would say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from components import lean_outputs
from tests.components.awaiting import awaited

BOTH = pytest.mark.parametrize("made", [rpc.transfer_properties, lean_outputs.transferred])


class Thing:
    """Stands for a resource."""


def told(
    made: Callable[..., dict[str, rpc.Resolver]],
    value: Any = "arn:one",
    *,
    known: bool = True,
    secret: bool = False,
    dependencies: set[Any] | None = None,
    failure: Exception | None = None,
) -> list[Any]:
    """Resolve an output; return what it says of itself: value, known, secret, resources."""

    async def look() -> list[Any]:
        thing: Any = Thing()
        resolvers = made(thing, {"arn": None}, custom=True)
        resolvers["arn"](value, known, secret, dependencies, failure)
        output: pulumi.Output[Any] = vars(thing)["arn"]
        values = [await output.future(), await output.is_known(), await output.is_secret()]
        return [
            *values,
            {"itself" if resource is thing else resource for resource in await output.resources()},
        ]

    return awaited(look())


@BOTH
@pytest.mark.parametrize("secret", [True, False])
@pytest.mark.parametrize("known", [True, False])
def test_an_output_has_its_value_and_comes_from_its_resource(
    *, made: Any, known: bool, secret: bool
) -> None:
    value = "arn:one" if known else None
    assert told(made, value, known=known, secret=secret) == [value, known, secret, {"itself"}]


@BOTH
def test_an_output_comes_from_what_the_engine_says_too(made: Any) -> None:
    other: Any = "another"
    assert told(made, dependencies={other})[-1] == {"itself", other}


@BOTH
def test_a_failure_is_every_output_s(made: Any) -> None:
    with pytest.raises(LookupError, match="refused"):
        told(made, None, failure=LookupError("refused"))


@BOTH
def test_the_id_and_the_urn_are_made_by_the_sdk_itself(made: Any) -> None:
    async def look(*, custom: bool) -> set[str]:
        thing: Any = Thing()
        resolvers = made(thing, {"id": None, "urn": None, "arn": None}, custom)
        assert resolvers.keys() == vars(thing).keys()
        for output in vars(thing).values():
            output._data.cancel()
        return set(resolvers)

    assert awaited(look(custom=True)) == {"arn"}
    assert awaited(look(custom=False)) == {"id", "arn"}


def test_resources_get_such_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, "transfer_properties", rpc.transfer_properties)
    lean_outputs.patch_outputs()
    assert rpc.transfer_properties is lean_outputs.transferred
