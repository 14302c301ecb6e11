"""Bitrates and the bill are read as AWS answers; a refusal does not lose the rest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lunora.cost import measured
from lunora.ops.flows import Flow
from lunora.stack import FlowRef, Stack

NOW = dt.datetime(2026, 11, 10, 12, tzinfo=dt.UTC)
ARN = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:router"
STACK = Stack("lunora-player", "prod", "us-west-2", flows=(FlowRef("main", "us-west-2", arn=ARN),))


class Clients:
    """Clients of AWS whose answers a test gives."""

    mediaconnect = None

    def __init__(self) -> None:
        self.clients = {
            name: boto3.client(
                name,
                region_name="us-east-1",
                aws_access_key_id="a",
                aws_secret_access_key="b",  # noqa: S106 - no secret
            )
            for name in ("cloudwatch", "ce")
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}

    def client(self, name: str) -> Any:
        return self.clients[name]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    clients = Clients()
    monkeypatch.setattr(Stack, "aws", lambda *_: clients)
    monkeypatch.setattr(measured, "flow", lambda _, ref: Flow(ref.key, "router", ref.region, ARN))
    for stub in clients.stubs.values():
        stub.activate()
    yield clients
    for stub in clients.stubs.values():
        stub.assert_no_pending_responses()


def rates(average: list[float], highest: list[float]) -> dict[str, Any]:
    times = [NOW] * len(average)
    return {
        "MetricDataResults": [
            {"Id": "average", "Timestamps": times, "Values": average},
            {"Id": "maximum", "Timestamps": times, "Values": highest},
        ]
    }


def bill(*groups: tuple[str, str], **more: str) -> dict[str, Any]:
    named = [
        {"Keys": [key], "Metrics": {"UnblendedCost": {"Amount": usd, "Unit": "USD"}}}
        for key, usd in groups
    ]
    period = {"Start": "2026-11-01", "End": "2026-11-11"}
    return {"ResultsByTime": [{"TimePeriod": period, "Groups": named}], **more}


REQUEST = {
    "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-11"},
    "Granularity": "MONTHLY",
    "Metrics": ["UnblendedCost"],
    "Filter": {
        "And": [
            {"Tags": {"Key": "Project", "Values": ["lunora-player"]}},
            {"Tags": {"Key": "Stack", "Values": ["prod"]}},
        ]
    },
    "GroupBy": [{"Type": "TAG", "Key": "Destination"}],
}


def test_bitrates_and_the_bill_are_read(aws: Clients) -> None:
    aws.stubs["cloudwatch"].add_response("get_metric_data", rates([6e6, 0, 8e6], [7e6, 0, 9.5e6]))
    ce = aws.stubs["ce"]
    ce.add_response(
        "get_cost_and_usage", bill(("Destination$one", "1.5"), NextPageToken="n"), REQUEST
    )
    second = REQUEST | {"NextPageToken": "n"}
    ce.add_response("get_cost_and_usage", bill(("Destination$", "0.25")), second)
    readings = measured.read(STACK, NOW)
    assert readings.bitrates == {"main": measured.SourceBitrate(average=7.0, highest=9.5)}
    assert readings.billed == {"one": 1.5, "": 0.25}
    assert readings.failures == ()


def test_a_flow_that_sent_nothing_was_not_measured(aws: Clients) -> None:
    aws.stubs["cloudwatch"].add_response("get_metric_data", rates([0.0], [0.0]))
    aws.stubs["ce"].add_response("get_cost_and_usage", bill())
    readings = measured.read(STACK, NOW)
    assert (readings.bitrates, readings.billed) == ({}, {})


def test_a_refusal_does_not_lose_the_rest(aws: Clients) -> None:
    aws.stubs["cloudwatch"].add_client_error("get_metric_data", "AccessDenied", "no metrics")
    aws.stubs["ce"].add_response("get_cost_and_usage", bill(("Destination$one", "2")))
    readings = measured.read(STACK, NOW)
    assert readings.billed == {"one": 2.0}
    (failure,) = readings.failures
    assert failure.startswith("the bitrate of flow main was not read: ")


def test_a_bill_that_is_refused_is_not_zero(aws: Clients) -> None:
    aws.stubs["cloudwatch"].add_response("get_metric_data", rates([6e6], [7e6]))
    aws.stubs["ce"].add_client_error("get_cost_and_usage", "AccessDeniedException", "no bill")
    readings = measured.read(STACK, NOW)
    assert readings.billed is None
    assert readings.bitrates.keys() == {"main"}
    assert readings.failures[0].startswith("the bill was not read: ")
