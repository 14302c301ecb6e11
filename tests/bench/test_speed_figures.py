"""Figures of the measured steps follow from the costs alone."""

from __future__ import annotations

import pytest

from bench.processes import Cost
from bench.speed_figures import (
    Results,
    beside_table,
    critical_path,
    growth_tables,
    targets_at_once,
    targets_table,
    targets_with_waits,
)
from bench.steps import OURS, TERRAFORM, Measured


def _cost(seconds: float, **peak_mb: float) -> Cost:
    return Cost(seconds, 2 * seconds, {}, peak_mb)


def _took(
    side: str, step: str, *seconds: float, size: int = 20, bulk: bool = False
) -> list[Measured]:
    return [Measured(side, size, bulk, step, _cost(each, program=150.0)) for each in seconds]


def _beside(ours: float, theirs: float) -> list[Measured]:
    return [
        measured
        for step in ("create", "preview, no change", "destroy")
        for measured in (*_took(OURS, step, ours), *_took(TERRAFORM, step, theirs))
    ]


def test_half_of_terraforms_time_is_kept_and_more_is_not() -> None:
    kept = targets_at_once(Results(_beside(5, 10)), 20, 50, 200)
    missed = targets_at_once(Results(_beside(6, 10)), 20, 50, 200)
    assert [target.passed for target in kept[:3]] == [True] * 3
    assert [target.passed for target in missed[:3]] == [False] * 3
    assert missed[0].value == "0.60 of it"


def test_without_terraform_nothing_is_said_of_it() -> None:
    results = Results(_took(OURS, "create", 5))
    assert beside_table(results) == ()
    assert not any(
        "Terraform" in target.promise for target in targets_at_once(results, 20, 50, 200)
    )


@pytest.mark.parametrize(("seconds", "passed"), [(120.0, "yes"), (121.0, "no")])
def test_growth_is_judged_by_what_each_destination_costs(seconds: float, passed: str) -> None:
    measured = _took(OURS, "create", 10, bulk=True)
    measured += _took(OURS, "create", seconds, size=200, bulk=True)
    growth = targets_table(targets_at_once(Results(measured), 20, 50, 200)).rows[0]
    assert growth[2] == passed


def test_memory_is_that_of_program_and_provider_together() -> None:
    cost = _cost(1, program=250, provider=160, engine=900)
    measured = Measured(OURS, 20, bulk=False, step="create", cost=cost)
    (memory,) = targets_at_once(Results([measured]), 20, 50, 200)
    assert (memory.value, memory.passed) == ("410 MB with 20", False)


def test_what_comes_on_top_of_awss_waits_is_a_tenth_of_them_or_three_seconds() -> None:
    create, destroy = critical_path("create", "aws"), critical_path("destroy", "aws")
    measured = _took(OURS, "create", 1.09 * create) + _took(OURS, "destroy", 1.2 * destroy)
    targets = targets_with_waits(Results(measured), 20, "aws")
    assert [target.passed for target in targets] == [True, False]


def test_awss_own_waits_are_left_out_of_the_comparison() -> None:
    path = critical_path("create", "aws")
    measured = _took(OURS, "create", path + 6) + _took(TERRAFORM, "create", path + 10)
    (beside, _) = targets_with_waits(Results(measured), 20, "aws")
    assert (beside.value, beside.passed) == ("0.60 of it", False)
    assert beside.promise.endswith(f"beyond AWS's own {path:.0f} s")


def test_adding_ten_is_compared_with_adding_one_and_a_creation_has_a_limit() -> None:
    measured = _took(OURS, "one added", 10) + _took(OURS, "ten added", 12.5)
    measured += _took(OURS, "one added, not started", 29)
    targets = targets_with_waits(Results(measured), 20, "aws")
    assert [(target.value, target.passed) for target in targets] == [
        ("1.25 times", False),
        ("29.0 s", True),
    ]


def test_tables_show_the_median_and_the_spread() -> None:
    results = Results(_took(OURS, "create", 4, 9, 5) + _took(OURS, "destroy", 2))
    seconds, cpu, memory = growth_tables(results)
    assert seconds.rows == (("create", "5.0 (4.0 to 9.0)"), ("destroy", "2.0"))
    assert cpu.rows[1] == ("destroy", "4.0")
    assert memory.rows[0] == ("program", "150")


def test_a_size_in_bulk_has_a_column_of_its_own() -> None:
    measured = _took(OURS, "create", 4) + _took(OURS, "create", 2, bulk=True)
    (seconds, *_) = growth_tables(Results(measured))
    assert seconds.columns == ("step", "20", "20, state at the end")
    assert seconds.rows == (("create", "4.0", "2.0"),)


def test_both_sides_stand_in_one_row_with_their_ratio() -> None:
    (table,) = beside_table(Results(_beside(3, 12)))
    assert table.rows[0][:5] == ("20", "create", "3.0", "12.0", "0.25")


def test_targets_say_whether_they_are_kept() -> None:
    table = targets_table(targets_at_once(Results(_beside(6, 10)), 20, 50, 200))
    assert table.rows[0] == (
        "preview, no change of 20: at most half of Terraform's time",
        "0.60 of it",
        "no",
    )


def test_awss_waits_are_those_that_follow_each_other() -> None:
    assert critical_path("create", "instant") == 0
    started, created = (critical_path(what, "aws") for what in ("create", "create, not started"))
    assert 0 < created < started
