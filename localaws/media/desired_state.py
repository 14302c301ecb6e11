"""Desired processes, derived from the state of MediaLive and MediaConnect."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localaws.media.encoding import Image, Push, pushes
from localaws.media.network import Endpoint
from localaws.media.outlets import ReadSecret
from localaws.media.unencodable import UnencodableError
from localaws.medialive.input_loss import InputLoss
from localaws.medialive.performing import paused
from localaws.medialive.schedule import Schedule

_SRT = "srt-listener"
# No packet is lost on the way, so the packets of error correction are left out.
_RTP = frozenset({"rtp", "rtp-fec"})
_RUNS = frozenset({"RUNNING"})

_Entry = tuple[Endpoint, tuple[str, ...]]
"""The address of a pipeline's input, and the CIDR blocks that may send there."""


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
        pushes: its outputs; none while it is paused.
        problem: why nothing can be encoded; empty where it can.
        loss: what it encodes while its input is lost.
    """

    region: str
    channel_id: str
    channel: str
    number: int
    endpoint: Endpoint
    allowed: tuple[str, ...]
    pushes: tuple[Push, ...]
    problem: str = ""
    loss: InputLoss = field(default_factory=InputLoss)

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


def of(
    regions: Mapping[tuple[str, str], Any],
    image_file: Callable[[str], Path | None],
    read_secret: ReadSecret = lambda _: None,
) -> DesiredState:
    """Return what should run.

    Args:
        regions: what all services hold, by service and region.
        image_file: returns the file of an image by its URI; None where there is none.
        read_secret: returns the text of a secret by its ARN; None where there is none.
    """
    routers: dict[str, Router] = {}
    pipelines: dict[tuple[str, str], Pipeline] = {}
    managed = _managed(regions)
    for (service, _), region in regions.items():
        if service == "mediaconnect":
            routers |= {router.arn: router for router in _routers(region)}
        else:
            running = _pipelines(region, image_file, read_secret, managed)
            pipelines |= {pipeline.key: pipeline for pipeline in running}
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
            if output["OutputStatus"] == "ENABLED" and output["Transport"]["Protocol"] in _RTP
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


def _managed(regions: Mapping[tuple[str, str], Any]) -> dict[str, list[_Entry]]:
    """Return where inputs take flows by outputs that MediaLive manages, by the input's ARN."""
    entries: dict[str, list[_Entry]] = {}
    for (service, _), region in regions.items():
        if service != "mediaconnect":
            continue
        for flow in region.flows.values():
            for output in flow.members["Outputs"]:
                if arn := output.get("MediaLiveInputArn"):
                    endpoint = (output["Destination"], int(output["Port"]))
                    allowed = (f"{flow.members['EgressIp']}/32",)
                    entries.setdefault(arn, []).append((endpoint, allowed))
    # The address tells the pipeline.
    return {
        arn: sorted(unsorted, key=lambda entry: ipaddress.ip_address(entry[0][0]))
        for arn, unsorted in entries.items()
    }


def _entries(region: Any, item: Mapping[str, Any]) -> Iterator[_Entry]:
    """Yield where a push input listens, by pipeline; all others do not listen."""
    if item["Type"] != "RTP_PUSH":
        return
    allowed = tuple(
        rule["Cidr"]
        for group in item["SecurityGroups"]
        for rule in region.groups[group].members["WhitelistRules"]
    )
    for end in item["Destinations"]:
        yield (end["Ip"], int(end["Port"])), allowed


def _pipelines(
    region: Any,
    image_file: Callable[[str], Path | None],
    read_secret: ReadSecret,
    managed: Mapping[str, list[_Entry]],
) -> Iterator[Pipeline]:
    for channel in region.channels.values():
        if channel.state not in _RUNS:
            continue
        attachment = _active(channel.members)
        if attachment is None:
            continue
        item = region.inputs[attachment["InputId"]].members
        entries = managed.get(item["Arn"], []) or list(_entries(region, item))
        count = 2 if channel.members["ChannelClass"] == "STANDARD" else 1
        images = tuple(_images(region.schedules.get(channel.members["Id"]), image_file))
        for number, (endpoint, allowed) in enumerate(entries[:count]):
            targets, problem = _targets(channel.members, number, images, read_secret)
            # User guide, eml-metrics-gen-info: "still ingesting but not producing output".
            is_paused = paused(number) in channel.conditions
            yield Pipeline(
                region=region.name,
                channel_id=channel.members["Id"],
                channel=channel.members["Name"],
                number=number,
                endpoint=endpoint,
                allowed=allowed,
                pushes=() if is_paused else targets,
                problem=problem,
                loss=InputLoss.of(channel.members["EncoderSettings"], image_file),
            )


def _images(schedule: Schedule | None, image_file: Callable[[str], Path | None]) -> Iterator[Image]:
    """Yield the images of a channel that can be read, the lowest layer first."""
    shown = schedule.images if schedule is not None else {}
    for (_, output), settings in sorted(shown.items(), key=lambda item: item[0][0]):
        file = image_file(settings["Image"]["Uri"])
        if file is not None:
            yield Image(output, file, settings)


def _active(channel: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the attachment that the schedule has switched to, else the first; None without any."""
    names = {detail.get("ActiveInputAttachmentName") for detail in channel["PipelineDetails"]}
    attachments: list[Mapping[str, Any]] = channel.get("InputAttachments") or []
    active = (item for item in attachments if item.get("InputAttachmentName") in names - {None})
    return next(active, next(iter(attachments), None))


def _targets(
    channel: Mapping[str, Any],
    number: int,
    images: tuple[Image, ...],
    read_secret: ReadSecret,
) -> tuple[tuple[Push, ...], str]:
    """Return the outputs of a pipeline, or why nothing can be encoded."""
    try:
        return pushes(channel, number, images, read_secret), ""
    except UnencodableError as unencodable:
        return (), str(unencodable)
    except LookupError as missing:
        return (), f"the media plane encodes nothing without {missing} in the channel's settings"
