"""Destinations are selected by name, by tag or all, the same way by every command."""

from __future__ import annotations

import json

import pytest

from catalog.errors import LunoraError
from lunora.ops.errors import UnknownDestinationError
from lunora.ops.selection import Selection
from tests.support.stage import Stage, run

TAGS = {
    "show": {"event": "launch", "Platform": "restream"},
    "talk": {"event": "launch", "Platform": "twitch"},
    "late": {"Platform": "twitch"},
}


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(("talk", "show", "talk")), ("talk", "show")),
        (Selection(tags={"event": "launch"}), ("show", "talk")),
        (Selection(tags={"event": "launch", "Platform": "twitch"}), ("talk",)),
        (Selection(everything=True), ("late", "show", "talk")),
        (Selection(), ("late", "show", "talk")),
    ],
)
def test_a_selection_is_by_name_or_by_all_its_tags(
    selection: Selection, names: tuple[str, ...]
) -> None:
    assert selection.of(TAGS) == names


@pytest.mark.parametrize("tags", [{"event": "Launch"}, {"event": ""}, {"Event": "launch"}])
def test_a_tag_of_none_is_an_error(tags: dict[str, str]) -> None:
    with pytest.raises(LunoraError, match=r"^LUN427"):
        Selection(tags=tags).of(TAGS)


def test_everything_of_nothing_is_an_error() -> None:
    with pytest.raises(LunoraError, match=r"^LUN427"):
        Selection(everything=True).of({})


def test_one_wrong_name_selects_nothing() -> None:
    with pytest.raises(UnknownDestinationError):
        Selection(("show", "nope")).of(TAGS)


@pytest.mark.parametrize(
    "words",
    [
        ("start",),
        ("stop",),
        ("stop", "show", "--all"),
        ("status", "show", "--tag", "event=launch"),
        ("start", "--tag", "event"),
        ("start", "--tag", "=launch"),
        ("start", "--tag", "event=launch", "--tag", "event=talk"),
    ],
)
def test_a_selection_without_sense_is_refused(stage: Stage, words: tuple[str, ...]) -> None:
    stage.destination("show", runs=False)
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("LUN400: ")
    assert stage.state("show") == "IDLE"


def test_a_group_is_started_shown_and_stopped_by_its_tag(stage: Stage) -> None:
    for name in ("show", "talk", "late"):
        stage.destination(name, runs=False)
    for name in ("show", "talk"):
        stage.declare(name, "tags: {event: launch}", "state: running")
    group = ("--tag", "event=launch")
    assert run("start", *group).exit_code == 0
    assert [stage.state(name) for name in stage.ids] == ["RUNNING", "RUNNING", "IDLE"]
    shown = json.loads(run("status", *group, "--json").stdout)
    assert [status["name"] for status in shown["destinations"]] == ["show", "talk"]
    assert [line for line in run("status", "late").stdout.splitlines() if "show" in line] == []
    refused = run("stop", *group, stdin="n\n")
    assert (refused.exit_code, stage.state("show")) == (3, "RUNNING")
    assert refused.stderr.startswith("show, talk will go off air. Stop?")
    assert run("stop", "--all", "--yes").exit_code == 0
    assert {stage.state(name) for name in stage.ids} == {"IDLE"}
    # Without a file that says so, what AWS holds decides.
    (stage.folder / "destinations/late.yaml").write_text("platform: [\n")
    assert run("start", "--tag", "Destination=late").exit_code == 0
    assert [stage.state(name) for name in stage.ids] == ["IDLE", "IDLE", "RUNNING"]
