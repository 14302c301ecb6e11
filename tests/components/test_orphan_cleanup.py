"""Before the AWS provider creates what it cannot adopt, a killed run's leftover goes."""

from __future__ import annotations

import asyncio
from concurrent import futures
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf import json_format
from pulumi.runtime import mocks

from components import orphan_cleanup
from components.region_providers import RegionProviders
from tests.support.pulumi_mocks import EVENINGS, SRT, TAGS, Echo, build

NAME = "lunora-player-test-one"


def test_the_parameter_is_cleared_before_it_is_created_and_nothing_else_is() -> None:
    hooks = {name: list(made.hooks.before_create) for name, made in build().items()}
    assert {name: found for name, found in hooks.items() if found} == {
        "one-stream-key": ["clear parameter /lunora-player/test/destinations/one/stream-key"],
    }
    assert not [name for name, made in build().items() if list(made.hooks.after_create)]


def test_secrets_schedules_and_their_roles_are_cleared_too() -> None:
    made = build(**SRT, stream_key={"config": "one"}, srt={"passphrase": {}}, schedule=EVENINGS)
    hooks = [hook for one in made.values() for hook in one.hooks.before_create]
    assert sorted(hook.partition(" lunora")[0] for hook in hooks) == [
        "clear parameter /lunora-player/test/destinations/one/stream-key",
        "clear role",
        "clear schedule",
        "clear schedule",
        "clear secret",
    ]


class Plugin(mocks.MockMonitor):
    """Answers what the hook asks; an *error* is raised as the engine raises the plugin's."""

    def __init__(self, error: str = "") -> None:
        super().__init__(Echo())
        self.error = error
        self.asked: list[Any] = []

    def Invoke(self, request: Any) -> None:  # noqa: N802 - gRPC's name
        self.asked.append(request)
        if self.error:
            raise Refusal(self.error)


class Refusal(grpc.RpcError):  # type: ignore[misc]  # grpc has no types
    def details(self) -> str:
        return str(self)


def clear(plugin: Plugin) -> set[futures.Executor | None]:
    """Let the hook of a role happen; returns in which pools, of which None is the loop's."""
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=plugin)
    taken: set[futures.Executor | None] = set()

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        provider = RegionProviders("us-west-2", endpoint=None).livestream
        (hook,) = (
            orphan_cleanup.before_create_hook("role", NAME, TAGS, provider).before_create or []
        )

        async def happen() -> None:
            await provider.id.future()
            loop, given = asyncio.get_running_loop(), pulumi.ResourceHookArgs("urn", "made", "", "")

            def run(pool: futures.Executor | None, *work: Any) -> Any:
                taken.add(pool)
                return type(loop).run_in_executor(loop, pool, *work)

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(loop, "run_in_executor", run)
                await hook.callback(given)  # type: ignore[union-attr,misc]  # not the name of one

        return pulumi.Output.from_input(asyncio.ensure_future(happen()))

    program()
    return taken


def test_a_hook_needs_no_thread_of_those_in_which_registrations_wait_for_it() -> None:
    taken = clear(Plugin())
    assert taken
    assert None not in taken


def test_the_plugin_of_the_region_is_asked_by_name_and_tags() -> None:
    plugin = Plugin()
    clear(plugin)
    (asked,) = plugin.asked
    assert asked.tok == "livestream:index:clearLeftover"
    told = json_format.MessageToDict(asked.args)
    assert told == {"kind": "role", "name": NAME, "tags": TAGS}
    assert asked.provider.endswith("::livestream-us-west-2::livestream-us-west-2-id")


def test_what_the_plugin_refuses_is_one_sentence() -> None:
    said = "invocation of livestream:index:clearLeftover returned an error: it is on air"
    with pytest.raises(pulumi.RunError, match=r"^it is on air$"):
        clear(Plugin(said))
