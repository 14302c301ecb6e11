"""`python -m bench.speed`: how long each step takes, how that grows, and beside Terraform.

Measured twice: where AWS answers at once, which leaves the program's, the engine's and the
plugins' own times; and with AWS's own waits, as far as they are known (localaws/latency.yaml).
Where Terraform and the real AWS provider are not installed, the comparison is left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench import speed_figures
from bench.figures import Figures, progress
from bench.speed_figures import Results, Target
from bench.steps import OURS, STEPS, TERRAFORM, Measured, measure
from tests.support import terraform

COMPARED, GROWN, MANY = 20, 50, 200
"""How many destinations the targets compare, and with how many they judge growth."""

_NOT_STARTED = "one added, not started"
# A round of many takes minutes, and growth is no small difference that needs many rounds.
_DESTINATIONS_OF_ALL_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class _Proof:
    """What is said of the figures at one latency, under the names of `Figures`."""

    name: str
    title: str
    order: int
    promise: str
    notes: Sequence[str]


def _proofs() -> dict[str, _Proof]:
    said = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return {
        latency: _Proof(**{**proof, "notes": (*said["common"], *proof["notes"])})
        for latency, proof in said["proofs"].items()
    }


def main() -> int:
    """Measure, keep the figures, and return 0."""
    options = _options()
    beside = options.beside and terraform.missing() is None
    if options.beside and not beside:
        progress(f"without Terraform: {terraform.missing()}")
    for latency in options.latency:
        measured = _at_once if latency == "instant" else _with_waits
        figures = measured(options, beside=beside)
        progress(f"{figures.verdict} {figures.save(_proofs()[latency].name)}")
    return 0


def _at_once(options: argparse.Namespace, *, beside: bool) -> Figures:
    results = Results(_rounds_at_once(options.sizes, options.rounds, beside=beside))
    return _figures(
        "instant", results, speed_figures.targets_at_once(results, COMPARED, GROWN, MANY)
    )


def _rounds_at_once(sizes: Sequence[int], rounds: int, *, beside: bool) -> Iterator[Measured]:
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


def _with_waits(options: argparse.Namespace, *, beside: bool) -> Figures:
    steps: Mapping[str, Sequence[str]] = {
        OURS: tuple(STEPS),
        **({TERRAFORM: speed_figures.BESIDE} if beside else {}),
    }
    results = Results(
        one
        for size in options.aws_sizes
        for _ in range(options.aws_rounds)
        for one in measure(size, "aws", steps, bulk=False)
    )
    return _figures("aws", results, speed_figures.targets_with_waits(results, COMPARED, "aws"))


def _figures(latency: str, results: Results, targets: Sequence[Target]) -> Figures:
    proof = _proofs()[latency]
    kept = [target for target in targets if target.kept]
    missed = "; ".join(f"{one.promise}: {one.found}" for one in targets if not one.kept)
    verdict = f"{len(kept)} of {len(targets)} targets are kept."
    return Figures(
        title=proof.title,
        order=proof.order,
        command=f"python -m bench.speed --latency {latency}",
        promise=proof.promise,
        verdict=f"{verdict} Missed: {missed}." if missed else verdict,
        kept=len(kept) == len(targets),
        tables=(
            speed_figures.targets_table(targets),
            *speed_figures.beside_table(results),
            *speed_figures.growth_tables(results),
        ),
        notes=tuple(proof.notes),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed")
    parser.add_argument("--sizes", type=_numbers, default=[1, 5, 20, 50, 200])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--aws-sizes", type=_numbers, default=[20])
    parser.add_argument("--aws-rounds", type=int, default=1)
    parser.add_argument("--latency", type=_latencies, default=["instant", "aws"])
    parser.add_argument("--alone", dest="beside", action="store_false", help="leave Terraform out")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(word) for word in text.split(",")]


def _latencies(text: str) -> list[str]:
    words = text.split(",")
    if not set(words) <= _proofs().keys():
        raise argparse.ArgumentTypeError(f"give some of {', '.join(_proofs())}")
    return words


if __name__ == "__main__":
    sys.exit(main())
