"""Group the steps of a preview by destination."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from lunora.plan.cost_delta import deployed_outputs
from lunora.plan.impact import CHANNEL, Impact, impact
from lunora.plan.preview import DESTINATION, Preview, Step

ChangeKind = Literal[
    "created",
    "adopted",
    "changed",
    "replaced",
    "removed",
    "started",
    "stopped",
    "enabled",
    "disabled",
    "scheduled",
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
# EventBridge Scheduler acts on these later; a run itself only notes them.
_RESCHEDULING = frozenset({"state", "schedule"})
_STATES: Mapping[str, ChangeKind] = {
    "running": "started",
    "stopped": "stopped",
    "scheduled": "scheduled",
}
# Changes that the other rows imply: the stack itself and the list of destinations.
_SET = "livestream:index:DestinationSet"
_SELF_EVIDENT = frozenset({"pulumi:pulumi:Stack", _SET})
# Components and providers have no counterpart in AWS.
_NOT_IN_AWS = ("lunora:", "pulumi:providers:")
_PARTS = {
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "composite alarm",
    "aws:cloudwatch/dashboard:Dashboard": "dashboard",
    "aws:cloudwatch/eventRule:EventRule": "event rule",
    "aws:cloudwatch/eventTarget:EventTarget": "event target",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm",
    "aws:scheduler/schedule:Schedule": "schedule",
    "aws:secretsmanager/secret:Secret": "secret",
    "aws:secretsmanager/secretVersion:SecretVersion": "secret value",
    "aws:ssm/parameter:Parameter": "parameter",
    "livestream:index:FlowInput": "MediaConnect input",
    "livestream:index:PushInput": "push input",
    _OUTPUT: "flow output",
    "livestream:index:Channel": "channel",
    "livestream:index:InputSecurityGroup": "security group",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A resource that changes.

    Attributes:
        what: its type, in a word or two.
        name: its name in the program.
        kind: the kind of change.
    """

    what: str
    name: str
    kind: ChangeKind


@dataclass(frozen=True, slots=True)
class DestinationChange:
    """Change of one destination.

    Attributes:
        name: the destination.
        kind: `created`, `adopted` or `removed` as a whole, else `changed`.
        parts: its resources that change.
        impact: effect on the viewers of a changed destination; None without one.
    """

    name: str
    kind: ChangeKind
    parts: tuple[Part, ...]
    impact: Impact | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of a preview.

    Attributes:
        destinations: changed destinations, by name.
        others: changed resources of no destination.
        protected: destinations that become protected against deletion.
        unprotected: destinations that are no longer protected.
    """

    destinations: tuple[DestinationChange, ...]
    others: tuple[Part, ...]
    protected: tuple[str, ...] = ()
    unprotected: tuple[str, ...] = ()

    def of_kind(self, kind: ChangeKind) -> tuple[DestinationChange, ...]:
        """Return the destinations with changes of *kind*."""
        return tuple(change for change in self.destinations if change.kind == kind)

    @property
    def interrupted(self) -> tuple[DestinationChange, ...]:
        """The changed destinations whose stream ends or pauses, if it is on air."""
        return tuple(
            change for change in self.destinations if change.impact and change.impact.interrupts
        )


def changes(preview: Preview) -> Changes:
    """Return the changes in *preview*, by destination."""
    grouped: dict[str | None, list[Step]] = defaultdict(list)
    for step in preview.steps:
        if step.op in _KINDS and step.state.type not in _SELF_EVIDENT:
            grouped[preview.destination_of(step.urn)].append(step)
    others = _parts(grouped.pop(None, []))
    deployed = deployed_outputs(preview).get("destinations")
    destinations = [
        _change(name, steps, _deployed_state(name, deployed))
        for name, steps in grouped.items()
        if name is not None
    ]
    by_name = tuple(sorted(destinations, key=lambda change: change.name))
    return Changes(by_name, others, *_protection(preview))


def _protection(preview: Preview) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the destinations that become protected, and those that stay without protection.

    Protection is the engine's, and a preview does not list it. A created or removed destination
    says so itself.
    """
    for step in preview.steps:
        if step.state.type != _SET or not (step.old_state and step.new_state):
            continue
        before, after = step.old_state.inputs, step.new_state.inputs
        names = {*before.get("destinations", ())} & {*after.get("destinations", ())}
        was, will = (set(inputs.get("protected") or ()) for inputs in (before, after))
        return tuple(sorted(names & (will - was))), tuple(sorted(names & (was - will)))
    return (), ()


def _deployed_state(name: str, deployed: object) -> object:
    """Return the state of the channel of *name* in the stack output `destinations`."""
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
    if kind == "created" and any(part.kind == "adopted" for part in parts):
        kind = "adopted"
    viewers = impact(steps, deployed) if kind == "changed" else None
    return DestinationChange(name, kind, parts, viewers)


def _parts(steps: Iterable[Step]) -> tuple[Part, ...]:
    # A replacement is several steps of one resource.
    own = [step for step in steps if not step.state.type.startswith(_NOT_IN_AWS)]
    parts = {Part(_what(step), step.name, _kind(step)) for step in own}
    return tuple(sorted(parts, key=lambda part: (part.what, part.name, part.kind)))


def _kind(step: Step) -> ChangeKind:
    if step.op == "create" and step.state.inputs.get("existingId"):
        return "adopted"
    changed = {re.split(r"[.\[]", path)[0] for path in step.detailed_diff or {}}
    if step.state.type == CHANNEL and changed and changed <= _RESCHEDULING:
        state = step.state.inputs.get("state", "") if "state" in changed else "scheduled"
        return _STATES.get(state, "changed")
    if step.state.type == _OUTPUT and step.op == "update" and "status" in changed <= _SWITCHING:
        return _SWITCHED.get(step.state.inputs.get("status", ""), "changed")
    return _KINDS[step.op]


def _what(step: Step) -> str:
    token = step.state.type
    return _PARTS.get(token, token.rpartition(":")[2])
