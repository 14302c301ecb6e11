"""Changed properties of a preview's resources, before and after, without secrets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lunora.plan.preview import Preview, ResourceState, Step
from provider import members

_LONGEST = 80
# What the engine writes for a value that only the run knows.
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
# Types whose changes the destinations' own rows tell, and a page of JSON that says nothing.
_LEFT_OUT = frozenset(
    {
        "aws:cloudwatch/dashboard:Dashboard",
        "livestream:index:DestinationSet",
        "pulumi:pulumi:Stack",
    }
)


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """A changed property of a resource.

    Attributes:
        resource: the resource's name in the program.
        path: the property's path.
        before: its present value in short; empty for none.
        after: its planned value.
    """

    resource: str
    path: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.path}: {self.before or 'none'} -> {self.after or 'none'}"


def property_changes(preview: Preview, mask: Callable[[str], str]) -> tuple[PropertyChange, ...]:
    """Return the changed properties of changed and replaced resources, by resource and path.

    Args:
        preview: the preview.
        mask: masks the secrets of its document in a text.
    """
    changes = {change for step in preview.steps for change in _of_step(step, mask)}
    return tuple(sorted(changes, key=lambda change: (change.resource, change.path)))


def _of_step(step: Step, mask: Callable[[str], str]) -> Iterator[PropertyChange]:
    if step.state.type in _LEFT_OUT or not (step.old_state and step.new_state):
        return
    for path in step.detailed_diff or {}:
        before, after = (_text(state, path, mask) for state in (step.old_state, step.new_state))
        yield PropertyChange(step.name, path, before, after)


def _text(state: ResourceState, path: str, mask: Callable[[str], str]) -> str:
    value: Any = members.value_at(state.inputs, path)
    if value is None:
        return ""
    # A value may hold what ends a line.
    text = mask(json.dumps(value, ensure_ascii=True, sort_keys=True))
    text = text.replace(f'"{_UNKNOWN}"', "known after the run")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
