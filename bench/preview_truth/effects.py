"""Effects on AWS: announced by a plan, and performed by a run's calls."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from localaws.faults import CallFault, Faults
from lunora.plan.changes import Changes, DestinationChange, Part

SHARED: Final = ""
"""Stands for what belongs to no single destination."""

CREATED, CHANGED, REMOVED = "created", "changed", "removed"

# The calls that change a resource name these kinds apart; of other services the service is enough.
_OF_STREAMS: Final = {"channel", "push input", "flow output", "security group"}
_VERBS: Final = {
    "created": {CREATED},
    "removed": {REMOVED},
    "replaced": {CREATED, REMOVED},
}
# A schedule acts later; what is adopted or to be stopped may be as declared.
_QUIET: Final = {"scheduled", "adopted", "stopped"}
_SERVICES: Final = {
    "alarm": "monitoring",
    "dashboard": "monitoring",
    "event rule": "events",
    "event target": "events",
    "parameter": "ssm",
    "passphrase": "secretsmanager",
    "schedule": "scheduler",
    "secret": "secretsmanager",
    "Budget": "budgets",
    "Function": "lambda",
    "FunctionUrl": "lambda",
    "LogGroup": "logs",
    "Permission": "lambda",
    "Role": "iam",
    "RolePolicy": "iam",
    "ScheduleGroup": "scheduler",
    "Topic": "sns",
    "TopicPolicy": "sns",
    "TopicSubscription": "sns",
}
_READS: Final = ("Describe", "Get", "GET", "List")
_OPERATIONS: Final = {
    "AddFlowOutputs": ("flow output", CREATED),
    "CreateChannel": ("channel", CREATED),
    "CreateInput": ("push input", CREATED),
    "CreateInputSecurityGroup": ("security group", CREATED),
    "DeleteChannel": ("channel", REMOVED),
    "DeleteInput": ("push input", REMOVED),
    "DeleteInputSecurityGroup": ("security group", REMOVED),
    "RemoveFlowOutput": ("flow output", REMOVED),
    "StartChannel": ("channel", CHANGED),
    "StopChannel": ("channel", CHANGED),
    "UpdateChannel": ("channel", CHANGED),
    "UpdateChannelClass": ("channel", CHANGED),
    "UpdateFlowOutput": ("flow output", CHANGED),
    "UpdateInput": ("push input", CHANGED),
    "UpdateInputSecurityGroup": ("security group", CHANGED),
}
# MediaLive and MediaConnect tag by ARN.
_ARNS: Final = {
    ":channel:": "channel",
    ":input:": "push input",
    ":inputSecurityGroup:": "security group",
    ":output:": "flow output",
}


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


def announced(changes: Changes, origins: Mapping[str, str]) -> set[Effect]:
    """Return the effects that a plan lists; *origins* maps names of destinations to first names."""
    return set(_of_changes(changes, origins, lambda part: part.kind not in _QUIET))


def possible(changes: Changes, origins: Mapping[str, str]) -> set[Effect]:
    """Return the effects that a plan allows without a promise of a call."""
    return set(_of_changes(changes, origins, lambda part: part.kind in _QUIET))


def distinct(effects: Collection[Effect]) -> set[Effect]:
    """Return *effects* without the changes of what is created or removed as well."""
    whole = {(effect.owner, effect.kind) for effect in effects if effect.verb != CHANGED}
    return {
        effect
        for effect in effects
        if effect.verb != CHANGED or (effect.owner, effect.kind) not in whole
    }


def _of_changes(
    changes: Changes, origins: Mapping[str, str], chosen: Callable[[Part], bool]
) -> Iterator[Effect]:
    yield from _of_parts(SHARED, filter(chosen, changes.others))
    for change in changes.destinations:
        yield from _of_parts(origins[change.name], filter(chosen, change.parts))


def announced_interruptions(
    changes: Changes, origins: Mapping[str, str], on_air: Collection[str]
) -> set[str]:
    """Return the destinations on air that a plan says are interrupted or removed."""
    interrupted: set[DestinationChange] = {*changes.interrupted, *changes.of_kind("removed")}
    return {origins[change.name] for change in interrupted if not _depends_on_hours(change)} & set(
        on_air
    )


def possible_interruptions(changes: Changes, origins: Mapping[str, str]) -> set[str]:
    """Return the destinations that a plan says are interrupted outside their hours."""
    return {origins[change.name] for change in changes.interrupted if _depends_on_hours(change)}


def _depends_on_hours(change: DestinationChange) -> bool:
    return change.impact is not None and change.impact.by_hours


def _of_parts(owner: str, parts: Iterable[Part]) -> Iterator[Effect]:
    for part in parts:
        if part.what in _OF_STREAMS:
            for verb in _VERBS.get(part.kind, {CHANGED}):
                yield Effect(owner, part.what, verb)
        else:
            yield Effect(owner, _SERVICES[part.what], CHANGED)


class ChangeLog(Faults):
    """Lists the changing calls of a run; no call fails.

    Attributes:
        calls: by destination's first name, its operations in order; `SHARED` is everybody's.
        effects: what they change.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        super().__init__()
        names = "|".join(sorted(map(re.escape, origins), key=len, reverse=True)) or "(?!)"
        self._owner = re.compile(rf"(?<![a-z0-9])({names})(?![0-9])")
        self.calls: defaultdict[str, list[str]] = defaultdict(list)
        self.effects: set[Effect] = set()

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        """Note a call of *operation* about a resource of these names."""
        service, _, name = operation.partition(":")
        if not name.startswith(_READS):
            owner = next(
                (match[1] for word in about if (match := self._owner.search(word))), SHARED
            )
            self.calls[owner].append(name)
            self.effects.add(Effect(owner, *_classified(service, name, about)))
        return None

    def interruptions(self, on_air: Collection[str], sending: Collection[str]) -> set[str]:
        """Return the destinations of *on_air* whose channel was stopped or output removed.

        The replacement of an output that a hand removed ends nothing: *sending* lacks it.
        """
        return {
            owner
            for owner in on_air
            if "StopChannel" in self.calls.get(owner, ())
            or (owner in sending and "RemoveFlowOutput" in self.calls.get(owner, ()))
        }

    def reconnects(self, owner: str) -> bool:
        """Tell whether a flow output was switched off and on, which is an update each."""
        return self.calls.get(owner, []).count("UpdateFlowOutput") > 1


def _classified(service: str, operation: str, about: Collection[str]) -> tuple[str, str]:
    if operation in _OPERATIONS:
        return _OPERATIONS[operation]
    if service in {"medialive", "mediaconnect"}:
        kinds = (kind for part, kind in _ARNS.items() if any(part in word for word in about))
        return next(kinds), CHANGED
    return service, CHANGED
