"""Faults, one by one: the calls, the faults of each, and the result."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bench.fault_injection.environment import (
    DESTROY,
    NEIGHBOUR,
    PATIENCE_SECONDS,
    UP,
    Environment,
    Scenario,
    first_error,
    leaks,
)
from bench.fault_injection.workers import Matrix
from localaws.faults import CallFault, CallFaultName, FaultPlan, Faults
from tests.support.aws_snapshot import AwsSnapshot, differences
from tests.support.workspace import Run

Kind = CallFaultName
Mode = Literal["once", "stays"]

SUBJECTS: Final = tuple(f"met-{number}" for number in range(8))
"""The destinations that are met, each by a fault of its own."""

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
        """The faults that meet it, each with its mode."""
        reads = self.operation.partition(":")[2].startswith(("Describe", "List", "Get"))
        of_writes, of_reads = (_WIDE_WRITES, _WIDE_READS) if self.wide else (_WRITES, _READS)
        for mode, kinds in (of_reads if reads else of_writes).items():
            yield from ((mode, kind) for kind in kinds)
            if self.operation in _LIMITED and not self.wide:
                yield mode, "limit"


@dataclass(frozen=True)
class FaultCase:
    """A fault that meets a call: once, or at that call and all that follow."""

    site: CallSite
    mode: Mode
    kind: Kind


@dataclass(frozen=True)
class FaultResult:
    """The result of a case.

    Attributes:
        case: the fault.
        failed: whether the run failed with an error that names the destination.
        problems: the reasons why it was not survived; none where it was.
    """

    case: FaultCase
    failed: bool
    problems: tuple[str, ...]


def each(
    subjects: Collection[str], change: Callable[[Environment, str], None]
) -> Callable[..., None]:
    """Return an edit that makes the same *change* to each of *subjects*."""

    def edit(world: Environment) -> None:
        for name in subjects:
            change(world, name)

    return edit


SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
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
    each(SUBJECTS, lambda world, name: world.write(name))(world)
    world.expect(world.run(*UP))
    world.keep("running")
    SCENARIOS["stop"].edit(world)
    world.expect(world.run(*UP))
    world.keep("stopped")


def without_faults(world: Environment, name: str) -> tuple[AwsSnapshot, list[CallSite]]:
    """Run a scenario undisturbed; return the contents of AWS afterwards, and the calls."""
    scenario = SCENARIOS[name]
    world.back_to(scenario.begin)
    scenario.edit(world)
    log = world.workspace.aws.faults = _CallLog()
    world.expect(world.run(*scenario.words, confirmed=scenario.removals))
    world.workspace.aws.load_faults(FaultPlan())
    return world.held(), [*_sites(scenario, log.about)]


class _CallLog(Faults):
    """Counts the calls, and lets all pass."""

    def __init__(self) -> None:
        super().__init__()
        self.about: Counter[tuple[str, str]] = Counter()

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        named = [name for name in (*SUBJECTS, NEIGHBOUR) if any(name in word for word in about)]
        self.about[operation, named[0] if len(named) == 1 else ""] += 1
        return None


def _sites(scenario: Scenario, counts: Mapping[tuple[str, str], int]) -> Iterator[CallSite]:
    for (operation, name), count in sorted(counts.items()):
        wide = scenario.wide
        if name == ("" if wide else SUBJECTS[0]):
            last = count if operation in _WAITED_FOR and not wide else 1
            yield from (CallSite(scenario.name, operation, nth, wide) for nth in sorted({1, last}))


def plan(sites: Mapping[str, list[CallSite]]) -> Iterator[tuple[str, tuple[FaultCase, ...]]]:
    """Return runs, each with its scenario, of the *sites* by scenario."""
    unique = without_duplicates([site for listed in sites.values() for site in listed])
    for name in SCENARIOS:
        for batch in batches([site for site in unique if site.scenario == name]):
            yield name, batch


def without_duplicates(sites: Collection[CallSite]) -> list[CallSite]:
    """Return *sites* without those whose like is met in another scenario."""
    met = {(site.scenario, site.operation) for site in sites}
    return [site for site in sites if (_LIKE.get(site.scenario), site.operation) not in met]


def batches(sites: Collection[CallSite]) -> Iterator[tuple[FaultCase, ...]]:
    """Return runs, each with faults that meet it side by side, one a destination."""
    cases = [FaultCase(site, *fault) for site in sites for fault in site.faults]
    yield from ((case,) for case in cases if case.site.wide)
    narrow = [case for case in cases if not case.site.wide]
    for first in range(0, len(narrow), len(SUBJECTS)):
        yield tuple(narrow[first : first + len(SUBJECTS)])


def not_ended(batch: Sequence[FaultCase], why: str) -> list[FaultResult]:
    """Return the results of a *batch* that did not end."""
    return [FaultResult(case, failed=True, problems=(why,)) for case in batch]


def run_fault_cases(
    world: Environment, batch: Sequence[FaultCase], desired: AwsSnapshot
) -> list[FaultResult]:
    """Run with the faults of *batch*, then without; return the result of each.

    Args:
        world: prepared.
        batch: the faults.
        desired: the contents of AWS after the same without faults.
    """
    scenario = SCENARIOS[batch[0].site.scenario]
    world.back_to(scenario.begin)
    scenario.edit(world)
    aws, neighbour = world.workspace.aws, _Neighbour.of(world)
    aws.load_faults(FaultPlan(calls=tuple(map(_fault, batch, SUBJECTS))))
    struck = world.run(*scenario.words, confirmed=scenario.removals, patience=PATIENCE_SECONDS)
    aws.load_faults(FaultPlan())
    halfway = differences(desired, world.held())
    again = world.run(*scenario.words, confirmed=scenario.removals)
    left = differences(desired, world.held())
    common = [*leaks(struck, world.workspace.keys), *neighbour.problems(world)]
    common += world.problems_of_state()
    if again.code:
        common.append(f"the next run fails: {first_error(again)}")
    if batch[0].site.wide:
        return [_judged(batch[0], [*common, *left], halfway, failed=struck.code != 0)]
    common += [text for text in left if not any(name in text for name in SUBJECTS)]
    return [
        _judged(
            case,
            [*common, *(text for text in left if name in text)],
            [text for text in halfway if name in text],
            failed=struck.code != 0 and _is_named(name, struck),
        )
        for case, name in zip(batch, SUBJECTS, strict=False)
    ]


MATRIX: Final = Matrix(
    SUBJECTS, prepare, SCENARIOS, without_faults, plan, run_fault_cases, not_ended
)


def _fault(case: FaultCase, subject: str) -> CallFault:
    site, once = case.site, case.mode == "once"
    return CallFault(
        operation=site.operation,
        resource="*" if site.wide else f"*{subject}*",
        fault=case.kind,
        nth=site.nth if once else None,
        after=0 if once else site.nth - 1,
        seconds=0.5,
    )


def _is_named(name: str, run: Run) -> bool:
    return re.search(rf"\({name}[\w-]*\):\n( .*\n)*? +error: ", run.text) is not None


def _judged(
    case: FaultCase, problems: list[str], undone: list[str], *, failed: bool
) -> FaultResult:
    if undone and not failed:
        problems = [*problems, f"the run does not report that {undone[0]}"]
    return FaultResult(case, failed, tuple(dict.fromkeys(problems)))


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
