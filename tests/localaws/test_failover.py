"""Automatic input failover: its times."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.medialive import failover

LOSS = {"FailoverConditionSettings": {"InputLossSettings": {"InputLossThresholdMsec": 1500}}}


@pytest.mark.parametrize(
    ("given", "loss", "clear"),
    [
        ({}, 3.0, 30.0),
        ({"FailoverConditions": [LOSS], "ErrorClearTimeMsec": 90_000}, 1.5, 90.0),
    ],
)
def test_a_pair_has_the_times_of_its_settings_or_of_the_user_guide(
    given: dict[str, Any], loss: float, clear: float
) -> None:
    settings = {"SecondaryInputId": "2", **given}
    attachment = {"InputId": "1", "AutomaticInputFailoverSettings": settings}
    (pair,) = failover.pairs([attachment])
    assert (pair.loss, pair.clear) == (loss, clear)
