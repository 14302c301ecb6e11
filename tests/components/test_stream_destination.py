"""What a destination is made of, without an engine: Pulumi's mocks record what is registered."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest
from google.protobuf import json_format
from pulumi.runtime import mocks

from catalog.model import DestinationSpec
from components.livestream import Flow
from components.shared import Connection, FlowIngress
from components.stream_destination import StreamDestination, StreamDestinationArgs

KEY = "made-up-key"
TAGS = {
    "Project": "lunora-player",
    "Stack": "test",
    "ManagedBy": "lunora",
    "Destination": "one",
    "Platform": "youtube",
}


class Echo(mocks.Mocks):
    """Answers every resource with its inputs and what AWS would add."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        added: dict[str, Any] = {"arn": f"arn:{args.name}"}
        if args.typ == "livestream:index:PushInput":
            added["endpoints"] = [{"ip": "198.51.100.7", "port": 5000}]
        return f"{args.name}-id", {**args.inputs, **added}

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(args.token)


class Recorder(mocks.MockMonitor):
    """Keeps every registration by the resource's name."""

    def __init__(self) -> None:
        super().__init__(Echo())
        self.registered: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - gRPC's name
        self.registered[request.name] = request
        return super().RegisterResource(request)  # type: ignore[no-untyped-call]


def build(**more: Any) -> dict[str, Any]:
    """Build a destination and return what it registered, by name."""
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", **more}

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        connection = Connection("us-west-2", endpoint=None)
        flow = Flow("arn:flow", "router", "203.0.113.10", ())
        args = StreamDestinationArgs(
            DestinationSpec.model_validate(given),
            FlowIngress("flow-main", connection, flow),
            "arn:role",
            pulumi.Output.secret(KEY),
        )
        made = StreamDestination(
            "one", args, pulumi.ResourceOptions(providers=connection.providers)
        )
        return pulumi.Output.from_input(made.summary)

    program()
    return recorder.registered


def inputs(request: Any) -> dict[str, Any]:
    found: dict[str, Any] = json_format.MessageToDict(request.object)
    return found


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and "4dabf18193072939515e22adb298388d" in value


def test_its_parts_are_its_children_and_the_group_is_shared() -> None:
    registered = build()
    parents = {name: one.parent.rpartition("::")[2] for name, one in registered.items()}
    assert {name for name, parent in parents.items() if parent == "one"} == {
        "one-stream-key",
        "one-input",
        "one-flow-output",
        "one-channel",
        "one-state",
    }
    assert parents["flow-main-security-group"] == "flow-main"


def test_everything_is_named_and_tagged_for_the_stack() -> None:
    registered = build()
    for part in ("input", "flow-output", "channel"):
        assert inputs(registered[f"one-{part}"])["name"] == "lunora-player-test-one"
    parameter = inputs(registered["one-stream-key"])
    assert parameter["name"] == "/lunora-player/test/destinations/one/stream-key"
    assert parameter["type"] == "SecureString"
    for part in ("stream-key", "input", "flow-output", "channel"):
        assert inputs(registered[f"one-{part}"])["tags"] == TAGS
    group = inputs(registered["flow-main-security-group"])
    assert group["whitelistRules"] == [{"cidr": "203.0.113.10/32"}]


def test_the_flow_sends_to_the_first_endpoint_of_the_input() -> None:
    output = inputs(build(description="main show")["one-flow-output"])
    assert (output["flowArn"], output["destination"], output["port"]) == (
        "arn:flow",
        "198.51.100.7",
        5000,
    )
    assert output["description"] == "main show"


def test_the_channel_gives_its_input_up_before_another_takes_it() -> None:
    channel = build()["one-channel"]
    assert channel.deleteBeforeReplace
    assert "startChannel" not in inputs(channel)


def test_it_starts_only_when_the_flow_sends() -> None:
    registered = build(state="stopped")
    state = registered["one-state"]
    assert any(urn.endswith("::one-flow-output") for urn in state.dependencies)
    assert inputs(state)["state"] == "stopped"


def test_the_key_is_secret_wherever_it_is() -> None:
    registered = build()
    assert is_secret(inputs(registered["one-stream-key"])["value"])
    assert is_secret(inputs(registered["one-channel"])["destinations"])
    assert is_secret(inputs(registered["one-state"])["revision"])
    assert "destinations" in registered["one-channel"].additionalSecretOutputs
    for name in registered.keys() - {"one-stream-key", "one-channel"}:
        assert KEY not in str(registered[name]), name


@pytest.mark.parametrize("change", [{"preset": "720p30"}, {"url": "rtmps://host/app"}])
def test_what_stops_the_channel_changes_the_revision(change: dict[str, Any]) -> None:
    before, after = (inputs(one["one-state"])["revision"] for one in (build(), build(**change)))
    assert before != after


def test_what_stops_nothing_keeps_the_revision() -> None:
    change = {"owner": "someone", "description": "main show", "tags": {"event": "launch"}}
    before, after = (inputs(one["one-state"])["revision"] for one in (build(), build(**change)))
    assert before == after


def test_an_existing_parameter_is_used_and_not_made() -> None:
    assert "one-stream-key" not in build(stream_key={"ssm": "/existing"})
