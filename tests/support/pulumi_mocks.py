"""Resources that a destination registers, recorded without an engine."""

from __future__ import annotations

from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks

from catalog.channel_access import ChannelAccess
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from components.alarms import Notifying
from components.direct_output import Encryption
from components.flow_ingress import FlowIngress, FlowIngressArgs
from components.lookups import Flow
from components.medialive_role import MediaLiveRole, MediaLiveRoleArgs
from components.region_providers import RegionProviders
from components.schedule import ScheduleGroup, ScheduleGroupArgs
from components.stream_destination import StreamDestination, StreamDestinationArgs

EVENINGS = {
    "timezone": "UTC",
    "windows": [{"days": ["mon"], "start": "18:00", "stop": "20:00"}],
}


RTMP_PASSWORD = "made-up-password"  # noqa: S105 - of no ingest
KEY, PASSPHRASE = "made-up-key", "made-up-passphrase"


FLOW = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:router"


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
            ends = (f"{network}.{len(args.name)}" for network in ("198.51.100", "203.0.113"))
            added["endpoints"] = [{"ip": ip, "port": 5000} for ip in ends]
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
    return build_and_summarise(**more)[0]


def build_and_summarise(**more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Build a destination; returns what it registered, by name, and what it says of itself."""
    summaries: list[dict[str, Any]] = []
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)
    adopted, flow_outputs = more.pop("adopted", None), more.pop("outputs", ())
    destinations = more.pop("destinations", frozenset())
    default_window = more.pop("default_window", None)
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", **more}

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[Any]:
        region_providers = RegionProviders("us-west-2", endpoint=None)

        def ingress(key: str, flow: Flow, source: FlowSource) -> FlowIngress:
            pushes = spec.input_type == "push"
            args = FlowIngressArgs(key, flow, source, region_providers, pushes)
            return FlowIngress(f"flow-{key}", args, region_providers.options())

        flow = Flow(FLOW, "router", "203.0.113.10", "us-west-2a", flow_outputs)
        spec = DestinationSpec.model_validate(given)
        other = Flow(f"{FLOW}-2", "router-2", "203.0.113.11", "us-west-2b", ())
        group = ScheduleGroupArgs("arn:topic")
        role = (
            MediaLiveRole(
                "medialive-role",
                MediaLiveRoleArgs(
                    region_providers.livestream,
                    None,
                    "123456789012",
                    ChannelAccess(),
                    spec.images,
                ),
                region_providers.options(),
            )
            if spec.images
            else None
        )
        args = StreamDestinationArgs(
            spec,
            ingress("main", flow, FlowSource(mbps=8)),
            "arn:role",
            pulumi.Output.secret(KEY) if spec.has_key else None,
            Notifying("arn:topic", enabled=False, suppressor="source-lost"),
            ScheduleGroup("schedules-us-west-2", group, region_providers.options())
            if spec.schedule
            else None,
            ingress("backup", other, FlowSource()) if spec.backup_flow else None,
            adopted,
            Encryption(pulumi.Output.secret(PASSPHRASE), "arn:reader")
            if spec.passphrase_name
            else None,
            destinations,
            default_window,
            pulumi.Output.secret(RTMP_PASSWORD) if spec.rtmp_password_name else None,
            role.slate_policy if role else None,
        )
        options = region_providers.options(protect=spec.protected)
        destination = StreamDestination(spec.name, args, options)
        return pulumi.Output.from_input(destination.summary).apply(summaries.append)

    program()
    (summary,) = summaries
    return recorder.registered, summary


def inputs(request: Any) -> dict[str, Any]:
    properties: dict[str, Any] = json_format.MessageToDict(request.object)
    return properties


def destination(channel: Any) -> dict[str, Any]:
    """Return the one destination of a registered channel, which is secret."""
    (only,) = inputs(channel)["destinations"]["value"]
    settings: dict[str, Any] = only
    return settings


def is_secret(value: Any) -> bool:
    return isinstance(value, dict) and "4dabf18193072939515e22adb298388d" in value


SRT = {"platform": "custom", "route": "flow", "preset": None, "url": "srt://203.0.113.9:9000"}
