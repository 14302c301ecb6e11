"""`python -m bench.speed`: the time of each step, its growth, and beside Terraform.

Measured twice: where AWS answers at once, which leaves the program's, the engine's and the
plugins' own times; and with AWS's own waits (localaws/latency.yaml), which were not measured on an
account. Where Terraform and the real AWS provider are not installed, the comparison is left out.

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
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Final, cast

from bench import speed_figures
from bench.figures import Figures, options, progress
from bench.processes import Cost, serving
from bench.project import Project
from bench.speed_figures import (
    BESIDE,
    COMPARED,
    MANY,
    OURS,
    PREVIEWED,
    STATUS,
    TERRAFORM,
    UNCHANGED,
    Life,
)
from bench.terraform_project import TerraformProject
from tests.support import terraform

_Backend = Project | TerraformProject

# A round of many takes minutes, and growth is no small difference that needs many rounds.
_DESTINATIONS_OF_ALL_ROUNDS = 100
_MOST_ADDED = 12
_NOT_STARTED = "one added, not started"

_PROOFS: Final[Mapping[str, tuple[str, str, str]]] = {
    "instant": (
        "speed",
        "Speed and growth",
        (
            "Where AWS answers at once, a run takes a fraction of Terraform's time, many"
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


def _apply(more: int, stopped: int = 0) -> Callable[[_Backend, int], Cost]:
    def step(backend: _Backend, size: int) -> Cost:
        backend.declare(size + more, stopped)
        return backend.apply()

    return step


STEPS: Final[Mapping[str, Callable[[_Backend, int], Cost]]] = {
    "create": _apply(0),
    UNCHANGED: lambda backend, _: backend.preview(),
    "up, no change": lambda backend, _: backend.apply(),
    STATUS: lambda backend, _: cast("Project", backend).status(),
    "one added": _apply(1),
    "ten added": _apply(11),
    _NOT_STARTED: _apply(11, stopped=1),
    "added removed": _apply(0),
    "destroy": lambda backend, _: backend.destroy(),
}
"""In their order. Each leaves what the next one begins with."""

Lives = Mapping[Life, Collection[str]]
"""What is measured in turns, with the steps of each."""


def main() -> int:
    """Measure and save the figures; return 0."""
    given = options(__doc__, sizes=(1, 5, 20, 50, 100, 200), rounds=3, latency=tuple(_PROOFS))
    if lacks := terraform.missing():
        progress(f"without Terraform: {lacks}")
    for latency in given.latency:
        waits = [_beside(Life(COMPARED), [step for step in STEPS if step != STATUS], [*BESIDE])]
        rounds = waits if latency == "aws" else _at_once(given.sizes, given.rounds)
        results: dict[Life, dict[str, list[Cost]]] = defaultdict(lambda: defaultdict(list))
        for lives in rounds:
            for life, step, cost in measure(lives, latency):
                results[life][step].append(cost)
        _save(latency, results)
    return 0


def _at_once(sizes: Collection[int], rounds: int) -> Iterator[Lives]:
    steps = [step for step in STEPS if step not in {_NOT_STARTED, STATUS}]
    for size in sizes:
        for number in range(max(1, min(rounds, _DESTINATIONS_OF_ALL_ROUNDS // size))):
            life = Life(size, bulk=size >= PREVIEWED)
            if size == PREVIEWED:
                yield {life: ("create", UNCHANGED, "destroy")}
            elif size == MANY:
                yield {life: [*steps, STATUS]}
            elif size == COMPARED or (size == 1 and number == 0):
                yield _beside(life, steps, [*BESIDE] if number else steps)
            else:
                yield {life: steps}
    if COMPARED in sizes:
        yield from [{Life(COMPARED, bulk=True): ("create", "destroy")}] * rounds


def _beside(life: Life, ours: Collection[str], theirs: Collection[str]) -> Lives:
    beside = {} if terraform.missing() else {life._replace(side=TERRAFORM): theirs}
    return {life: ours, **beside}


def measure(lives: Lives, latency: str) -> Iterator[tuple[Life, str, Cost]]:
    """Go through the steps once.

    Where two sides are measured, they take turns at every step, so that both have the same
    machine. Each has an emulator of its own.
    """
    with contextlib.ExitStack() as stack:
        backends = {life: _backend(stack, life, latency) for life in lives}
        for step, take in STEPS.items():
            for life, backend in backends.items():
                if step in lives[life]:
                    cost = take(backend, life.size)
                    progress(f"{latency}, {life}: {life.side}: {step}: {cost.seconds:.1f} s")
                    yield life, step, cost


def _backend(stack: contextlib.ExitStack, life: Life, latency: str) -> _Backend:
    most = life.size + _MOST_ADDED
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "project"
    endpoint, _ = stack.enter_context(serving(most, latency))
    if life.side == OURS:
        return Project(folder, endpoint, most, bulk=life.bulk)
    return TerraformProject(folder, endpoint, most)


def _save(latency: str, results: speed_figures.Results) -> None:
    name, title, promise = _PROOFS[latency]
    targets = speed_figures.targets(results, latency)
    missed = [f"{target.promise}: {target.value}" for target in targets if not target.passed]
    verdict = f"{len(targets) - len(missed)} of {len(targets)} targets are kept."
    Figures(
        name=name,
        title=title,
        command=f"python -m bench.speed --latency {latency}",
        promise=promise,
        verdict=f"{verdict} Missed: {'; '.join(missed)}." if missed else verdict,
        passed=not missed,
        tables=speed_figures.tables(results, targets),
        notes=__doc__ or "",
    ).save()


if __name__ == "__main__":
    raise SystemExit(main())
