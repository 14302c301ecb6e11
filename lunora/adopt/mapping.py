"""Map a stream of a former system to a destination: its file, manifest entry and stream key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from catalog.channel_states import ON_AIR
from catalog.flow_source import FlowSource
from catalog.import_manifest import (
    AdoptedChannel,
    AdoptedInput,
    AdoptedOutput,
    BilledSettings,
    ManifestEntry,
    SpecSnapshot,
)
from catalog.loader import findings, invalid_name
from catalog.model import DestinationSpec, is_our_tag
from lunora.adopt import encoding as file_keys
from lunora.adopt import sound_and_loss
from lunora.adopt.errors import NAME, SETTINGS, STATE, STREAM_KEY, NotAdoptableError
from lunora.adopt.platform import candidates
from lunora.adopt.structure import Structure, structure
from lunora.adopt.topology import DiscoveredStream
from lunora.ops.flows import FlowOutput
from provider.redaction import Mask

_SHORTEST_KEY = 8
# What an edit of the file changes at once, because its parts name one another.
_KEPT = ("EncoderSettings", "InputAttachments", "InputSpecification", "InferenceSettings")


@dataclass(frozen=True, slots=True)
class AdoptableStream:
    """A stream as a destination.

    Attributes:
        name: the destination's name.
        document: content of its file.
        entry: its entry in the import manifest.
        key: its stream key.
        remarks: settings that the channel keeps and no file can declare, a phrase each.
        changes: changes by the first run, a phrase each; none of them interrupts.
    """

    name: str
    document: Mapping[str, Any]
    entry: ManifestEntry
    key: str = field(repr=False)
    remarks: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def ingests(self) -> tuple[str, ...]:
        """Its ingests, without key."""
        return self.entry.snapshot.ingests


def to_destination(stream: DiscoveredStream) -> AdoptableStream:
    """Return *stream* as a destination.

    Raises:
        NotAdoptableError: when no file can declare it, with the first reason.
    """
    if invalid_name(stream.name):
        raise NotAdoptableError(
            NAME, f'"{stream.name}" is no name of a destination', remedy="give other --names"
        )
    state, parts = _state(stream), structure(stream)
    mask = Mask([parts.key])
    encoding = file_keys.encoding(parts.video, parts.audio)
    picture = file_keys.picture(parts.video)
    settings = parts.group["OutputGroupSettings"]["RtmpGroupSettings"]
    retry = file_keys.retry(settings, parts.output["OutputSettings"]["RtmpOutputSettings"])
    sound = sound_and_loss.audio(stream.channel, parts.audio)
    loss = sound_and_loss.on_input_loss(stream.channel["EncoderSettings"], settings)
    flow = parts.feeds[0].flow
    common = {
        **({} if flow == "main" else {"flow": flow}),
        **encoding.keys,
        **picture.keys,
        **({"redundancy": "standard"} if len(parts.urls) > 1 else {}),
        "state": state,
        **retry.keys,
        **sound.keys,
        **loss.keys,
        **_tags(stream.channel.get("Tags", {}), mask),
    }
    document, spec = _accepted(stream.name, candidates(stream.name, parts.urls), common)
    changes = ["tags"]
    changes += [
        f"{feed.output.name} is enabled" for feed in parts.feeds if feed.output.status != "ENABLED"
    ]
    changes += [
        f"the description of {feed.output.name} no longer shows the stream key"
        for feed in parts.feeds
        if mask.hides(feed.output.description)
    ]
    remarks = (
        *encoding.remarks,
        *picture.remarks,
        *retry.remarks,
        *sound.remarks,
        *loss.remarks,
    )
    if not parts.group.get("Name"):
        remarks += ("output group without a name, so that no-signal does not watch what goes out",)
    entry = _entry(stream, parts, spec, mask)
    # A key of a few letters may be any word of a URL; no platform gives out such keys.
    if len(parts.key) >= _SHORTEST_KEY:
        _require_no_key(mask, [document, entry.model_dump(mode="json"), remarks, changes])
    return AdoptableStream(stream.name, document, entry, parts.key, remarks, (*changes,))


def _require_no_key(mask: Mask, written: object) -> None:
    """Refuse a stream whose name, URL or other setting, as files would have it, holds its key."""
    if mask.hides(json.dumps(written, ensure_ascii=False)):
        raise NotAdoptableError(
            STREAM_KEY,
            "another of its settings holds its stream key",
            remedy="remove it there, for example from the name of an output or group",
        )


def _state(stream: DiscoveredStream) -> str:
    state = stream.channel["State"]
    if state in ON_AIR:
        return "running"
    if state == "IDLE":
        return "stopped"
    raise NotAdoptableError(
        STATE, f"it is {state}", remedy="repeat the command when it runs or is IDLE"
    )


def _accepted(
    name: str, choices: Iterable[Mapping[str, Any]], common: Mapping[str, Any]
) -> tuple[dict[str, Any], DestinationSpec]:
    """Return the first of *choices* that is valid with the *common* keys."""
    reason = ""
    for choice in choices:
        document = {**choice, **common}
        try:
            spec = DestinationSpec.model_validate({**document, "name": name})
        except ValidationError as error:
            reason = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
            continue
        problems = list(findings(spec))
        if not problems:
            return document, spec
        reason = f"{problems[0].key}: {problems[0].message}"
    raise NotAdoptableError(SETTINGS, f"no file can declare it: {reason}")


def _tags(tags: Mapping[str, str], mask: Mask) -> dict[str, Any]:
    """Return `owner` and `tags` with those of the channel's *tags* that a file can declare."""
    other_tags, keys = dict[str, str](), dict[str, Any]()
    for name, value in tags.items():
        if mask.hides(f"{name} {value}"):
            continue
        if name.casefold() == "owner":
            keys.setdefault("owner", value)
        elif not is_our_tag(name) and not name.casefold().startswith("aws:"):
            other_tags[name] = value
    return {**keys, **({"tags": other_tags} if other_tags else {})}


def _entry(
    stream: DiscoveredStream, parts: Structure, spec: DestinationSpec, mask: Mask
) -> ManifestEntry:
    channel = stream.channel
    return ManifestEntry(
        channel=AdoptedChannel(
            id=channel["Id"],
            name=channel["Name"],
            role_arn=channel.get("RoleArn"),
            destination=parts.destination,
            urls=parts.urls,
            output_group=parts.group.get("Name", ""),
            settings={name: channel[name] for name in _KEPT if name in channel},
            billed=_billed(channel, parts),
        ),
        input=AdoptedInput(
            id=parts.input["Id"],
            name=parts.input["Name"],
            security_group_ids=tuple(parts.input.get("SecurityGroups", [])),
        ),
        outputs=tuple(_output(feed.output, mask) for feed in parts.feeds),
        snapshot=SpecSnapshot.of(spec),
    )


def _billed(channel: Mapping[str, Any], parts: Structure) -> BilledSettings:
    declared = channel.get("InputSpecification", {})
    names = {"codec": "Codec", "resolution": "Resolution"}
    source = {key: declared[member] for key, member in names.items() if member in declared}
    limit = re.search(r"\d+", declared.get("MaximumBitrate", ""))
    return BilledSettings(
        source=FlowSource.model_validate(source | ({"mbps": int(limit[0])} if limit else {})),
        encoding=file_keys.billed_encoding(parts.video, parts.audio),
    )


def _output(output: FlowOutput, mask: Mask) -> AdoptedOutput:
    return AdoptedOutput(
        arn=output.arn,
        name=output.name,
        protocol=cast("Any", output.protocol),
        description=mask.hide(output.description),
    )
