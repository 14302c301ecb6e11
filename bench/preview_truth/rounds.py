"""Rounds of edits, preview, run and comparison."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from bench.figures import Check
from bench.preview_truth.edits import Stage
from bench.preview_truth.effects import ChangeLog, announced, announced_interruptions, distinct
from bench.soak import files
from bench.soak.month import BEGIN, QUOTAS, make_project
from bench.soak.virtual_clock import VirtualClock
from components.guards import CONFIRM_REMOVALS
from localaws.clock import Clock, Latency
from localaws.faults import Faults
from localaws.server import EmbeddedAws
from lunora.plan.changes import changes
from lunora.plan.missing import warnings
from lunora.plan.preview import parse
from lunora.stack import Stack
from tests.support.legacy_system import NAMES, STREAMS, LegacySystem
from tests.support.workspace import STACK, Run, Workspace

_UP = ("up", "--yes", "--skip-preview")


REFUSED, NAMED = "the preview was refused", "the plan named `pulumi up --refresh`"
FAILED = "the run failed, and the game ended"


def play(seed: int, rounds: int, destinations: int) -> list[Check]:
    """Return the result of each of *rounds* on a stack with adopted and new destinations.

    A run that fails is the last one: nobody knows what of its edits there is.
    """
    rng = files.chance(seed)
    clock = Clock(Latency.named("instant"), now=VirtualClock(BEGIN, speed=0).now)
    with tempfile.TemporaryDirectory() as scratch, EmbeddedAws(clock=clock, quotas=QUOTAS) as aws:
        workspace = make_project(Path(scratch) / "stack", aws)
        adopted = _adopt(workspace)
        stage = Stage(workspace, files.begin(destinations, rng), rng, adopted)
        for file in sorted(workspace.destinations.glob("*.yaml")):
            stage.files.documents[file.stem] = yaml.safe_load(file.read_text(encoding="utf-8"))
        stage.make_roles()
        stage.files.write(workspace.destinations)
        workspace.set_keys(stage.files.keys)
        checks = [_round(stage, ["everything is new or adopted"])]
        for _ in range(rounds):
            before = stage.files
            checks.append(_round(stage, stage.draw()))
            if checks[-1].outcome == REFUSED:
                stage.undo(before)
            elif checks[-1].outcome == FAILED:
                break
    return checks


def _adopt(workspace: Workspace) -> frozenset[str]:
    for file in workspace.destinations.glob("*.yaml"):
        file.unlink()
    streams = {name: old for name, old in STREAMS.items() if name != "archive"}
    LegacySystem(workspace.client, streams)
    run = workspace.lunora("adopt", "--names", NAMES)
    if run.code:
        raise RuntimeError(run.text)
    return frozenset(streams)


def _round(stage: Stage, edits: Sequence[str]) -> Check:
    cells = (str(len(edits)), ", ".join(edits))
    workspace, on_air, sending = stage.workspace, stage.on_air(), stage.sending()
    direct = on_air - stage.channel_states.keys()
    origins = {**stage.deployed.origins, **stage.origins}
    confirmed = {CONFIRM_REMOVALS: str(len(stage.removed))}
    preview = workspace.pulumi("preview", "--json", env=confirmed)
    stack = Stack.read(workspace.folder, STACK)
    deleted = [] if preview.code else [*warnings(parse(preview.out), stack)]
    log = workspace.aws.faults = ChangeLog(origins.values())
    run = workspace.pulumi(*_UP, env=confirmed)
    workspace.aws.faults = Faults()
    if preview.code:
        return Check(cells, [*_despite_refusal(run, log)], REFUSED)
    stage.deployed = stage.files
    if run.code and deleted:
        run = workspace.pulumi(*_UP, "--refresh", env=confirmed)
        if not run.code:
            return Check(cells, [], NAMED)
    if run.code:
        return Check(cells, [f"the run fails: {run.first_error}"], FAILED)
    plan, now_sending = changes(parse(preview.out)), stage.sending()
    redirected = {
        name
        for name in direct
        if log.reconnects(name) or sending.get(name) != now_sending.get(name)
    }
    by_hours = {
        origins[change.name]
        for change in plan.interrupted
        if change.impact and change.impact.by_hours
    }
    problems = [
        *_unequal(
            "effects",
            distinct(announced(plan, origins)),
            distinct(log.effects) - announced(plan, origins, quiet=True),
        ),
        *_unequal(
            "interruptions",
            announced_interruptions(plan, origins, on_air) - by_hours,
            (log.interruptions(on_air) | (on_air - stage.on_air()) | redirected) - by_hours,
        ),
    ]
    return Check(cells, problems)


def _despite_refusal(run: Run, log: ChangeLog) -> Iterator[str]:
    """Yield the differences of a run from a preview that was refused."""
    if run.code == 0:
        yield "the preview was refused, but not the run"
    yield from (f"the preview was refused, but {effect}" for effect in sorted(log.effects))


def _unequal(what: str, announced: Collection[object], performed: set[Any]) -> list[str]:
    return sorted(
        f"{what}: {'announced only' if item in announced else 'not announced'}: {item}"
        for item in performed.symmetric_difference(announced)
    )
