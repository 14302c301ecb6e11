"""Before the AWS provider creates what it cannot adopt, a killed run's leftover goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from components import livestream
from components.connection import Connection
from tests.components.test_stream_destination import TAGS, Echo, build

NAME = "lunora-player-test-one"


def test_channel_and_parameter_are_cleared_before_they_are_created_and_nothing_else_is() -> None:
    hooks = {name: list(made.hooks.before_create) for name, made in build().items()}
    assert {name: found for name, found in hooks.items() if found} == {
        "one-stream-key": ["clear parameter /lunora-player/test/destinations/one/stream-key"],
        "one-channel": [f"clear channel {NAME}"],
    }


def cleared(monkeypatch: pytest.MonkeyPatch, error: str = "") -> list[Any]:
    """Let the hook of a channel happen; returns what the plugin was asked."""
    asked: list[Any] = []

    async def invoke(function: str, arguments: Any, options: pulumi.InvokeOptions) -> None:
        asked.append((function, arguments, options.provider))
        if error:
            raise Exception(error)  # noqa: TRY002 - the SDK raises plain Exception

    monkeypatch.setattr(pulumi.runtime, "invoke_async", invoke)
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        plugin = Connection("us-west-2", endpoint=None).livestream
        (hook,) = livestream.cleared("channel", NAME, TAGS, plugin).before_create or []
        given = pulumi.ResourceHookArgs("urn", "", "one-channel", "type")
        found: Any = hook.callback(given)  # type: ignore[union-attr]  # not the name of one
        return pulumi.Output.from_input(asyncio.ensure_future(found))

    program()
    return asked


def test_the_plugin_of_the_region_is_asked_by_name_and_tags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ((function, arguments, provider),) = cleared(monkeypatch)
    assert function == "livestream:index:clearLeftover"
    assert arguments == {"kind": "channel", "name": NAME, "tags": TAGS}
    assert isinstance(provider, livestream.Provider)


def test_what_the_plugin_refuses_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "invoke of x failed: invocation of x returned an error: it is on air"
    with pytest.raises(pulumi.RunError, match=r"^it is on air$"):
        cleared(monkeypatch, said)
