"""Deletion of a killed run's orphans before their successors are created."""

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
    hooks = {name: list(r.hooks.before_create) for name, r in build().items()}
    assert {name: bound for name, bound in hooks.items() if bound} == {
        "one-stream-key": ["clear parameter /lunora-player/test/destinations/one/stream-key"],
    }
    assert not [name for name, r in build().items() if list(r.hooks.after_create)]


def test_secrets_schedules_and_their_roles_are_cleared_too() -> None:
    registered = build(
        **SRT, stream_key={"config": "one"}, srt={"passphrase": {}}, schedule=EVENINGS
    )
    hooks = [hook for r in registered.values() for hook in r.hooks.before_create]
    assert sorted(hook.partition(" lunora")[0] for hook in hooks) == [
        "clear parameter /lunora-player/test/destinations/one/stream-key",
        "clear role",
        "clear schedule",
        "clear schedule",
        "clear secret",
    ]


class Plugin(mocks.MockMonitor):
    """Records the hook's requests; an *error* is raised as the engine raises the plugin's."""

    def __init__(self, error: str = "") -> None:
        super().__init__(Echo())
        self.error = error
        self.requests: list[Any] = []

    def Invoke(self, request: Any) -> None:  # noqa: N802 - gRPC's name
        self.requests.append(request)
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
    (request,) = plugin.requests
    assert request.tok == "livestream:index:deleteOrphan"
    arguments = json_format.MessageToDict(request.args)
    assert arguments == {"kind": "role", "name": NAME, "tags": TAGS}
    assert request.provider.endswith("::livestream-us-west-2::livestream-us-west-2-id")


def test_what_the_plugin_refuses_is_one_sentence() -> None:
    error = "invocation of livestream:index:deleteOrphan returned an error: it is on air"
    with pytest.raises(pulumi.RunError, match=r"^LUN213: it is on air$"):
        clear(Plugin(error))
