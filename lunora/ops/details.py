"""Everything about one destination: its file, its resources, its state and its past."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from catalog import ingest, names
from catalog.diagnostics import did_you_mean
from catalog.model import DestinationSpec
from lunora.ops.audit import Change, in_cloudtrail, in_git
from lunora.ops.channels import Channel
from lunora.ops.observation import StackObservation, collect
from lunora.ops.status import DestinationStatus, statuses
from lunora.stack import Stack


class UnknownDestinationError(Exception):
    """There is no such destination; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Details:
    """One destination.

    Attributes:
        file: its file; None where it has none.
        ingest: scheme and host it streams to, without path and key; None without a file.
        encoding: how it is encoded, for example `1080p30: 1920x1080, 30 frames/s, 6000 kb/s`.
        resources: what it is made of in AWS, as ids, ARNs and names by kind.
        status: what it is doing.
        changes: who changed its file and its channel, the newest first.
        notes: what could not be looked at, one sentence each.
    """

    file: str | None
    ingest: str | None
    encoding: str | None
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
    """Look at the destination *name* from all sides.

    Raises:
        Unknown: when neither a file nor a channel has this name.
        ClientError, BotoCoreError: when AWS does not answer.
    """
    seen = collect(stack, now)
    by_name = {one.name: one for one in statuses(seen, specs, now)}
    known(name, by_name)
    spec = next((one for one in specs or () if one.name == name), None)
    channel = next((one for one in seen.channels if one.destination == name), None)
    file = folder / f"{name}.yaml" if spec else None
    changes, notes = list(in_git(file)) if file else [], list(seen.unseen)
    if channel:
        called = in_cloudtrail(stack.aws(channel.region).client("cloudtrail"), channel.id, now)
        changes += called or ()
        if called is None:
            notes.append("CloudTrail does not tell who called AWS")
    return Details(
        file=str(file) if file else None,
        ingest=_ingest(spec) if spec else None,
        encoding=_encoding(spec) if spec else None,
        resources=dict(_resources(stack, spec, channel, seen)),
        status=by_name[name],
        changes=tuple(sorted(changes, key=lambda change: change.at, reverse=True)),
        notes=tuple(notes),
    )


def known(name: str, names_there: Collection[str]) -> None:
    """Check that *name* is one of *names_there*.

    Raises:
        Unknown: when it is not.
    """
    if name not in names_there:
        raise UnknownDestinationError(
            f'there is no destination "{name}"{did_you_mean(name, names_there)}'
        )


def _ingest(spec: DestinationSpec) -> str:
    url = urlsplit(spec.ingest_url)
    port = f":{url.port}" if spec.scheme in ingest.TRANSPORTS else ""
    return f"{url.scheme}://{url.hostname}{port}"


def _encoding(spec: DestinationSpec) -> str:
    if spec.route == "flow":
        return "none: the flow sends its source as it is"
    profile = spec.effective_encoding
    audio = f"{profile.audio_kbps} kb/s audio"
    if not profile.has_video:
        return f"{spec.preset}: no video, {audio}"
    return (
        f"{spec.preset}: {profile.width}x{profile.height}, {profile.frames_per_second} frames/s,"
        f" {profile.video_kbps} kb/s video, {audio}"
    )


def _resources(
    stack: Stack, spec: DestinationSpec | None, channel: Channel | None, seen: StackObservation
) -> Iterator[tuple[str, str]]:
    outputs: set[str] = set()
    if spec:
        outputs.add(names.physical_name(stack.project, stack.name, spec.original_name))
    if channel:
        yield "channel", channel.id
        yield "channel ARN", channel.arn
        yield "input", ", ".join(channel.input_ids)
        outputs = set(channel.outputs)
    for flow in seen.flows:
        arns = [one.arn for one in flow.outputs if one.name in outputs]
        if arns:
            yield f"outputs of flow {flow.key}", ", ".join(arns)
    if spec and spec.has_key:
        made = names.parameter_name(stack.project, stack.name, spec.original_name)
        yield "parameter", spec.stream_key.ssm or made
    if spec and spec.passphrase_name:
        yield "secret", names.passphrase_name(stack.project, stack.name, spec.original_name)
