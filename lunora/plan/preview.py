"""Model of the document of `pulumi preview --json`, as far as a plan reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from catalog import names
from catalog.errors import LunoraError

DESTINATION = "lunora:index:StreamDestination"
"""The type token of a destination's component."""

# By the type of a direct child of a destination: what stands in its name, and in those of its own
# children, after the destination's (components/stream_destination.py).
_MARKERS = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": ("-alarm",),
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("-alarms",),
    "aws:secretsmanager/secret:Secret": ("-passphrase",),
    "aws:secretsmanager/secretVersion:SecretVersion": ("-passphrase",),
    "aws:ssm/parameter:Parameter": ("-stream-key", "-rtmp-password"),
    "livestream:index:Channel": ("-channel",),
    "livestream:index:FlowOutput": ("-flow-output",),
    "livestream:index:FlowInput": ("-flow-input",),
    "livestream:index:PushInput": ("-input",),
    "lunora:index:StreamAlarms": ("-alarms",),
    "lunora:index:StreamSchedule": ("-schedule",),
}


class PreviewFormatError(LunoraError):
    """The text is not a document of `pulumi preview --json`."""

    def __init__(self, message: str, *, remedy: str) -> None:
        super().__init__("LUN418", message, remedy=remedy)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="ignore")


class ResourceState(_Model):
    """State of a resource, before or after the change.

    Attributes:
        type: its type token.
        parent: URN of its parent; empty for the stack itself.
        inputs: its declared properties.
        outputs: its properties as the provider returned them.
    """

    type: str = ""
    parent: str = ""
    inputs: Mapping[str, Any] = {}
    outputs: Mapping[str, Any] = {}


class Step(_Model):
    """Operation on one resource.

    Attributes:
        op: the engine's word, for example `create` or `delete-replaced`.
        urn: URN of the resource.
        old_state: its present state; None for a new resource.
        new_state: its planned state; None for a deleted resource.
        detailed_diff: changed property paths.
    """

    op: str
    urn: str
    old_state: ResourceState | None = None
    new_state: ResourceState | None = None
    detailed_diff: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def state(self) -> ResourceState:
        """Its planned state; the present state of a deleted resource."""
        return self.new_state or self.old_state or ResourceState()


class EngineMessage(_Model):
    """Message of the engine or the program.

    Attributes:
        message: its text.
        severity: the engine's word, for example `error` or `info#err`.
        urn: URN of its resource; empty for none.
    """

    message: str
    urn: str = ""
    severity: str = "info"


class Preview(_Model):
    """The whole document.

    Attributes:
        steps: operations on the resources that change.
        diagnostics: messages, in order.
    """

    steps: tuple[Step, ...] = ()
    diagnostics: tuple[EngineMessage, ...] = ()

    def destination_of(self, urn: str) -> str | None:
        """Return the name of the destination of the resource *urn*; None without one."""
        while urn:
            kind, _, name = urn.rpartition("::")
            types = kind.rpartition("::")[2].split("$")
            if types[-1] == DESTINATION:
                return name
            if urn not in self._parents:
                return _destination_in_name(types, name)
            urn = self._parents[urn]
        return None

    @cached_property
    def _parents(self) -> Mapping[str, str]:
        return {step.urn: step.state.parent for step in self.steps}

    @property
    def failed(self) -> bool:
        """True where the preview ended in an error, so that steps may be missing."""
        return any(message.severity == "error" for message in self.diagnostics)


def _destination_in_name(types: Sequence[str], name: str) -> str | None:
    """Return the destination of a resource whose parent is in no step; None without one.

    A preview leaves out unchanged resources, parents among them.

    Args:
        types: type tokens of its ancestors and itself, the outermost first.
        name: its name in the program.
    """
    if DESTINATION not in types:
        return None
    markers = _MARKERS.get(types[types.index(DESTINATION) + 1], ())
    marker = max(markers, key=name.rfind, default="")
    if not marker or marker not in name:
        return None
    return name.rpartition(marker)[0].removesuffix(names.backup_name(""))


def parse(text: str) -> Preview:
    """Return the preview that *text* holds.

    Raises:
        PreviewFormatError: when it holds none.
    """
    try:
        return Preview.model_validate_json(text)
    except ValidationError:
        raise PreviewFormatError(
            "cannot read the preview: it is not a document of `pulumi preview --json`",
            remedy="give the file that its stdout was written to",
        ) from None
