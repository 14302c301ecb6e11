"""Drafts of destination files, judged with the other files as `lunora validate` judges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.flow_source import FlowSource
from catalog.loader import LoadedDestinations, load
from catalog.maintenance import MaintenanceWindow
from lunora.stack import Stack
from provider import declared_members


@dataclass(frozen=True, slots=True)
class StackRules:
    """The stack's settings that destination files depend on.

    Attributes:
        sources: declared sources of its flows, by their key.
        maintenance: window of channels whose files give none; None is AWS's own.
    """

    sources: Mapping[str, FlowSource]
    maintenance: MaintenanceWindow | None = None

    @classmethod
    def of(cls, stack: Stack) -> StackRules:
        """Return the settings of *stack*."""
        return cls(stack.sources, stack.maintenance)


def judge(
    folder: Path, rules: StackRules, name: str, text: str
) -> tuple[LoadedDestinations | None, tuple[Diagnostic, ...]]:
    """Return *folder* with the draft *text* of *name*, or the errors that are the draft's doing."""

    def loaded(drafts: Mapping[str, str]) -> LoadedDestinations:
        return load(
            folder,
            flows=rules.sources,
            sources=rules.sources,
            maintenance=rules.maintenance,
            may_be_empty=True,
            checks=(declared_members.findings,),
            drafts=drafts,
        )

    try:
        return loaded({name: text}), ()
    except DestinationValidationError as invalid:
        errors = invalid.diagnostics
    own = {error for error in errors if error.where.path.stem == name}
    others = set(errors) - own
    if others:
        # Errors that were there before are of other files, and somebody else's.
        try:
            loaded({})
        except DestinationValidationError as invalid:
            others -= set(invalid.diagnostics)
    return None, tuple(sorted(own | others))
