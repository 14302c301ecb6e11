"""The events that call the watchdog."""

from __future__ import annotations

import pytest

from catalog import events

LONG = "lunora-player-production-" + "a" * 60


@pytest.mark.parametrize("kind", [*events.watchdog_patterns(), "tick"])
def test_a_rules_name_fits(kind: str) -> None:
    assert len(events.rule_name(LONG, kind)) <= 64


def test_they_are_of_the_two_services_that_carry_streams() -> None:
    # Names of the MediaLive user guide, and of MediaConnect's reference of EventBridge.
    assert events.watchdog_patterns() == {
        "channels": {
            "source": ["aws.medialive"],
            "detail-type": ["MediaLive Channel State Change", "MediaLive Channel Alert"],
        },
        "flows": {
            "source": ["aws.mediaconnect"],
            "detail-type": [
                "MediaConnect Flow Status Change",
                "MediaConnect Source Health",
                "MediaConnect Output Health",
                "MediaConnect Flow Maintenance",
            ],
        },
    }
