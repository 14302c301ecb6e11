"""What a preview's steps mean for each destination."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lunora.plan.cost_delta import deployed_outputs
from lunora.plan.impact import Impact, impact
from lunora.plan.preview import DESTINATION, Preview, Step

ChangeKind = Literal[
    "created", "changed", "replaced", "removed", "enabled", "disabled", "scheduled"
]

_KINDS: Mapping[str, ChangeKind] = {
    "create": "created",
    "import": "created",
    "update": "changed",
    "create-replacement": "replaced",
    "delete-replaced": "replaced",
    "replace": "replaced",
    "delete": "removed",
}
_OUTPUT = "livestream:index:FlowOutput"
# A flow output follows its channel: a change of these is part of a start or a stop.
_SWITCHING = frozenset({"status", "schedule", "marginMinutes"})
_SWITCHED: Mapping[str, ChangeKind] = {
    "ENABLED": "enabled",
    "DISABLED": "disabled",
    "SCHEDULED": "scheduled",
}
# What a reviewer knows already: the stack itself, and the list of names that the files are.
_SELF_EVIDENT = frozenset({"pulumi:pulumi:Stack", "livestream:index:DestinationSet"})
_PARTS = {
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/eventRule:EventRule": "event rule",
    "aws:cloudwatch/eventTarget:EventTarget": "event target",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
    "aws:scheduler/schedule:Schedule": "schedule",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:secretsmanager/secretVersion:SecretVersion": "passphrase",
    "aws:ssm/parameter:Parameter": "parameter",
    "livestream:index:PushInput": "push input",
    _OUTPUT: "flow output",
    "livestream:index:Channel": "channel",
    "livestream:index:InputSecurityGroup": "security group",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One resource that changes.

    Attributes:
        what: what it is, in a word or two.
        name: its name in the program.
        kind: what happens to it.
    """

    what: str
    name: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class DestinationChange:
    """What happens to one destination.

    Attributes:
        name: the destination.
        kind: `created` or `removed` as a whole, else `changed`.
        parts: its resources that change.
        effect: what viewers of a changed one notice; None where they notice nothing.
    """

    name: str
    kind: ChangeKind
    parts: tuple[Part, ...]
    impact: Impact | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a preview would do.

    Attributes:
        destinations: those that change, by name.
        others: changes of what is no destination's.
    """

    destinations: tuple[DestinationChange, ...]
    others: tuple[Part, ...]

    def of_kind(self, kind: ChangeKind) -> tuple[DestinationChange, ...]:
        """Return the destinations to which *kind* happens."""
        return tuple(one for one in self.destinations if one.kind == kind)

    @property
    def interrupted(self) -> tuple[DestinationChange, ...]:
        """The changed destinations whose stream ends or pauses, if it is on air."""
        return tuple(one for one in self.destinations if one.impact and one.impact.interrupts)


def changes(preview: Preview) -> Changes:
    """Return what the steps of *preview* do, destination by destination."""
    grouped: dict[str | None, list[Step]] = defaultdict(list)
    for step in preview.steps:
        if step.op in _KINDS and step.state.type not in _SELF_EVIDENT:
            grouped[preview.destination_of(step.urn)].append(step)
    others = _parts(grouped.pop(None, []))
    deployed = deployed_outputs(preview).get("destinations")
    found = [
        _change(name, steps, _deployed_state(name, deployed))
        for name, steps in grouped.items()
        if name is not None
    ]
    return Changes(tuple(sorted(found, key=lambda one: one.name)), others)


def _deployed_state(name: str, deployed: object) -> object:
    """Return the state that the stack output `destinations` names for the channel of *name*."""
    summary = deployed.get(name) if isinstance(deployed, Mapping) else None
    if not isinstance(summary, Mapping) or "channelId" not in summary:
        return None
    return summary.get("state")


def _change(name: str, steps: Sequence[Step], deployed: object) -> DestinationChange:
    whole = {_KINDS[step.op] for step in steps if step.state.type == DESTINATION}
    kind: ChangeKind = "changed"
    if whole & {"created", "removed"}:
        (kind,) = whole
    parts = _parts(steps)
    noticed = impact(steps, deployed) if kind == "changed" else None
    return DestinationChange(name, kind, parts, noticed)


def _parts(steps: Iterable[Step]) -> tuple[Part, ...]:
    # A replacement is several steps of one resource; components only hold others together.
    own = [step for step in steps if not step.state.type.startswith("lunora:")]
    parts = {Part(_what(step), step.name, _happens(step)) for step in own}
    return tuple(sorted(parts, key=lambda part: (part.what, part.name, part.kind)))


def _happens(step: Step) -> ChangeKind:
    changed = {re.split(r"[.\[]", path)[0] for path in step.detailed_diff or {}}
    if step.state.type == _OUTPUT and step.op == "update" and "status" in changed <= _SWITCHING:
        return _SWITCHED.get(step.state.inputs.get("status", ""), "changed")
    return _KINDS[step.op]


def _what(step: Step) -> str:
    token = step.state.type
    return _PARTS.get(token, token.rpartition(":")[2])
