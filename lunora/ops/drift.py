"""Differences between a channel in AWS and its declaration by file and import file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog import encoder, import_manifest, ingest, names
from catalog.channel_members import channel_members
from catalog.encoder import DestinationSecrets
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from lunora.stack import Stack
from provider import members

_KNOWN = frozenset({"Url", "Username", "PasswordParam", "ConnectionMode", "ListenerPort"})


@dataclass(frozen=True, slots=True)
class DestinationDeclaration:
    """Declaration of a destination in its stack.

    Attributes:
        stack: where it is deployed.
        spec: its file.
        kept: its entry in the import file; None without.
    """

    stack: Stack
    spec: DestinationSpec
    kept: ManifestEntry | None = None

    @property
    def parts(self) -> names.Parts:
        """The names of its parts in AWS."""
        return names.parts(self.stack.project, self.stack.name, self.spec, self.kept)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its channel's inputs, the preferred one first; none without a channel."""
        if self.spec.route == "flow":
            return ()
        origin = self.stack.physical_name(self.spec.original_name)
        backup = (names.backup_name(origin),) if len(self.spec.input_flows) > 1 else ()
        return (self.parts.input, *backup)

    @property
    def parameter(self) -> str | None:
        """The name of the SSM parameter with its stream key; None without a key."""
        if not self.spec.has_key:
            return None
        made = names.parameter_name(self.stack.project, self.stack.name, self.spec.original_name)
        return self.spec.stream_key.ssm or made


def differences(
    declaration: DestinationDeclaration,
    live: Mapping[str, Any],
    inputs: Mapping[str, str],
    shape: Any,
) -> tuple[str, ...]:
    """Return the differences, one phrase each, without any key.

    A channel that is kept as it was found declares what it had then, and the maintenance window of
    its file. Stream keys are not compared: only `pulumi preview` has them.

    Args:
        declaration: of the destination.
        live: DescribeChannel's answer.
        inputs: ids of the region's inputs by their names.
        shape: botocore's shape of that answer.
    """
    declared = dict(_declared(declaration, live, inputs))
    return tuple(
        _phrase(path, members.value_at(declared, path), members.value_at(live, path))
        for path in members.differences(declared, live, shape)
    )


def _declared(
    declaration: DestinationDeclaration, live: Mapping[str, Any], inputs: Mapping[str, str]
) -> Iterator[tuple[str, Any]]:
    """Yield the members of CreateChannel that the program declares, without stream keys."""
    spec, kept = declaration.spec, declaration.kept
    as_found = import_manifest.unedited(kept, spec)
    yield "Name", declaration.parts.channel
    yield "RoleArn", kept.channel.role_arn if kept else _role_arn(declaration.stack, live)
    yield "ChannelClass", encoder.channel_class(spec)
    unknown = DestinationSecrets(ingest.KEY_PLACE, declaration.parameter)
    destinations = as_found.destinations("") if as_found else encoder.destinations(spec, unknown)
    yield "Destinations", [_without_secrets(target) for target in destinations]
    window = import_manifest.maintenance(kept, spec, declaration.stack.maintenance)
    if as_found:
        yield from as_found.members(window).items()
    else:
        ids = {name: inputs.get(name) for name in declaration.inputs}
        source = declaration.stack.sources.get(spec.flow)
        yield from channel_members(spec, ids, source, window).items()


def _role_arn(stack: Stack, live: Mapping[str, Any]) -> str:
    """Return the role of the configuration, or the one that the stack makes in its account."""
    if stack.role_arn:
        return stack.role_arn
    _, partition, _, _, account, _ = live["Arn"].split(":", 5)
    name = stack.physical_name("medialive")
    return f"arn:{partition}:iam::{account}:role/{name}"


def _without_secrets(target: Mapping[str, Any]) -> dict[str, Any]:
    """Return a destination with what is known of it here; a URL that holds a key is not."""
    return {
        kind: value
        if kind == "Id"
        else [
            {
                member: setting[member]
                for member in sorted(_KNOWN & setting.keys())
                if ingest.KEY_PLACE not in str(setting[member])
            }
            for setting in value
        ]
        for kind, value in target.items()
    }


def _phrase(path: str, declared: Any, actual: Any) -> str:
    if path.startswith("Destinations"):
        # A URL in AWS may hold a key.
        return "it streams to another address"
    if any(isinstance(value, Mapping | list) for value in (declared, actual)):
        return f"{path} is not as declared"
    return f"{path} is {actual} and should be {declared}"
