"""Events of a channel are forwarded without stream keys."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from catalog import events

ARN = "arn:aws:medialive:us-west-2:123456789012:channel:1"
NAMES = sorted(events.KINDS)


@pytest.mark.parametrize("name", NAMES)
def test_only_fields_of_a_fixed_vocabulary_are_forwarded(name: str) -> None:
    transformer = events.transformer(events.KINDS[name], "one", "p", "s")
    assert set(transformer["input_paths"].values()) <= {
        "$.time",
        "$.detail.channel_arn",
        "$.detail.state",
        "$.detail.alarm_state",
        "$.detail.alert_type",
        "$.detail.pipeline",
    }
    assert "message" not in json.dumps(transformer)


@pytest.mark.parametrize("name", NAMES)
def test_a_line_uses_all_that_is_forwarded_and_nothing_else(name: str) -> None:
    transformer = events.transformer(events.KINDS[name], "one", "p", "s")
    used = set(re.findall(r"<(\w+)>", transformer["input_template"]))
    assert used == transformer["input_paths"].keys()
    assert json.loads(transformer["input_template"]).startswith("one of p s: ")


@pytest.mark.parametrize("name", NAMES)
def test_only_events_of_the_one_channel_are_forwarded(name: str) -> None:
    pattern: dict[str, Any] = events.pattern(events.KINDS[name], ARN)
    assert pattern["source"] == ["aws.medialive"]
    assert pattern["detail"]["channel_arn"] == [ARN]
    assert len(json.dumps(pattern)) <= 2048, "EventBridge's limit of a pattern"


def test_states_that_pass_are_not_told() -> None:
    (state,) = events.pattern(events.KINDS["states"], ARN)["detail"]["state"]
    assert "STARTING" in state["anything-but"]
    assert "RUNNING" not in state["anything-but"]
    assert "state" not in events.pattern(events.KINDS["alerts"], ARN)["detail"]


def test_a_pattern_asks_for_the_detail_type_of_its_kind() -> None:
    for kind in events.KINDS.values():
        pattern = events.pattern(kind, ARN)
        assert pattern["detail-type"] == [kind.detail_type]
        assert set(pattern) == {"source", "detail-type", "detail"}
