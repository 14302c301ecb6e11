"""The matrices meet what they say they meet, and say what they find without a key."""

from __future__ import annotations

import pytest

from bench.fault_injection.crash_cases import crashes
from bench.fault_injection.fault_cases import SUBJECTS, CallSite, batches, unmet
from bench.fault_injection.workers import judged
from bench.sampling import sample
from tests.support.aws_snapshot import differences, named

CREATE = CallSite("create", "medialive:CreateChannel", 1, wide=False)
READ = CallSite("create", "ssm:GetParameter", 1, wide=False)
ADD = CallSite("create", "mediaconnect:AddFlowOutputs", 1, wide=False)
ROLE = CallSite("first up", "iam:CreateRole", 1, wide=True)


@pytest.mark.parametrize(
    ("wanted", "found", "said"),
    [
        ({"a": ("x",)}, {"a": ("x",)}, []),
        ({"a": ("x",)}, {}, ["a is missing"]),
        ({}, {"a": ("x",)}, ["a is left over"]),
        ({"a": ("x",)}, {"a": ("x", "x")}, ["a is there twice"]),
        ({"a": ("the key",)}, {"a": ("another key",)}, ["a is not as declared"]),
    ],
)
def test_what_differs_is_said_without_what_it_is_like(
    wanted: dict[str, tuple[str, ...]], found: dict[str, tuple[str, ...]], said: list[str]
) -> None:
    assert differences(wanted, found) == said


def test_each_fault_of_a_run_meets_a_destination_of_its_own() -> None:
    runs = list(batches([CREATE, READ]))
    assert max(map(len, runs)) == len(SUBJECTS)
    assert sum(map(len, runs)) == 13


def test_a_call_about_no_single_destination_takes_a_run_for_each_fault() -> None:
    assert [len(run) for run in batches([ROLE])] == [1, 1, 1]


def test_only_what_can_be_full_is_met_by_a_limit() -> None:
    limited = {one.slot for run in batches([CREATE, ADD]) for one in run if one.kind == "limit"}
    assert limited == {ADD}


def test_a_change_of_the_key_is_met_only_where_a_change_of_the_encoding_is_not() -> None:
    like = CallSite("change the encoding", "medialive:StopChannel", 1, wide=False)
    same = CallSite("change the key", "medialive:StopChannel", 1, wide=False)
    own = CallSite("change the key", "ssm:PutParameter", 1, wide=False)
    assert unmet([like, same, own]) == [like, own]


def test_each_call_is_crashed_by_everybody() -> None:
    found = [(one.victim, one.moment) for one in crashes("create", ["ssm:PutParameter"])]
    assert found == [
        ("engine", "after"),
        ("plugin", "before"),
        ("plugin", "after"),
        ("program", "after"),
        ("machine", "before"),
        ("machine", "after"),
    ]


def test_a_part_of_the_cases_is_said_to_be_one() -> None:
    assert sample([1, 2, 3], 1) == ([1, 2, 3], ())
    chosen, said = sample(range(100), 2)
    assert len({*chosen}) == 50
    assert {number % 2 for number in chosen} == {0, 1}
    assert said == ("Measured at 50 of 100, drawn by lot.",)


def test_a_case_that_cannot_be_brought_to_its_end_is_lost_and_the_next_goes_on() -> None:
    def case() -> list[str]:
        raise SystemExit("still has processes")

    broken = judged(case, lambda why: [why])
    assert broken == ["not brought to its end: SystemExit: still has processes"]


@pytest.mark.parametrize(
    ("ids", "text"),
    [({}, "of 12, 123 and 1.12"), ({"12": "<input>"}, "of <input>, 123 and 1.12")],
)
def test_ids_are_replaced_where_they_stand_alone(ids: dict[str, str], text: str) -> None:
    assert named("of 12, 123 and 1.12", ids) == text
