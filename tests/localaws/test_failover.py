"""Automatic input failover: its times."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.medialive import failover
from localaws.resource import StateChange

LOSS = {"FailoverConditionSettings": {"InputLossSettings": {"InputLossThresholdMsec": 1500}}}
BLACK = {"FailoverConditionSettings": {"VideoBlackSettings": {"VideoBlackThresholdMsec": 5000}}}
SILENCE = {
    "FailoverConditionSettings": {
        "AudioSilenceSettings": {"AudioSelectorName": "default", "AudioSilenceThresholdMsec": 9000}
    }
}


def pair(**settings: Any) -> failover.Pair:
    given = {"SecondaryInputId": "2", **settings}
    (made,) = failover.pairs([{"InputId": "1", "AutomaticInputFailoverSettings": given}])
    return made


def history(*changes: tuple[float, str]) -> list[StateChange]:
    """Return the history of an active flow whose conditions change at these times."""
    begun = StateChange(0.0, "ACTIVE")
    return [
        begun,
        *(StateChange(time, "ACTIVE", frozenset(names.split())) for time, names in changes),
    ]


@pytest.mark.parametrize(
    ("given", "seconds", "clear"),
    [
        ({}, [3.0], 30.0),
        ({"FailoverConditions": [LOSS], "ErrorClearTimeMsec": 90_000}, [1.5], 90.0),
        ({"FailoverConditions": [LOSS, BLACK, SILENCE]}, [1.5, 5.0, 9.0], 30.0),
    ],
)
def test_a_pair_has_the_times_of_its_settings_or_of_the_user_guide(
    given: dict[str, Any], seconds: list[float], clear: float
) -> None:
    made = pair(**given)
    assert ([condition.seconds for condition in made.conditions], made.clear) == (seconds, clear)


ALL = {"FailoverConditions": [LOSS, BLACK, SILENCE]}


@pytest.mark.parametrize(
    ("settings", "conditions", "after"),
    [
        (ALL, "source-lost", 1.5),
        (ALL, "black-frames", 5.0),
        (ALL, "silent-audio", 9.0),
        (ALL, "black-frames silent-audio", 5.0),
        ({}, "source-lost", 3.0),
    ],
)
def test_the_backup_takes_over_once_a_condition_has_lasted(
    settings: dict[str, Any], conditions: str, after: float
) -> None:
    primary, secondary = [history((100.0, conditions))], [history()]
    made = pair(**settings)
    assert made.primary_is_active(primary, secondary, 100.0 + after - 0.1)
    assert not made.primary_is_active(primary, secondary, 100.0 + after)


@pytest.mark.parametrize("condition", ["black-frames", "silent-audio", "frozen-frames"])
def test_what_is_no_condition_of_the_pair_changes_nothing(condition: str) -> None:
    made = pair(FailoverConditions=[LOSS])
    assert made.primary_is_active([history((100.0, condition))], [history()], 1000.0)


def test_a_black_backup_does_not_take_over() -> None:
    made = pair(**ALL)
    black = [history((100.0, "black-frames"))]
    assert made.primary_is_active(black, black, 1000.0)


def test_the_primary_returns_once_it_had_no_condition_for_long_enough() -> None:
    primary = [history((100.0, "black-frames"), (200.0, "silent-audio"), (203.0, ""))]
    made = pair(**ALL)
    assert not made.primary_is_active(primary, [history()], 232.9)
    assert made.primary_is_active(primary, [history()], 233.0)
