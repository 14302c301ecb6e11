"""Callers of AWS, from requests and answers of CloudTrail's own model."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import boto3
from botocore.stub import Stubber

from lunora.ops.audit import WINDOW, Change, in_cloudtrail

NOW = dt.datetime(2026, 1, 9, tzinfo=dt.UTC)
CALLS = ("CreateChannel", "UpdateChannel", "StartChannel", "StopChannel")


def event(name: str, day: int, record: dict[str, Any], **more: str) -> dict[str, Any]:
    """Return one event of an answer."""
    time = dt.datetime(2026, 1, day, tzinfo=dt.UTC)
    return {"EventName": name, "EventTime": time, "CloudTrailEvent": json.dumps(record), **more}


def asked(*answers: list[dict[str, Any]], fails: str = "") -> tuple[Change, ...] | None:
    """Ask for the channel 7 a CloudTrail that takes and gives only what its model allows."""
    client = boto3.client(
        "cloudtrail",
        region_name="us-west-2",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",  # noqa: S106 - nobody is asked
    )
    with Stubber(client) as stub:
        for name, events in zip(CALLS, answers, strict=False):
            request = {
                "LookupAttributes": [{"AttributeKey": "EventName", "AttributeValue": name}],
                "StartTime": NOW - WINDOW,
                "EndTime": NOW,
            }
            stub.add_response("lookup_events", {"Events": events}, request)
        if fails:
            stub.add_client_error("lookup_events", fails)
        changes = in_cloudtrail(client, "7", NOW)
        stub.assert_no_pending_responses()
    return changes


def test_each_call_is_asked_for_and_the_newest_comes_first() -> None:
    made = event(
        "CreateChannel",
        3,
        {"requestParameters": None, "responseElements": {"channel": {"id": "7"}}},
        Username="ada",
    )
    stopped = event("StopChannel", 5, {"requestParameters": {"channelId": "7"}}, Username="bob")
    events = asked([made], [], [], [stopped])
    assert events is not None
    assert [(event.who, event.what, event.at.day) for event in events] == [
        ("bob", "StopChannel", 5),
        ("ada", "CreateChannel", 3),
    ]


def test_calls_for_other_channels_are_left_out() -> None:
    other = event("StartChannel", 4, {"requestParameters": {"channelId": "8"}}, Username="ada")
    refused = event("CreateChannel", 4, {"requestParameters": None, "responseElements": None})
    assert asked([refused], [], [other], []) == ()


def test_a_caller_without_a_name_is_shown_as_unknown() -> None:
    events = asked(
        [], [], [event("StartChannel", 4, {"requestParameters": {"channelId": "7"}})], []
    )
    assert events is not None
    assert [event.who for event in events] == ["?"]


def test_a_refusal_is_no_answer() -> None:
    assert asked([], fails="AccessDeniedException") is None
