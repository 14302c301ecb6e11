"""`python -m bench.speed`: the time of each step, its growth, and beside Terraform.

Measured twice: where AWS answers at once, which leaves the program's, the engine's and the
plugins' own times; and with AWS's own waits, as far as they are known (localaws/latency.yaml).
Where Terraform and the real AWS provider are not installed, the comparison is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bench import speed_figures
from bench.figures import Figures, options, progress
from bench.speed_figures import Results, Target
from bench.steps import OURS, STEPS, TERRAFORM, Measured, measure
from tests.support import terraform

COMPARED, GROWN, MANY = 20, 50, 200
"""How many destinations the targets compare, and with how many they judge growth."""

_NOT_STARTED = "one added, not started"
# A round of many takes minutes, and growth is no small difference that needs many rounds.
_DESTINATIONS_OF_ALL_ROUNDS = 100

_NOTES = """
Both write their state to a file on this machine and run up to 64 operations at once, 256 where they
destroy. Terraform starts its AWS provider with every command, as it does for anyone.

This program's AWS resources are served by the stand-in plugin here, a small Python process. The
official one has Terraform's AWS provider inside: in an account, expect that provider's memory, and
the CPU seconds of its start, on top.

Terraform has no MediaConnect: its side goes without the flow outputs. Its `start_channel` stands
for the run state, which its plan does not read. Its AWS provider waits 30 s after it has created an
input, whatever AWS answers (internal/service/medialive/input.go).

"State at the end": the engine writes its state once a run (PULUMI_SKIP_CHECKPOINTS;
docs/explanation/speed.md says when). Otherwise it writes the whole state at every step, so that a
destination costs more the more there are. Destroys write it at the end, as `make down` does.

AWS's waits are those of localaws/latency.yaml, which were not measured on an account.
"""
_PROOFS: Final[Mapping[str, tuple[str, str, str]]] = {
    "instant": (
        "speed",
        "Speed and growth",
        (
            "Where AWS answers at once, a run takes at most half of Terraform's time, many"
            " destinations cost no more each than few, and the program stays small."
        ),
    ),
    "aws": (
        "speed-aws",
        "Speed with AWS's own waits",
        "A run takes what AWS takes for one destination, its waits in order, and little more.",
    ),
}
"""By latency of the emulator: name, title and promise of the figures."""


def main() -> int:
    """Measure and save the figures; return 0."""
    given = options(
        __doc__,
        sizes=(1, 5, 20, 50, 200),
        rounds=3,
        aws_sizes=(20,),
        aws_rounds=1,
        latency=tuple(_PROOFS),
        alone=False,
    )
    beside = not given.alone and terraform.missing() is None
    if not given.alone and not beside:
        progress(f"without Terraform: {terraform.missing()}")
    measured = {"instant": _instant, "aws": _with_waits}
    for latency in given.latency:
        measured[latency](given, beside=beside)
    return 0


def _instant(given: argparse.Namespace, *, beside: bool) -> None:
    results = Results(_instant_rounds(given.sizes, given.rounds, beside=beside))
    targets = speed_figures.targets_at_once(results, COMPARED, GROWN, MANY)
    _save("instant", results, targets)


def _instant_rounds(sizes: Sequence[int], rounds: int, *, beside: bool) -> Iterator[Measured]:
    ours = [step for step in STEPS if step != _NOT_STARTED]
    for size in sizes:
        bulk = size >= MANY
        for number in range(max(1, min(rounds, _DESTINATIONS_OF_ALL_ROUNDS // size))):
            with_terraform = beside and (size == COMPARED or (size == 1 and number == 0))
            theirs = ours if number == 0 else speed_figures.BESIDE
            steps = {OURS: ours, **({TERRAFORM: theirs} if with_terraform else {})}
            yield from measure(size, "instant", steps, bulk=bulk)
    if COMPARED in sizes:
        for _ in range(rounds):
            yield from measure(COMPARED, "instant", {OURS: ("create", "destroy")}, bulk=True)


def _with_waits(given: argparse.Namespace, *, beside: bool) -> None:
    theirs = {TERRAFORM: speed_figures.BESIDE} if beside else {}
    results = Results(
        measured
        for size in given.aws_sizes
        for _ in range(given.aws_rounds)
        for measured in measure(size, "aws", {OURS: tuple(STEPS), **theirs}, bulk=False)
    )
    _save("aws", results, speed_figures.targets_with_waits(results, COMPARED, "aws"))


def _save(latency: str, results: Results, targets: Sequence[Target]) -> None:
    name, title, promise = _PROOFS[latency]
    missed = [f"{target.promise}: {target.value}" for target in targets if not target.passed]
    verdict = f"{len(targets) - len(missed)} of {len(targets)} targets are kept."
    Figures(
        title=title,
        command=f"python -m bench.speed --latency {latency}",
        promise=promise,
        verdict=f"{verdict} Missed: {'; '.join(missed)}." if missed else verdict,
        passed=not missed,
        tables=(
            speed_figures.targets_table(targets),
            *speed_figures.beside_table(results),
            *speed_figures.growth_tables(results),
        ),
        notes=tuple(_NOTES.split("\n\n")),
    ).save(name)


if __name__ == "__main__":
    raise SystemExit(main())
