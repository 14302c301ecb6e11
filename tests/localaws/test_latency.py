"""Latency profiles."""

from __future__ import annotations

import pytest

from localaws.clock import Clock, Latency


@pytest.mark.parametrize(
    ("profile", "minutes"), [("instant", 0), ("aws", 1.25), ("usual", 3), ("slow", 10)]
)
def test_a_channel_starts_as_fast_as_its_profile_says(profile: str, minutes: float) -> None:
    clock = Clock(Latency.named(profile), now=lambda: 0.0)
    assert clock.begin("channel.start", "RUNNING").due == minutes * 60


def test_slow_starts_change_nothing_else() -> None:
    usual, slow = (dict(Latency.named(name).seconds) for name in ("aws", "slow"))
    usual.pop("channel.start")
    slow.pop("channel.start")
    assert usual == slow
