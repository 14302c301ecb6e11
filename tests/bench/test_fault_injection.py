"""The matrices meet what they say they meet, and say what they find without a key."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.call_log import SHARED, CallLog
from bench.crashes import crashes, processes_of
from bench.fault_injection import matrix
from bench.faults import SUBJECTS, FaultCase, batches
from bench.figures import Check, sample
from tests.support.aws_snapshot import differences, named
from tests.support.workspace import environment

CREATE, READ, ADD = "medialive:CreateChannel", "ssm:GetParameter", "mediaconnect:AddFlowOutputs"
FIRST = SUBJECTS[0]


def cases(**operations: tuple[str, ...]) -> list[FaultCase]:
    """Return the cases of runs that make each of *operations* once, about the first subject."""
    calls = {
        scenario.replace("_", " "): Counter((operation, FIRST) for operation in listed)
        for scenario, listed in operations.items()
    }
    return [case for batch in batches(calls) for case in batch]


@pytest.mark.parametrize(
    ("desired", "actual", "problems"),
    [
        ({"a": ("x",)}, {"a": ("x",)}, []),
        ({"a": ("x",)}, {}, ["a is missing"]),
        ({}, {"a": ("x",)}, ["a is left over"]),
        ({"a": ("x",)}, {"a": ("x", "x")}, ["a is there twice"]),
        ({"a": ("the key",)}, {"a": ("another key",)}, ["a is not as declared: its text"]),
    ],
)
def test_what_differs_is_said_without_what_it_is_like(
    desired: dict[str, tuple[str, ...]],
    actual: dict[str, tuple[str, ...]],
    problems: list[str],
) -> None:
    assert differences(desired, actual) == problems


def test_each_fault_of_a_run_meets_a_destination_of_its_own() -> None:
    runs = list(batches({"create": Counter([(CREATE, FIRST), (READ, FIRST), (ADD, "met-1")])}))
    assert max(map(len, runs)) == len(SUBJECTS)
    assert sum(map(len, runs)) == 13


def test_a_call_about_no_single_destination_takes_a_run_for_each_fault() -> None:
    calls = Counter([("iam:CreateRole", SHARED), (CREATE, FIRST)])
    assert [len(run) for run in batches({"first up": calls})] == [1, 1, 1]


def test_only_what_can_be_full_is_met_by_a_limit() -> None:
    limited = {case.operation for case in cases(create=(CREATE, ADD)) if case.kind == "limit"}
    assert limited == {ADD}


def test_a_change_of_the_key_is_met_only_where_a_change_of_the_encoding_is_not() -> None:
    stop, put = "medialive:StopChannel", "ssm:PutParameter"
    met = cases(change_the_encoding=(stop,), change_the_key=(stop, put))
    assert {(case.scenario, case.operation) for case in met} == {
        ("change the encoding", stop),
        ("change the key", put),
    }


def test_a_call_that_is_asked_until_something_happened_is_met_at_its_last_too() -> None:
    calls = Counter({("medialive:DescribeChannel", FIRST): 3, (CREATE, FIRST): 2})
    met = [case for batch in batches({"create": calls}) for case in batch]
    assert {(case.operation, case.nth) for case in met} == {
        ("medialive:DescribeChannel", 1),
        ("medialive:DescribeChannel", 3),
        (CREATE, 1),
    }


def test_each_call_is_crashed_by_everybody() -> None:
    calls = Counter([("ssm:PutParameter", "show"), (READ, "show"), ("iam:CreateRole", SHARED)])
    planned = [crash for (crash,) in crashes({"create": calls})]
    assert {crash.operation for crash in planned} == {"ssm:PutParameter"}
    assert [(crash.victim, crash.moment) for crash in planned] == [
        ("engine", "after"),
        ("plugin", "before"),
        ("plugin", "after"),
        ("program", "after"),
        ("machine", "before"),
        ("machine", "after"),
    ]


def test_the_victims_are_processes_of_the_run_in_the_folder(tmp_path: Path) -> None:
    sleeping = "import time; print(flush=True); time.sleep(60)"
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", sleeping, "provider", "127.0.0.1:1"],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
    ) as plugin:
        assert plugin.stdout is not None
        plugin.stdout.readline()
        victims = [process.pid for process in processes_of(tmp_path, ["engine", "plugin"])]
        others = [*processes_of(tmp_path, ["engine", "program"]), *processes_of(Path(), ["plugin"])]
        plugin.kill()
    assert victims == [plugin.pid]
    assert others == []


def test_a_part_of_the_cases_is_said_to_be_one() -> None:
    assert sample([1, 2, 3], 1) == ([1, 2, 3], "")
    chosen, note = sample(range(100), 2)
    assert len({*chosen}) == 50
    assert {number % 2 for number in chosen} == {0, 1}
    assert note == "Measured at 50 of 100, drawn by lot."


def test_a_case_that_cannot_be_brought_to_its_end_is_lost_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matrix, "_OWN", [None])

    def judge(*_: object) -> list[Check]:
        raise SystemExit("still has processes")

    case = FaultCase("create", CREATE, 1, "one call", "error")
    (broken,) = matrix.ended(judge, [case], {})
    assert broken.cells == ("create", CREATE, "error", "one call")
    assert broken.problems == ["not brought to its end: SystemExit: still has processes"]


def test_a_call_about_several_destinations_or_none_belongs_to_all() -> None:
    log = CallLog(["met-1", "met-10"])
    log.of_call(ADD, {"lunora-met-1", "lunora-met-10_1"})
    log.of_call(ADD, {"lunora-met-10", "lunora-met-10_1"})
    assert log.calls == {(ADD, SHARED): 1, (ADD, "met-10"): 1}


@pytest.mark.parametrize(
    ("ids", "text"),
    [({}, "of 12, 123 and 1.12"), ({"12": "<input>"}, "of <input>, 123 and 1.12")],
)
def test_ids_are_replaced_where_they_stand_alone(ids: dict[str, str], text: str) -> None:
    assert named("of 12, 123 and 1.12", ids) == text
