"""Medians and ratios of the measured steps, and the targets."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from bench.figures import Table
from bench.processes import Cost
from localaws.clock import Latency

OURS, TERRAFORM = "lunora", "Terraform"

UNCHANGED, STATUS = "preview, no change", "status"

BESIDE: Final = {UNCHANGED: 0.25, "create": 0.3, "destroy": 0.15}
"""The steps that are compared with Terraform's, and the share of its time that they may take."""

COMPARED, GROWN, PREVIEWED, MANY = 20, 50, 100, 200
"""How many destinations the targets compare; with how many they judge growth where the state is
written at every step; of how many they judge a preview; and growth, memory and status where the
state is written at the end.
"""

_GROWTH, _MEMORY_MB, _PREVIEW_CPU_SECONDS, _STATUS_SECONDS = 1.2, 350, 10.0, 5.0
_OVERHEAD_SECONDS, _CREATION_SECONDS = 5.0, 30.0
_PARTS = ("program", "provider", "AWS plugin", "engine")
_TRANSITIONS = {
    "create": ("input.create", "channel.create", "channel.start"),
    "create, not started": ("input.create", "channel.create"),
    "destroy": ("channel.stop", "channel.delete", "input.delete"),
}


class Life(NamedTuple):
    """Destinations of one side, through all steps.

    Attributes:
        size: how many destinations are created.
        bulk: whether the engine writes its state at the end of a run only.
        side: `lunora` or `Terraform`.
    """

    size: int
    bulk: bool = False
    side: str = OURS

    def __str__(self) -> str:
        """Return it as the head of a column."""
        return f"{self.size}, state at the end" if self.bulk else str(self.size)


Results = Mapping[Life, Mapping[str, Sequence[Cost]]]
"""The costs of each round, by step."""


class Target(NamedTuple):
    """A promise, its measured value, and whether that keeps it."""

    promise: str
    value: str
    passed: bool


def critical_path(step: str, latency: str) -> float:
    """Return the seconds of AWS's own transitions in a *step*, which have to follow each other.

    Destinations pass through them side by side, so that their number adds nothing.
    """
    profile = Latency.named(latency).seconds
    return sum(profile.get(transition, 0.0) for transition in _TRANSITIONS.get(step, ()))


def targets(results: Results, latency: str) -> list[Target]:
    """Return the targets that were measured at *latency*."""
    own = _at_once(results) if latency == "instant" else _with_waits(results, latency)
    return [*_beside(results, latency), *own]


def _at_once(results: Results) -> Iterator[Target]:
    for many, bulk in ((GROWN, False), (MANY, True)):
        few_each, many_each = (
            _seconds(results, "create", Life(size, bulk)) / size for size in (COMPARED, many)
        )
        promise = (
            f"state written {'at the end' if bulk else 'at every step'}: each of {many} is created"
            f" in at most {_GROWTH} times the time of each of {COMPARED}"
        )
        shown = f"{{:.2f}} times ({few_each:.2f} s and {many_each:.2f} s)"
        yield from _target(promise, many_each / few_each, shown, _GROWTH)
    previewed = _costs(results, UNCHANGED, Life(PREVIEWED, bulk=True))
    promise = f"preview of {PREVIEWED} without a change: at most {_PREVIEW_CPU_SECONDS:.0f} CPU s"
    cpu_seconds = _median([cost.cpu_seconds for cost in previewed])
    yield from _target(promise, cpu_seconds, "{:.1f} CPU s", _PREVIEW_CPU_SECONDS)
    promise = f"`lunora status` of {MANY}: at most {_STATUS_SECONDS:.0f} s"
    seconds = _seconds(results, STATUS, Life(MANY, bulk=True))
    yield from _target(promise, seconds, "{:.1f} s", _STATUS_SECONDS)
    peaks: dict[int, float] = {}
    for life in results:
        if life.side == OURS:
            peak = _peak_mb(results, life, "program") + _peak_mb(results, life, "provider")
            peaks[life.size] = max(peaks.get(life.size, 0.0), peak)
    value = ", ".join(f"{peak:.0f} MB with {size}" for size, peak in sorted(peaks.items()))
    promise = f"program and provider together stay under {_MEMORY_MB} MB"
    yield Target(promise, value, max(peaks.values()) < _MEMORY_MB)


def _with_waits(results: Results, latency: str) -> Iterator[Target]:
    for step in ("create", "destroy"):
        path = critical_path(step, latency)
        promise = f"{step}: at most {_OVERHEAD_SECONDS:.0f} s over AWS's own {path:.0f} s"
        over = _seconds(results, step) - path
        yield from _target(promise, over, "{:.1f} s over", _OVERHEAD_SECONDS)
    ratio = _seconds(results, "ten added") / _seconds(results, "one added")
    promise = f"adding ten takes at most {_GROWTH} times as long as adding one"
    yield from _target(promise, ratio, "{:.2f} times", _GROWTH)
    stopped = _seconds(results, "one added, not started")
    promise = f"a destination is created in at most {_CREATION_SECONDS:.0f} s, not started"
    yield from _target(promise, stopped, "{:.1f} s", _CREATION_SECONDS)


def _beside(results: Results, latency: str) -> Iterator[Target]:
    """Compare with Terraform, without the waits for AWS that nobody can shorten."""
    for step, share in BESIDE.items():
        path = critical_path(step, latency)
        ours, theirs = (
            _seconds(results, step, Life(COMPARED, side=side)) - path for side in (OURS, TERRAFORM)
        )
        beyond = f" beyond AWS's own {path:.0f} s" if path else ""
        promise = f"{step} of {COMPARED}: at most {share} of Terraform's time{beyond}"
        yield from _target(promise, ours / theirs, "{:.2f} of it", share)


def _target(promise: str, value: float, shown: str, limit: float) -> Iterator[Target]:
    """Yield the target of a *value*; nothing where it was not measured."""
    if not math.isnan(value):
        yield Target(promise, shown.format(value), value <= limit)


def _seconds(results: Results, step: str, life: Life | None = None) -> float:
    """Return the median of a step's seconds; not a number where it was not measured."""
    return _median([cost.seconds for cost in _costs(results, step, life or Life(COMPARED))])


def _costs(results: Results, step: str, life: Life) -> Sequence[Cost]:
    return results.get(life, {}).get(step, ())


def _median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else math.nan


def _peak_mb(results: Results, life: Life, part: str) -> float:
    """Return the highest peak of a part over all steps; 0 where there is none."""
    costs = (cost for rounds in results[life].values() for cost in rounds)
    return max((cost.peak_mb.get(part, 0.0) for cost in costs), default=0.0)


def tables(results: Results, judged: Sequence[Target]) -> list[Table]:
    """Return the targets, and the cost of every step."""
    targets = [(promise, value, "yes" if passed else "no") for promise, value, passed in judged]
    steps = [
        (
            life.side,
            str(life),
            step,
            _spread([cost.seconds for cost in costs]),
            _spread([cost.cpu_seconds for cost in costs]),
            *(f"{max(cost.peak_mb.get(part, 0) for cost in costs):.0f}" for part in _PARTS),
        )
        for life, by_step in results.items()
        for step, costs in by_step.items()
    ]
    columns = ("", "destinations", "step", "seconds", "CPU seconds")
    return [
        Table("Targets:", ("target", "value", "passed"), targets),
        Table(
            "Seconds, median and spread; memory in MB, at its peak. Terraform has the real AWS"
            " provider and the same resources, and takes turns with this program:",
            (*columns, *(f"{part}, MB" for part in _PARTS)),
            steps,
        ),
    ]


def _spread(values: list[float]) -> str:
    spread = f" ({min(values):.1f} to {max(values):.1f})" if len(values) > 1 else ""
    return f"{statistics.median(values):.1f}{spread}"
