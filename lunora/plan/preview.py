"""The document that `pulumi preview --json` prints, as far as a plan reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

DESTINATION = "lunora:index:StreamDestination"
"""The type token of a destination's component."""


class PreviewFormatError(Exception):
    """The text is no such document; one sentence for a person."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="ignore")


class ResourceState(_Part):
    """A resource as it is or will be.

    Attributes:
        type: its type token.
        parent: URN of its parent; empty for the stack itself.
        inputs: what it is declared by.
        outputs: what it says of itself.
    """

    type: str = ""
    parent: str = ""
    inputs: Mapping[str, Any] = {}
    outputs: Mapping[str, Any] = {}


class Step(_Part):
    """What happens to one resource.

    Attributes:
        op: the engine's word, for example `create` or `delete-replaced`.
        urn: which resource.
        old_state: as it is; None for a new one.
        new_state: as it will be; None for one that goes.
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
        """As it will be, or as it was."""
        return self.new_state or self.old_state or ResourceState()


class EngineMessage(_Part):
    """Something the run said.

    Attributes:
        message: its text.
        severity: the engine's word, for example `error` or `info#err`.
        urn: of the resource that it is about; empty for none.
    """

    message: str
    urn: str = ""
    severity: str = "info"


class Preview(_Part):
    """The whole document.

    Attributes:
        steps: of all resources, unchanged ones too.
        diagnostics: what was said, in order.
        change_summary: how many resources each op concerns.
    """

    steps: tuple[Step, ...] = ()
    diagnostics: tuple[EngineMessage, ...] = ()
    change_summary: Mapping[str, int] = Field(default={})

    def destination_of(self, urn: str) -> str | None:
        """Return the name of the destination that the resource *urn* is or belongs to."""
        while urn:
            kind, _, name = urn.rpartition("::")
            if kind.rpartition("::")[2].rpartition("$")[2] == DESTINATION:
                return name
            urn = self._parents.get(urn, "")
        return None

    @cached_property
    def _parents(self) -> Mapping[str, str]:
        return {step.urn: step.state.parent for step in self.steps}

    @property
    def failed(self) -> bool:
        """Whether it ended in an error, so that its steps are not all there would be."""
        return any(one.severity == "error" for one in self.diagnostics)


def parse(text: str) -> Preview:
    """Return the preview that *text* holds.

    Raises:
        NoPreview: when it holds none.
    """
    try:
        return Preview.model_validate_json(text)
    except ValidationError:
        raise PreviewFormatError(
            "this is no document of `pulumi preview --json`; give the file that its stdout went to"
        ) from None
