"""What a chain of a former system is as a destination: its file, its entry, its stream key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from catalog.import_manifest import (
    AdoptedChannel,
    AdoptedInput,
    AdoptedOutput,
    ManifestEntry,
    SpecSnapshot,
)
from catalog.loader import findings, refused_name
from catalog.model import OUR_TAGS, DestinationSpec
from lunora.adopt import encoding
from lunora.adopt.errors import NotAdoptableError
from lunora.adopt.platform import candidates
from lunora.adopt.structure import Structure, structure
from lunora.adopt.topology import DiscoveredStream
from lunora.ops.flows import FlowOutput
from provider.channel_lifecycle import RUNNING


@dataclass(frozen=True, slots=True)
class Recognised:
    """A chain as a destination.

    Attributes:
        name: the destination's name.
        document: what its file says.
        entry: what the import file says of it.
        key: its stream key.
        remarks: what the file cannot say and its channel keeps, a phrase each.
        changes: what the first run changes, a phrase each; none of it interrupts.
    """

    name: str
    document: Mapping[str, Any]
    entry: ManifestEntry
    key: str = field(repr=False)
    remarks: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


def recognise(chain: DiscoveredStream) -> Recognised:
    """Return *chain* as a destination.

    Raises:
        CannotAdopt: when it is none, with the first reason.
    """
    if refused_name(chain.name):
        raise NotAdoptableError(f'"{chain.name}" is no name of a destination; give other --names')
    state, found = _state(chain), structure(chain)
    words = encoding.encoding(found.video, found.audio)
    settings = found.group["OutputGroupSettings"]["RtmpGroupSettings"]
    again = encoding.retry(settings, found.output["OutputSettings"]["RtmpOutputSettings"])
    flow = found.feeds[0].flow
    rest = {
        **({} if flow == "main" else {"flow": flow}),
        **words.keys,
        **({"redundancy": "standard"} if len(found.urls) > 1 else {}),
        "state": state,
        **again.keys,
        **_tags(chain.channel.get("Tags", {}), found.key),
    }
    document, spec = _accepted(chain.name, candidates(chain.name, found.urls), rest)
    changes = ["tags"]
    changes += [f"{one.output.name} is enabled" for one in found.feeds if _is_off(one.output)]
    remarks = (*words.remarks, *again.remarks)
    return Recognised(
        chain.name, document, _entry(chain, found, spec), found.key, remarks, (*changes,)
    )


def _state(chain: DiscoveredStream) -> str:
    state = chain.channel["State"]
    if state in RUNNING:
        return "running"
    if state == "IDLE":
        return "stopped"
    raise NotAdoptableError(f"it is {state}; come back when it runs or is IDLE")


def _accepted(
    name: str, choices: Iterable[Mapping[str, Any]], rest: Mapping[str, Any]
) -> tuple[dict[str, Any], DestinationSpec]:
    """Return the first of *choices* that, with the *rest*, is a valid destination."""
    wrong = "nothing"
    for choice in choices:
        document = {**choice, **rest}
        try:
            spec = DestinationSpec.model_validate({**document, "name": name})
        except ValidationError as error:
            wrong = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
            continue
        problems = list(findings(spec))
        if not problems:
            return document, spec
        wrong = ": ".join(problems[0])
    raise NotAdoptableError(f"no file can declare it: {wrong}")


def _tags(found: Mapping[str, str], key: str) -> dict[str, Any]:
    """Return those of the channel's tags that a file can keep."""
    kept = {
        name: value
        for name, value in found.items()
        if name not in OUR_TAGS and not name.startswith("aws:") and key not in value
    }
    return {"tags": kept} if kept else {}


def _is_off(output: FlowOutput) -> bool:
    return output.status != "ENABLED"


def _entry(chain: DiscoveredStream, found: Structure, spec: DestinationSpec) -> ManifestEntry:
    channel = chain.channel
    return ManifestEntry(
        channel=AdoptedChannel(
            id=channel["Id"],
            name=channel["Name"],
            role_arn=channel.get("RoleArn"),
            destination=found.destination,
            urls=found.urls,
            output_group=found.group.get("Name", ""),
        ),
        input=AdoptedInput(
            id=found.input["Id"],
            name=found.input["Name"],
            security_group_ids=tuple(found.input.get("SecurityGroups", [])),
        ),
        outputs=tuple(_output(one.output) for one in found.feeds),
        said=SpecSnapshot.by(spec),
    )


def _output(found: FlowOutput) -> AdoptedOutput:
    return AdoptedOutput(
        arn=found.arn,
        name=found.name,
        protocol=cast("Any", found.protocol),
        description=found.description,
    )
