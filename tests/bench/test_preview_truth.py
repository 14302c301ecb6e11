"""Previews beside the calls of their runs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bench.call_log import SHARED
from bench.preview_truth import effects
from bench.preview_truth.edits import Stage
from bench.preview_truth.effects import (
    CHANGED,
    CREATED,
    REMOVED,
    ChangeLog,
    Effect,
    distinct,
    effect_kind,
)
from bench.preview_truth.rounds import play
from bench.soak.files import Files, chance
from bench.soak.recorder import PREFIX
from lunora.plan import changes


def test_a_call_counts_for_the_destination_that_it_names() -> None:
    log = ChangeLog(["show-01", "show-010"])
    log.of_call("medialive:CreateChannel", {"lunora-player-local-show-010"})
    log.of_call("medialive:DescribeChannel", {"lunora-player-local-show-01"})
    log.of_call("medialive:CreateTags", {"arn:aws:medialive:us-west-2:1:input:7", "x-show-01"})
    log.of_call("monitoring:PutDashboard", {"lunora-player-local"})
    assert log.effects == {
        Effect("show-010", "channel", CREATED),
        Effect("show-01", "push input", CHANGED),
        Effect(SHARED, "monitoring", CHANGED),
    }


def test_a_stop_of_a_channel_on_air_is_an_interruption() -> None:
    log = ChangeLog(["one", "two"])
    for name in ("one", "two"):
        log.of_call("medialive:StopChannel", {f"lunora-player-local-{name}"})
    assert log.interruptions({"one"}) == {"one"}


def test_a_change_of_what_is_created_or_removed_goes_without_saying() -> None:
    created, removed = Effect("one", "channel", CREATED), Effect("two", "channel", REMOVED)
    changed = Effect("three", "channel", CHANGED)
    started, stopped = Effect("one", "channel", CHANGED), Effect("two", "channel", CHANGED)
    assert distinct([created, removed, changed, started, stopped]) == {created, removed, changed}


@pytest.mark.parametrize("what", changes._PARTS.values())
def test_what_a_plan_names_is_what_calls_are_about(what: str) -> None:
    assert effect_kind(what) in {*effects._OF_STREAMS, *effects._SERVICES.values()}


def test_what_is_on_air_is_fed_by_a_flow() -> None:
    files = Files({name: {} for name in ("fed", "unfed", "idle")})
    files.documents |= {"sent": {"route": "flow"}, "off": {"route": "flow"}}
    states = {"fed": "RUNNING", "unfed": "RUNNING", "idle": "IDLE", "found": "RUNNING"}
    outputs = {"fed": "ENABLED", "idle": "ENABLED", "sent": "ENABLED", "off": "DISABLED"}
    channels = [{"Name": f"{PREFIX}{name}", "State": state} for name, state in states.items()]
    workspace: Any = SimpleNamespace(
        client=lambda _: SimpleNamespace(list_channels=lambda: {"Channels": channels}),
        outputs=lambda: {f"{PREFIX}{name}": status for name, status in outputs.items()},
    )
    stage = Stage(workspace, files, chance(1), frozenset({"found"}), deployed=files)
    assert stage.on_air() == {"fed", "found", "sent"}


@pytest.mark.e2e
@pytest.mark.proof
def test_runs_do_exactly_what_their_previews_announce() -> None:
    rounds = play(seed=4, rounds=2, destinations=4)
    assert len(rounds) == 3
    assert {result.cells: result.problems for result in rounds if result.problems} == {}
