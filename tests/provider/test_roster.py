from __future__ import annotations

from typing import Any

import pytest

from provider.aws import Aws
from provider.roster import Roster

TEN = [f"d{number}" for number in range(10)]


def inputs(names: list[str], **more: Any) -> dict[str, Any]:
    return {
        "project": "p",
        "stack": "s",
        "destinations": names,
        "maxRemovals": 3,
        "maxRemovalPercent": 50,
        **more,
    }


@pytest.fixture
def roster() -> Roster:
    return Roster(Aws("us-west-2"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(TEN, TEN, id="nothing removed"),
        pytest.param(TEN, TEN[:7], id="as many as allowed"),
        pytest.param(TEN[:2], TEN[:1], id="half"),
        pytest.param(TEN[:1], ["other"], id="a single one is what deleting a file means"),
        pytest.param([], TEN, id="only added"),
    ],
)
def test_removals_within_the_limits_pass(
    roster: Roster, before: list[str], after: list[str]
) -> None:
    assert roster.check("urn", inputs(before), inputs(after)).failures == ()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(
            TEN, TEN[:6], "4 of 10 destinations would be removed (d6, d7, d8, d9)", id="count"
        ),
        pytest.param(
            TEN[:3], TEN[:1], "2 of 3 destinations would be removed (d1, d2)", id="percent"
        ),
    ],
)
def test_more_removals_are_refused_with_the_way_out(
    roster: Roster, before: list[str], after: list[str], said: str
) -> None:
    (failure,) = roster.check("urn", inputs(before), inputs(after)).failures
    assert failure.property == "destinations"
    assert said in failure.reason
    assert f"LUNORA_CONFIRM_REMOVALS={len(before) - len(after)}" in failure.reason


def test_confirming_another_number_does_not_lift_the_guard(roster: Roster) -> None:
    checked = roster.check("urn", inputs(TEN), inputs(TEN[:5], confirmedRemovals=4))
    assert checked.failures


def test_the_confirmation_is_never_stored(roster: Roster) -> None:
    checked = roster.check("urn", inputs(TEN), inputs(TEN[:5], confirmedRemovals=5))
    assert checked.failures == ()
    assert "confirmedRemovals" not in checked.inputs
