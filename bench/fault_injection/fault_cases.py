"""Faults, one by one: which calls there are, what meets each, and whether it was survived."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bench.fault_injection.environment import DESTROY, NEIGHBOUR, UP, Environment, Scenario, leaks
from localaws.faults import CallFault, CallFaultName, FaultPlan, Faults
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.workspace import Run

Kind = CallFaultName
Mode = Literal["once", "stays"]

SUBJECTS: Final = tuple(f"met-{number}" for number in range(8))
"""The destinations that are met, each by a fault of its own."""

PATIENCE_SECONDS: Final = 1.0
"""How long the plugin asks again what AWS refuses."""

_EVERY: Final[tuple[Kind, ...]] = (
    "throttled",
    "error",
    "conflict",
    "unavailable",
    "dropped-before",
    "dropped-after",
)
# MediaConnect's 420 is an answer to changes of a flow only.
_LIMITED = frozenset({"mediaconnect:AddFlowOutputs"})
# A call that changes something. Once: without those that the SDK itself asks again.
_WRITES: Final[Mapping[Mode, tuple[Kind, ...]]] = {
    "stays": _EVERY,
    "once": ("conflict", "dropped-before", "dropped-after", "slow"),
}
# Of a call that changes nothing a lost answer is one that never was.
_READS: Final[Mapping[Mode, tuple[Kind, ...]]] = {"stays": ("throttled", "error", "dropped-before")}
# A call that is about no single destination takes a run for each kind.
_WIDE_WRITES: Final[Mapping[Mode, tuple[Kind, ...]]] = {
    "stays": ("error", "conflict"),
    "once": ("dropped-after",),
}
_WIDE_READS: Final[Mapping[Mode, tuple[Kind, ...]]] = {"stays": ("throttled",)}

# These are asked until something has happened, so that the last is another case than the first.
_WAITED_FOR = frozenset({"medialive:DescribeChannel", "medialive:DescribeInput"})


@dataclass(frozen=True)
class CallSite:
    """A call that is met.

    Attributes:
        scenario: name of what the run does.
        operation: such as `medialive:CreateChannel`.
        nth: which of these calls about one thing, counted from 1.
        wide: whether it is about no single destination.
    """

    scenario: str
    operation: str
    nth: int
    wide: bool

    @property
    def faults(self) -> Iterator[tuple[Mode, Kind]]:
        """What meets it, and how."""
        reads = self.operation.partition(":")[2].startswith(("Describe", "List", "Get"))
        of_writes, of_reads = (_WIDE_WRITES, _WIDE_READS) if self.wide else (_WRITES, _READS)
        for mode, kinds in (of_reads if reads else of_writes).items():
            yield from ((mode, kind) for kind in kinds)
            if self.operation in _LIMITED and not self.wide:
                yield mode, "limit"


@dataclass(frozen=True)
class FaultCase:
    """A fault that meets a call: once, or at that call and all that follow."""

    slot: CallSite
    mode: Mode
    kind: Kind


@dataclass(frozen=True)
class Case:
    """What came of a meeting.

    Attributes:
        failed: whether the run failed of it, and said so.
        problems: why it was not survived; none where it was.
    """

    meeting: FaultCase
    failed: bool
    problems: tuple[str, ...]


def each(
    subjects: Collection[str], change: Callable[[Environment, str], None]
) -> Callable[..., None]:
    """Return what does the same *change* to each of *subjects*."""

    def edit(world: Environment) -> None:
        for name in subjects:
            change(world, name)

    return edit


SCENARIOS: Final = {
    one.name: one
    for one in (
        Scenario("create", "alone", each(SUBJECTS, lambda world, name: world.write(name))),
        Scenario(
            "change the encoding",
            "running",
            each(SUBJECTS, lambda world, name: world.write(name, preset="720p30")),
        ),
        Scenario("change the key", "running", lambda world: world.set_keys(SUBJECTS, "second")),
        Scenario(
            "stop",
            "running",
            each(SUBJECTS, lambda world, name: world.write(name, more="state: stopped\n")),
        ),
        Scenario("start", "stopped", each(SUBJECTS, lambda world, name: world.write(name))),
        Scenario("delete", "running", each(SUBJECTS, Environment.remove), removals=len(SUBJECTS)),
        Scenario("first up", "nothing", lambda world: world.write(NEIGHBOUR), wide=True),
        Scenario("destroy", "alone", lambda _: None, DESTROY, wide=True),
    )
}
# What is asked in one is asked, and met, in the other too.
_LIKE: Final = {"change the key": "change the encoding"}


def prepare(world: Environment) -> None:
    """Make the moments that scenarios start from."""
    world.keep("nothing")
    world.write(NEIGHBOUR)
    world.expect(world.run(*UP))
    world.keep("alone")
    each(SUBJECTS, lambda one, name: one.write(name))(world)
    world.expect(world.run(*UP))
    world.keep("running")
    SCENARIOS["stop"].edit(world)
    world.expect(world.run(*UP))
    world.keep("stopped")


def without_faults(world: Environment, scenario: Scenario) -> tuple[AwsSnapshot, list[CallSite]]:
    """Run *scenario* undisturbed; returns what AWS holds then, and the calls to meet."""
    world.back_to(scenario.begin)
    scenario.edit(world)
    heard = world.workspace.aws.faults = _Hearing()
    world.expect(world.run(*scenario.words, confirmed=scenario.removals))
    world.workspace.aws.load_faults(FaultPlan())
    return world.held(), [*_slots(scenario, heard.about)]


class _Hearing(Faults):
    """Lets nothing happen and notes what was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.about: Counter[tuple[str, str]] = Counter()

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        whom = [name for name in (*SUBJECTS, NEIGHBOUR) if any(name in one for one in about)]
        self.about[operation, whom[0] if len(whom) == 1 else ""] += 1
        return None


def _slots(scenario: Scenario, heard: Mapping[tuple[str, str], int]) -> Iterator[CallSite]:
    for (operation, whom), count in sorted(heard.items()):
        wide = scenario.wide
        if whom == ("" if wide else SUBJECTS[0]):
            last = count if operation in _WAITED_FOR and not wide else 1
            yield from (CallSite(scenario.name, operation, nth, wide) for nth in sorted({1, last}))


def unmet(slots: Collection[CallSite]) -> list[CallSite]:
    """Return *slots* without those whose like is met in another scenario."""
    met = {(slot.scenario, slot.operation) for slot in slots}
    return [slot for slot in slots if (_LIKE.get(slot.scenario), slot.operation) not in met]


def batches(slots: Collection[CallSite]) -> Iterator[tuple[FaultCase, ...]]:
    """Return runs, each with faults that meet it side by side, one a destination."""
    meetings = [FaultCase(slot, *fault) for slot in slots for fault in slot.faults]
    yield from ((one,) for one in meetings if one.slot.wide)
    apart = [one for one in meetings if not one.slot.wide]
    for first in range(0, len(apart), len(SUBJECTS)):
        yield tuple(apart[first : first + len(SUBJECTS)])


def meet(world: Environment, batch: Sequence[FaultCase], wanted: AwsSnapshot) -> list[Case]:
    """Run with the faults of *batch*, then without; return what came of each.

    Args:
        world: prepared.
        batch: what happens.
        wanted: what AWS holds after the same without faults.
    """
    scenario = SCENARIOS[batch[0].slot.scenario]
    world.back_to(scenario.begin)
    scenario.edit(world)
    aws, neighbour = world.workspace.aws, _Neighbour.of(world)
    aws.load_faults(FaultPlan(calls=tuple(map(_fault, batch, SUBJECTS))))
    struck = world.run(*scenario.words, confirmed=scenario.removals, patience=PATIENCE_SECONDS)
    aws.load_faults(FaultPlan())
    halfway = differences(wanted, world.held())
    again = world.run(*scenario.words, confirmed=scenario.removals)
    left = differences(wanted, world.held())
    common = [*leaks(struck, world.workspace.keys), *neighbour.problems(world)]
    common += world.problems_of_state()
    if again.code:
        common.append(f"the next run fails: {first_error(again)}")
    if batch[0].slot.wide:
        return [_judged(batch[0], struck.code != 0, [*common, *left], halfway)]
    common += [one for one in left if not any(name in one for name in SUBJECTS)]
    return [
        _judged(
            one,
            struck.code != 0 and _is_named(name, struck),
            [*common, *(what for what in left if name in what)],
            [what for what in halfway if name in what],
        )
        for one, name in zip(batch, SUBJECTS, strict=False)
    ]


def _fault(meeting: FaultCase, subject: str) -> CallFault:
    slot, once = meeting.slot, meeting.mode == "once"
    return CallFault(
        operation=slot.operation,
        resource="*" if slot.wide else f"*{subject}*",
        fault=meeting.kind,
        nth=slot.nth if once else None,
        after=0 if once else slot.nth - 1,
        seconds=0.5,
    )


def _is_named(name: str, run: Run) -> bool:
    return re.search(rf"\({name}[\w-]*\):\n( .*\n)*? +error: ", run.text) is not None


def _judged(meeting: FaultCase, said: bool, problems: list[str], undone: list[str]) -> Case:  # noqa: FBT001 - reads as a sentence
    if undone and not said:
        problems = [*problems, f"the run does not say that {undone[0]}"]
    return Case(meeting, said, tuple(dict.fromkeys(problems)))


@dataclass(frozen=True)
class _Neighbour:
    channel_id: str
    moments: int

    @classmethod
    def of(cls, world: Environment) -> _Neighbour:
        item = world.channel(NEIGHBOUR)
        return cls("", 0) if item is None else cls(item.members["Id"], len(item.history))

    def problems(self, world: Environment) -> list[str]:
        item = world.channel(NEIGHBOUR)
        if not self.channel_id or item is None:
            return []
        if item.members["Id"] != self.channel_id:
            return ["the neighbour is another channel now"]
        left = {moment.state for moment in item.history[self.moments :]} - {"RUNNING"}
        return [f"the neighbour's channel was {' and '.join(sorted(left))}"] if left else []


def first_error(run: Run) -> str:
    """Return the first error that a run printed."""
    said = re.search(r"error: (?:1 error occurred:\n\s*\* )?(.*)", run.text)
    return said[1] if said else f"exit code {run.code}"
