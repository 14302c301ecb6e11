"""Rounds of edits, preview, run and comparison."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.figures import progress
from bench.preview_truth.edits import Stage
from bench.preview_truth.effects import (
    ChangeLog,
    Effect,
    announced,
    announced_interruptions,
    distinct,
    possible,
    possible_interruptions,
)
from bench.soak import files
from bench.soak.simulation import BEGIN, QUOTAS, make_project
from bench.soak.virtual_clock import VirtualClock
from localaws.clock import Clock, Latency
from localaws.faults import Faults
from localaws.server import EmbeddedAws
from lunora.plan.changes import changes
from lunora.plan.preview import parse
from tests.support.legacy_system import NAMES, STREAMS, LegacySystem
from tests.support.workspace import Run, Workspace

_CONFIRM = {"LUNORA_CONFIRM_REMOVALS": "99"}
_UP = ("up", "--yes", "--skip-preview")
# A flow sends these without a channel, and `begin` has none of their schemes.
_DIRECT = ("srt://203.0.113.9:9000", "rtp://203.0.113.9:5000")


@dataclass(frozen=True, slots=True)
class Round:
    """The result of one round.

    Attributes:
        edits: the edits, in words.
        problems: the differences between plan and run; none where the plan was true.
        refused: whether the preview was refused.
    """

    edits: tuple[str, ...]
    problems: tuple[str, ...]
    refused: bool = False


def played(game: tuple[int, int, int]) -> list[Round]:
    """Play a game of seed, rounds and destinations in a folder that goes afterwards."""
    seed, rounds, destinations = game
    results = []
    with tempfile.TemporaryDirectory() as scratch:
        for result in play(seed, rounds, destinations, Path(scratch)):
            problems = "; ".join(result.problems) or "as announced"
            progress(f"seed {seed}: {', '.join(result.edits)}: {problems}")
            results.append(result)
    return results


def play(seed: int, rounds: int, destinations: int, scratch: Path) -> Iterator[Round]:
    """Yield the result of each of *rounds* on a stack with adopted and new destinations."""
    rng = files.chance(seed)
    clock = Clock(Latency.named("instant"), now=VirtualClock(BEGIN, speed=0).now)
    with EmbeddedAws(clock=clock, quotas=QUOTAS) as aws:
        workspace = make_project(scratch / "stack", aws)
        adopted = _adopt(workspace)
        stage = Stage(workspace, files.begin(destinations, rng), rng, adopted)
        for file in sorted(workspace.destinations.glob("*.yaml")):
            stage.files.documents[file.stem] = yaml.safe_load(file.read_text(encoding="utf-8"))
        for url in _DIRECT:
            stage.files.add({"platform": "custom", "route": "flow", "url": url}, rng)
        stage.make_roles()
        stage.files.write(workspace.destinations)
        workspace.set_keys(stage.files.keys)
        yield _round(stage, ("everything is new or adopted",))
        for _ in range(rounds):
            before = stage.files
            result = _round(stage, tuple(stage.draw()))
            yield result
            if result.refused:
                stage.undo(before)


def _adopt(workspace: Workspace) -> frozenset[str]:
    for file in workspace.destinations.glob("*.yaml"):
        file.unlink()
    streams = {name: old for name, old in STREAMS.items() if name != "archive"}
    LegacySystem(workspace.client, streams)
    run = workspace.lunora("adopt", "--names", NAMES)
    if run.code:
        raise RuntimeError(run.text)
    return frozenset(streams)


def _round(stage: Stage, edits: tuple[str, ...]) -> Round:
    workspace, on_air, sending = stage.workspace, stage.on_air(), stage.sending()
    origins = {**stage.known, **stage.origins}
    preview = workspace.pulumi("preview", "--json", env=_CONFIRM)
    log = workspace.aws.faults = ChangeLog(origins.values())
    run = workspace.pulumi(*_UP, env=_CONFIRM)
    workspace.aws.faults = Faults()
    if preview.code:
        return Round(edits, tuple(_despite_refusal(run, log)), refused=True)
    direct = stage.direct
    stage.ran()
    if run.code:
        errors = [line.strip() for line in run.text.splitlines() if "error" in line]
        return Round(edits, (f"the run fails: {' '.join(errors)[:2000]}",))
    plan, now_sending = changes(parse(preview.out)), stage.sending()
    redirected = {
        origin
        for origin in direct & on_air
        if log.reconnects(origin) or sending.get(origin) != now_sending.get(origin)
    }
    problems = [
        *_unequal(
            "effects",
            distinct(announced(plan, origins)),
            distinct(log.effects) - possible(plan, origins),
        ),
        *_unequal(
            "interruptions",
            announced_interruptions(plan, origins, on_air),
            (log.interruptions(on_air, sending) | (on_air - stage.on_air()) | redirected)
            - possible_interruptions(plan, origins),
        ),
    ]
    calls = {
        owner: log.calls[owner]
        for problem in problems
        for owner in log.calls
        if owner and problem.endswith(owner)
    }
    return Round(edits, (*problems, *map(str, calls.items())) if problems else ())


def _despite_refusal(run: Run, log: ChangeLog) -> Iterator[str]:
    """Yield the differences of a run from a preview that was refused."""
    if run.code == 0:
        yield "the preview was refused, but not the run"
    yield from (f"the preview was refused, but {effect}" for effect in sorted(log.effects))


def _unequal(
    what: str, announced: set[Effect] | set[str], performed: set[Effect] | set[str]
) -> Sequence[str]:
    only_announced = [f"{what}: announced only: {item}" for item in announced - performed]
    return sorted(
        [*only_announced, *(f"{what}: not announced: {i}" for i in performed - announced)]
    )
