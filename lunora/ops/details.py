"""Details of one destination: its file, resources, status and changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from catalog import ingest, names
from catalog.model import DestinationSpec
from lunora.ops.audit import Change, changes_in_aws, in_git
from lunora.ops.errors import require_known
from lunora.ops.health import DestinationObservation
from lunora.ops.observation import StackObservation, collect
from lunora.ops.status import DestinationStatus, declared_outputs, statuses
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class Details:
    """One destination.

    Attributes:
        file: its file; None where it has none.
        ingest: scheme and host it streams to, without path and key, or the bucket; None without a
            file.
        listeners: addresses at which its channel waits for callers of SRT.
        recording: where it records, and whether it does now; None without a recording.
        encoding: its encoding, for example `1080p30: 1920x1080, 30 frames/s, 6000 kb/s`.
        resources: ids, ARNs and names of its resources in AWS, by kind.
        status: its status.
        changes: of its file and its channel, the newest first.
        notes: sources that could not be read, one message each.
    """

    file: str | None
    ingest: str | None
    listeners: tuple[str, ...]
    encoding: str | None
    recording: str | None
    resources: dict[str, str]
    status: DestinationStatus
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def details(
    stack: Stack,
    specs: Sequence[DestinationSpec] | None,
    folder: Path,
    name: str,
    now: dt.datetime,
) -> Details:
    """Return the details of the destination *name*.

    Raises:
        UnknownDestinationError: when neither a file nor a channel has this name.
        ClientError, BotoCoreError: when AWS does not answer.
    """
    observed = collect(stack, now, declared_outputs(stack, specs))
    by_name = {status.name: status for status in statuses(observed, specs, now)}
    require_known(name, by_name)
    status = by_name[name]
    spec, channel = status.observation.spec, status.observation.channel
    file = folder / f"{name}.yaml" if spec else None
    changes, notes = list(in_git(file)) if file else [], list(observed.errors)
    if place := channel or status.observation.flow:
        channel_id = channel.id if channel else None
        known, unread = changes_in_aws(stack, name, place.region, channel_id, now)
        changes += known
        notes += unread
    return Details(
        file=str(file) if file else None,
        ingest=_ingest(spec) if spec else None,
        listeners=channel.listeners if channel else (),
        encoding=_encoding(spec) if spec else None,
        recording=_recording(spec, status.observation) if spec else None,
        resources=dict(_resources(stack, status.observation, observed)),
        status=status,
        changes=tuple(sorted(changes, key=lambda change: change.at, reverse=True)),
        notes=tuple(notes),
    )


def _ingest(spec: DestinationSpec) -> str:
    if ingest.is_listener(spec.ingest_url):
        return f"callers from {', '.join(spec.srt.callers)}"
    url = urlsplit(spec.ingest_url)
    port = f":{url.port}" if spec.scheme in ingest.TRANSPORTS else ""
    return f"{url.scheme}://{url.hostname}{port}"


def _encoding(spec: DestinationSpec) -> str:
    if spec.route == "flow":
        return "none: the flow sends its source as it is"
    if not spec.has_known_encoding:
        return f"{spec.preset}: by the source of flow {spec.flow}"
    encoding = spec.effective_encoding
    audio = f"{encoding.audio_kbps} kb/s audio"
    if not encoding.has_video:
        return f"{spec.preset}: no video, {audio}"
    quality = ", enhanced quality" if encoding.quality == "enhanced" else ""
    return (
        f"{spec.preset}: {encoding.width}x{encoding.height}, {encoding.frames_per_second} frames/s,"
        f" {encoding.video_kbps} kb/s video, {audio}{quality}"
    )


def _recording(spec: DestinationSpec, observation: DestinationObservation) -> str | None:
    if spec.record is None:
        return None
    outputs = observation.metrics and observation.metrics.recording_outputs
    writes = "unknown" if outputs is None else "writes" if outputs else "does not write"
    return f"s3://{spec.record.s3}, {spec.record.segment_minutes} min a file: {writes}"


def _resources(
    stack: Stack, observation: DestinationObservation, observed: StackObservation
) -> Iterator[tuple[str, str]]:
    spec, channel = observation.spec, observation.channel
    outputs = set(observation.outputs)
    if spec and not outputs:
        outputs.add(stack.physical_name(spec.original_name))
    if channel:
        yield "channel", channel.id
        yield "channel ARN", channel.arn
        yield "input", ", ".join(channel.input_ids)
    for flow in observed.flows:
        arns = [output.arn for output in flow.outputs if output.name in outputs]
        if arns:
            yield f"outputs of flow {flow.key}", ", ".join(arns)
    if spec and spec.has_key:
        default = names.parameter_name(stack.project, stack.name, spec.original_name)
        yield "parameter", spec.stream_key.ssm or default
    if spec and spec.passphrase_name:
        yield "secret", names.passphrase_name(stack.project, stack.name, spec.original_name)
