"""Effects on AWS: announced by a plan, and performed by a run's calls."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bench.call_log import SHARED, CallLog, is_read
from localaws.faults import CallFault
from lunora.plan.changes import Changes, DestinationChange

CREATED, CHANGED, REMOVED = "created", "changed", "removed"

_VERBS: Final = {
    "created": {CREATED},
    "removed": {REMOVED},
    "replaced": {CREATED, REMOVED},
}
# A schedule acts later; what is adopted or to be stopped may be as declared.
_QUIET: Final = {"scheduled", "adopted", "stopped"}
_SERVICES: Final = {
    "alarm": "monitoring",
    "composite alarm": "monitoring",
    "dashboard": "monitoring",
    "event rule": "events",
    "event target": "events",
    "parameter": "ssm",
    "schedule": "scheduler",
    "secret": "secretsmanager",
    "secret value": "secretsmanager",
    "Budget": "budgets",
    "Function": "lambda",
    "FunctionUrl": "lambda",
    "LogGroup": "logs",
    "Permission": "lambda",
    "Role": "iam",
    "RolePolicy": "iam",
    "ScheduleGroup": "scheduler",
    "Table": "dynamodb",
    "Topic": "sns",
    "TopicPolicy": "sns",
    "TopicSubscription": "sns",
}
_OPERATION: Final = re.compile(
    "(Add|Create|Delete|Remove|Start|Stop|Update)"
    "(?:Flow)?(Channel|Output|InputSecurityGroup|Input)(?:Class|s)?"
)
# MediaLive and MediaConnect tag by ARN.
_ARN: Final = re.compile(":(channel|output|inputSecurityGroup|input):")
_OPERATION_VERBS: Final = {
    "Add": CREATED,
    "Create": CREATED,
    "Delete": REMOVED,
    "Remove": REMOVED,
}
_KINDS: Final = {
    "channel": "channel",
    "output": "flow output",
    "input": "push input",
    "inputsecuritygroup": "security group",
}
# The calls that change a resource name these kinds apart; of other services the service is enough.
_OF_STREAMS: Final = set(_KINDS.values())
# Both kinds of inputs are made by the same call.
_SAME_CALL: Final = {"MediaConnect input": "push input"}


@dataclass(frozen=True, slots=True, order=True)
class Effect:
    """A change of one kind of resources.

    Attributes:
        owner: the first name of a destination, or `SHARED`.
        kind: the kind of resource, or the service that keeps it.
        verb: `created`, `changed` or `removed`; `changed` for all where the service does not tell.
    """

    owner: str
    kind: str
    verb: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"{self.kind} of {self.owner or 'all'} {self.verb}"


def announced(changes: Changes, origins: Mapping[str, str], *, quiet: bool = False) -> set[Effect]:
    """Return the effects that a plan lists, or the *quiet* ones, which promise no call.

    Args:
        changes: of the plan.
        origins: first names of destinations, by their names.
        quiet: for effects of which there may be no call.
    """
    parts = [(SHARED, part) for part in changes.others]
    parts += [
        (origins[change.name], part) for change in changes.destinations for part in change.parts
    ]
    kinds = [(owner, effect_kind(part.what), part.kind) for owner, part in parts]
    return {
        Effect(owner, kind, verb)
        for owner, kind, change in kinds
        if (change in _QUIET) == quiet
        for verb in (_VERBS.get(change, {CHANGED}) if kind in _OF_STREAMS else {CHANGED})
    }


def effect_kind(what: str) -> str:
    """Return the kind of an effect on *what* a plan names, or the service that keeps it."""
    kind = _SAME_CALL.get(what, what)
    return _SERVICES.get(kind, kind)


def distinct(effects: Collection[Effect]) -> set[Effect]:
    """Return *effects* without the changes of what is created or removed as well."""
    whole = {(effect.owner, effect.kind) for effect in effects if effect.verb != CHANGED}
    return {
        effect
        for effect in effects
        if effect.verb != CHANGED or (effect.owner, effect.kind) not in whole
    }


def announced_interruptions(
    changes: Changes, origins: Mapping[str, str], on_air: Collection[str]
) -> set[str]:
    """Return the destinations on air that a plan says are interrupted or removed."""
    interrupted: set[DestinationChange] = {*changes.interrupted, *changes.of_kind("removed")}
    return {origins[change.name] for change in interrupted} & set(on_air)


class ChangeLog(CallLog):
    """Lists the changing calls of a run; no call fails.

    Attributes:
        effects: the changes of each call.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        super().__init__(origins)
        self.effects: set[Effect] = set()

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        """Note a call of *operation* about a resource of these names."""
        if not is_read(operation):
            self.effects.add(Effect(self.owner(about), *_classified(operation, about)))
        return super().of_call(operation, about)

    def interruptions(self, on_air: Collection[str]) -> set[str]:
        """Return the destinations of *on_air* whose channel was stopped or output removed."""
        ends = ("medialive:StopChannel", "mediaconnect:RemoveFlowOutput")
        return {owner for owner in on_air if any((end, owner) in self.calls for end in ends)}

    def reconnects(self, owner: str) -> bool:
        """Return whether a flow output was switched off and on, which is an update each."""
        return self.calls["mediaconnect:UpdateFlowOutput", owner] > 1


def _classified(operation: str, about: Collection[str]) -> tuple[str, str]:
    service, _, name = operation.partition(":")
    if match := _OPERATION.fullmatch(name):
        return _KINDS[match[2].lower()], _OPERATION_VERBS.get(match[1], CHANGED)
    if service in {"medialive", "mediaconnect"}:
        (kind, *_) = _ARN.findall(" ".join(about))
        return _KINDS[kind.lower()], CHANGED
    return service, CHANGED
