"""Desired processes, derived from the state of MediaLive and MediaConnect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localaws.media.encoding import Push, UnencodableError, pushes
from localaws.media.network import Endpoint

_SRT = "srt-listener"
_RUNS = frozenset({"RUNNING"})


@dataclass(frozen=True, slots=True)
class Router:
    """An active flow that listens for SRT.

    Attributes:
        arn: of the flow.
        name: of the flow.
        egress_ip: the address its outputs come from.
        outputs: where its enabled RTP outputs go.
        sources: their names; the second is one for failover.
        primary: the source that is preferred, if any.
    """

    arn: str
    name: str
    egress_ip: str
    outputs: tuple[Endpoint, ...]
    sources: tuple[str, ...]
    primary: str | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline of a running channel.

    Attributes:
        region: where the channel is.
        channel_id: decimal.
        channel: its name.
        number: 0 or 1.
        endpoint: where its input listens.
        allowed: CIDR blocks that may send there.
        pushes: its RTMP outputs.
        problem: why nothing can be encoded; empty where it can.
    """

    region: str
    channel_id: str
    channel: str
    number: int
    endpoint: Endpoint
    allowed: tuple[str, ...]
    pushes: tuple[Push, ...]
    problem: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Key of the pipeline: the channel's id and the pipeline's number."""
        return self.channel_id, str(self.number)


@dataclass(frozen=True, slots=True)
class DesiredState:
    """All flows by ARN, and all pipelines by channel id and number."""

    routers: Mapping[str, Router]
    pipelines: Mapping[tuple[str, str], Pipeline]


NOTHING = DesiredState({}, {})


def of(regions: Mapping[tuple[str, str], Any]) -> DesiredState:
    """Return what should run; *regions* is what all services hold, by service and region."""
    routers: dict[str, Router] = {}
    pipelines: dict[tuple[str, str], Pipeline] = {}
    for (service, _), region in regions.items():
        if service == "mediaconnect":
            routers |= {router.arn: router for router in _routers(region)}
        else:
            pipelines |= {pipeline.key: pipeline for pipeline in _pipelines(region)}
    return DesiredState(routers, pipelines)


def _routers(region: Any) -> Iterator[Router]:
    for flow in region.flows.values():
        members = flow.members
        protocol = members["Source"]["Transport"]["Protocol"]
        if flow.state != "ACTIVE" or protocol != _SRT:
            continue
        outputs = tuple(
            (output["Destination"], int(output["Port"]))
            for output in members["Outputs"]
            if output["OutputStatus"] == "ENABLED" and output["Transport"]["Protocol"] == "rtp"
        )
        failover = members.get("SourceFailoverConfig") or {}
        yield Router(
            arn=members["FlowArn"],
            name=members["Name"],
            egress_ip=members["EgressIp"],
            outputs=outputs,
            sources=tuple(source["Name"] for source in members["Sources"]),
            primary=failover.get("SourcePriority", {}).get("PrimarySource"),
        )


def _pipelines(region: Any) -> Iterator[Pipeline]:
    for channel in region.channels.values():
        if channel.state not in _RUNS:
            continue
        attached = [
            region.inputs[attachment["InputId"]]
            for attachment in channel.members.get("InputAttachments", [])
        ]
        if not attached or attached[0].members["Type"] != "RTP_PUSH":
            continue
        item = attached[0].members
        allowed = tuple(
            rule["Cidr"]
            for group in item["SecurityGroups"]
            for rule in region.groups[group].members["WhitelistRules"]
        )
        ends = item["Destinations"][: 2 if channel.members["ChannelClass"] == "STANDARD" else 1]
        for number, end in enumerate(ends):
            yield _pipeline(region.name, channel.members, number, end, allowed)


def _pipeline(
    region: str,
    channel: Mapping[str, Any],
    number: int,
    end: Mapping[str, str],
    allowed: tuple[str, ...],
) -> Pipeline:
    targets: tuple[Push, ...] = ()
    problem = ""
    try:
        targets = pushes(channel, number)
    except UnencodableError as unencodable:
        problem = str(unencodable)
    except LookupError as missing:
        problem = f"the media plane encodes nothing without {missing} in the channel's settings"
    return Pipeline(
        region=region,
        channel_id=channel["Id"],
        channel=channel["Name"],
        number=number,
        endpoint=(end["Ip"], int(end["Port"])),
        allowed=allowed,
        pushes=targets,
        problem=problem,
    )
