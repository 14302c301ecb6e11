"""Medians and ratios of the measured steps, and the targets."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.figures import Table
from bench.processes import Cost
from bench.steps import OURS, STEPS, TERRAFORM, Measured
from localaws.clock import Latency

BESIDE = ("preview, no change", "create", "destroy")
"""The steps that are compared with Terraform's."""

_YES = ("no", "yes")
_HALF, _GROWTH, _MEMORY_MB = 0.5, 1.2, 400
_OVERHEAD_SHARE, _OVERHEAD_SECONDS, _CREATION_SECONDS = 0.1, 3.0, 30.0
_PARTS = ("program", "provider", "AWS plugin", "engine")


_TRANSITIONS = {
    "create": ("input.create", "channel.create", "channel.start"),
    "create, not started": ("input.create", "channel.create"),
    "destroy": ("channel.stop", "channel.delete", "input.delete"),
}


def critical_path(step: str, latency: str) -> float:
    """Return the seconds of AWS's own transitions in a *step*, which have to follow each other.

    Destinations pass through them side by side, so that their number adds nothing.
    """
    profile = Latency.named(latency).seconds
    return sum(profile.get(transition, 0.0) for transition in _TRANSITIONS.get(step, ()))


@dataclass(frozen=True, slots=True)
class Target:
    """A promise, its measured value, and whether that keeps it."""

    promise: str
    value: str
    passed: bool


class Results:
    """All that was measured at one latency."""

    def __init__(self, measured: Iterable[Measured]) -> None:
        self._measured = tuple(measured)

    def costs(self, side: str, size: int, step: str, *, bulk: bool = False) -> list[Cost]:
        """Return what a step took in each round; empty where it was not measured."""
        key = (side, size, step, bulk)
        return [
            sample.cost
            for sample in self._measured
            if (sample.side, sample.size, sample.step, sample.bulk) == key
        ]

    def seconds(self, side: str, size: int, step: str, *, bulk: bool = False) -> float | None:
        """Return the median of a step's seconds; None where it was not measured."""
        return _median(self.costs(side, size, step, bulk=bulk), _wall)

    def runs(self, side: str) -> list[tuple[int, bool]]:
        """Return the sizes of *side*, each with whether it was in bulk."""
        sizes = {(sample.size, sample.bulk) for sample in self._measured if sample.side == side}
        return sorted(sizes, key=lambda run: (run[1], run[0]))

    def ratio(self, step: str, size: int, *, without: float = 0.0) -> float | None:
        """Return our median seconds of a step over Terraform's, *without* so many of each."""
        ours, theirs = (self.seconds(side, size, step) for side in (OURS, TERRAFORM))
        return None if ours is None or not theirs else (ours - without) / (theirs - without)

    def peak_mb(self, side: str, size: int, part: str, *, bulk: bool) -> float:
        """Return the highest peak of a part over all steps; 0 where there is none."""
        peaks = (
            sample.cost.peak_mb.get(part, 0.0)
            for sample in self._measured
            if (sample.side, sample.size, sample.bulk) == (side, size, bulk)
        )
        return max(peaks, default=0.0)


def growth_tables(results: Results) -> tuple[Table, ...]:
    """Return time, CPU seconds and memory of this program, by step and number of destinations."""
    runs = results.runs(OURS)
    columns = ("step", *(_run_name(*run) for run in runs))
    figures = {"Seconds": _wall, "CPU seconds": _cpu}
    tables = [
        Table(
            caption=f"{caption} of this program, median and spread, by number of destinations:",
            columns=columns,
            rows=tuple(
                (
                    step,
                    *(_cell(results.costs(OURS, size, step, bulk=bulk), of) for size, bulk in runs),
                )
                for step in STEPS
                if any(results.costs(OURS, size, step, bulk=bulk) for size, bulk in runs)
            ),
        )
        for caption, of in figures.items()
    ]
    memory = Table(
        caption="Peak memory, MB:",
        columns=("part", *columns[1:]),
        rows=tuple(
            (part, *(f"{results.peak_mb(OURS, size, part, bulk=bulk):.0f}" for size, bulk in runs))
            for part in _PARTS
        ),
    )
    return (*tables, memory)


def beside_table(results: Results) -> tuple[Table, ...]:
    """Return what Terraform took for the same steps; nothing where it was not measured."""
    rows = [
        (
            str(size),
            step,
            _cell(results.costs(OURS, size, step), _wall),
            _cell(results.costs(TERRAFORM, size, step), _wall),
            f"{results.ratio(step, size):.2f}",
            _cell(results.costs(OURS, size, step), _cpu),
            _cell(results.costs(TERRAFORM, size, step), _cpu),
            f"{results.peak_mb(TERRAFORM, size, 'AWS plugin', bulk=False):.0f}",
        )
        for size, _ in results.runs(TERRAFORM)
        for step in STEPS
        if results.costs(TERRAFORM, size, step) and results.costs(OURS, size, step)
    ]
    times = ("lunora, s", "Terraform, s", "ratio", "lunora, CPU s", "Terraform, CPU s")
    columns = ("destinations", "step", *times, "its AWS provider, MB")
    caption = "Beside Terraform with the real AWS provider, the same resources, in turns:"
    return (Table(caption=caption, columns=columns, rows=tuple(rows)),) if rows else ()


def targets_table(targets: Sequence[Target]) -> Table:
    """Return the targets with their values."""
    rows = tuple((target.promise, target.value, _YES[target.passed]) for target in targets)
    return Table(caption="Targets:", columns=("target", "value", "passed"), rows=rows)


def targets_at_once(results: Results, size: int, grown: int, many: int) -> list[Target]:
    """Return the targets that do not depend on AWS's own waits.

    Args:
        results: at the latency `instant`.
        size: of the comparisons.
        grown: with which growth is judged where the state is written at every step.
        many: the same where it is written at the end.
    """
    targets = [_beside(results, step, size, "instant") for step in BESIDE]
    targets += [_growth(results, size, grown), _growth(results, size, many, bulk=True)]
    return [target for target in (*targets, _memory(results)) if target]


def targets_with_waits(results: Results, size: int, latency: str) -> list[Target]:
    """Return the targets that are about AWS's own waits, at *latency*."""
    targets = [_beside(results, step, size, latency) for step in BESIDE]
    for step in ("create", "destroy"):
        took, path = results.seconds(OURS, size, step), critical_path(step, latency)
        if took is not None:
            allowed = max(_OVERHEAD_SHARE * path, _OVERHEAD_SECONDS)
            promise = f"{step}: at most {allowed:.1f} s over AWS's own {path:.0f} s"
            targets.append(Target(promise, f"{took - path:.1f} s over", took - path <= allowed))
    added, ten = (results.seconds(OURS, size, step) for step in ("one added", "ten added"))
    if added and ten:
        promise = f"adding ten takes at most {_GROWTH} times as long as adding one"
        targets.append(Target(promise, f"{ten / added:.2f} times", ten / added <= _GROWTH))
    stopped = results.seconds(OURS, size, "one added, not started")
    if stopped is not None:
        promise = f"a destination is created in less than {_CREATION_SECONDS:.0f} s, not started"
        targets.append(Target(promise, f"{stopped:.1f} s", stopped < _CREATION_SECONDS))
    return [target for target in targets if target]


def _beside(results: Results, step: str, size: int, latency: str) -> Target | None:
    """Compare a step with Terraform's, without the waits for AWS that nobody can shorten."""
    path = critical_path(step, latency)
    ratio = results.ratio(step, size, without=path)
    if ratio is None:
        return None
    beyond = f" beyond AWS's own {path:.0f} s" if path else ""
    promise = f"{step} of {size}: at most half of Terraform's time{beyond}"
    return Target(promise, f"{ratio:.2f} of it", ratio <= _HALF)


def _memory(results: Results) -> Target:
    peaks: dict[int, float] = {}
    for size, bulk in results.runs(OURS):
        parts = (results.peak_mb(OURS, size, part, bulk=bulk) for part in ("program", "provider"))
        peaks[size] = max(peaks.get(size, 0.0), sum(parts))
    promise = f"program and provider together stay under {_MEMORY_MB} MB"
    value = ", ".join(f"{megabytes:.0f} MB with {size}" for size, megabytes in peaks.items())
    return Target(promise, value, max(peaks.values()) < _MEMORY_MB)


def _growth(results: Results, few: int, many: int, *, bulk: bool = False) -> Target | None:
    seconds = [results.seconds(OURS, number, "create", bulk=bulk) for number in (few, many)]
    if seconds[0] is None or seconds[1] is None:
        return None
    few_each, many_each = seconds[0] / few, seconds[1] / many
    written = "at the end" if bulk else "at every step"
    promise = (
        f"state written {written}: each of {many} is created in at most {_GROWTH} times the time"
        f" of each of {few}"
    )
    value = f"{many_each / few_each:.2f} times ({few_each:.2f} s and {many_each:.2f} s)"
    return Target(promise, value, many_each / few_each <= _GROWTH)


def _run_name(size: int, bulk: bool) -> str:  # noqa: FBT001 - a pair as `runs` returns it
    return f"{size}, state at the end" if bulk else str(size)


def _wall(cost: Cost) -> float:
    return cost.seconds


def _cpu(cost: Cost) -> float:
    return cost.cpu_seconds


def _median(costs: Sequence[Cost], of: Callable[[Cost], float]) -> float | None:
    return statistics.median(map(of, costs)) if costs else None


def _cell(costs: Sequence[Cost], of: Callable[[Cost], float]) -> str:
    if not costs:
        return "-"
    values = sorted(map(of, costs))
    spread = f" ({values[0]:.1f} to {values[-1]:.1f})" if len(values) > 1 else ""
    return f"{statistics.median(values):.1f}{spread}"
