"""Figures of the measured steps follow from the costs alone."""

from __future__ import annotations

import pytest

from bench.processes import Cost
from bench.speed_figures import (
    BESIDE,
    STATUS,
    TERRAFORM,
    UNCHANGED,
    Life,
    Target,
    critical_path,
    tables,
    targets,
)

Measured = dict[Life, dict[str, list[Cost]]]
OURS_20, THEIRS_20 = Life(20), Life(20, side=TERRAFORM)


def costs(*seconds: float, **peak_mb: float) -> list[Cost]:
    return [Cost(each, 2 * each, peak_mb or {"program": 150.0}) for each in seconds]


def beside(ours: float, theirs: float) -> Measured:
    return {
        OURS_20: {step: costs(ours) for step in BESIDE},
        THEIRS_20: {step: costs(theirs) for step in BESIDE},
    }


def rows(results: Measured) -> list[tuple[str, ...]]:
    _, steps = tables(results, [])
    return [tuple(row) for row in steps.rows]


@pytest.mark.parametrize(
    ("seconds", "passed"),
    [(1.5, [True, True, True]), (2.5, [True, True, False]), (3.1, [False, False, False])],
)
def test_each_step_may_take_its_share_of_terraforms_time(
    seconds: float, passed: list[bool]
) -> None:
    compared = targets(beside(seconds, 10), "instant")[:3]
    assert [target.passed for target in compared] == passed
    assert compared[0].value == f"{seconds / 10:.2f} of it"


def test_a_preview_is_judged_by_its_cpu_seconds_and_a_status_by_its_time() -> None:
    results = {
        Life(100, bulk=True): {UNCHANGED: costs(4.9)},
        Life(200, bulk=True): {STATUS: costs(5.1)},
    }
    preview, status, _ = targets(results, "instant")
    assert (preview.value, preview.passed) == ("9.8 CPU s", True)
    assert (status.value, status.passed) == ("5.1 s", False)


def test_without_terraform_nothing_is_said_of_it() -> None:
    results = {OURS_20: {"create": costs(5)}}
    assert not any("Terraform" in target.promise for target in targets(results, "instant"))


@pytest.mark.parametrize(("seconds", "passed"), [(120.0, True), (121.0, False)])
def test_growth_is_judged_by_what_each_destination_costs(seconds: float, passed: bool) -> None:  # noqa: FBT001
    results = {
        Life(20, bulk=True): {"create": costs(10)},
        Life(200, bulk=True): {"create": costs(seconds)},
    }
    growth, _ = targets(results, "instant")
    assert growth.promise.startswith("state written at the end: each of 200")
    assert growth.passed == passed


def test_memory_is_that_of_program_and_provider_together() -> None:
    results = {OURS_20: {"create": costs(1, program=250, provider=160, engine=900)}}
    (memory,) = targets(results, "instant")
    assert (memory.value, memory.passed) == ("410 MB with 20", False)


def test_what_comes_on_top_of_awss_waits_is_five_seconds() -> None:
    create, destroy = critical_path("create", "aws"), critical_path("destroy", "aws")
    results = {OURS_20: {"create": costs(create + 4.9), "destroy": costs(destroy + 5.1)}}
    assert [target.passed for target in targets(results, "aws")] == [True, False]


def test_awss_own_waits_are_left_out_of_the_comparison() -> None:
    path = critical_path("create", "aws")
    results = {OURS_20: {"create": costs(path + 6)}, THEIRS_20: {"create": costs(path + 10)}}
    compared, _ = targets(results, "aws")
    assert (compared.value, compared.passed) == ("0.60 of it", False)
    assert compared.promise.endswith(f"beyond AWS's own {path:.0f} s")


def test_adding_ten_is_compared_with_adding_one_and_a_creation_has_a_limit() -> None:
    steps = {"one added": costs(10), "ten added": costs(12.5), "one added, not started": costs(29)}
    assert [(target.value, target.passed) for target in targets({OURS_20: steps}, "aws")] == [
        ("1.25 times", False),
        ("29.0 s", True),
    ]


def test_a_step_has_the_median_and_the_spread_and_each_parts_memory() -> None:
    results = {OURS_20: {"create": costs(4, 9, 5), "destroy": costs(2, provider=30)}}
    create, destroy = rows(results)
    assert create[:5] == ("lunora", "20", "create", "5.0 (4.0 to 9.0)", "10.0 (8.0 to 18.0)")
    assert destroy[2:7] == ("destroy", "2.0", "4.0", "0", "30")


def test_sides_and_sizes_in_bulk_stand_apart() -> None:
    results = {life: {"create": costs(2)} for life in (THEIRS_20, Life(20, bulk=True))}
    assert [row[:2] for row in rows(results)] == [
        ("Terraform", "20"),
        ("lunora", "20, state at the end"),
    ]


def test_targets_say_whether_they_are_kept() -> None:
    table, _ = tables({}, [Target("half", "0.60 of it", passed=False)])
    assert table.rows == [("half", "0.60 of it", "no")]


def test_awss_waits_are_those_that_follow_each_other() -> None:
    assert critical_path("create", "instant") == 0
    started, created = (critical_path(what, "aws") for what in ("create", "create, not started"))
    assert 0 < created < started
