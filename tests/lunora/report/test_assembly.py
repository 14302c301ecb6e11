"""From datapoints to what they show, and from a report to what people and programs read."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from catalog.flow_source import FlowFacts, FlowSource
from catalog.model import DestinationSpec
from catalog.prices import prices
from catalog.pricing import Pricing
from lunora.ops import json_document
from lunora.ops.audit import calls_of_channels
from lunora.ops.cloudwatch import Series
from lunora.ops.report_readings import Readings
from lunora.render import report as render
from lunora.report import assembly
from lunora.report.evidence import Samples
from lunora.report.intervals import Interval
from lunora.report.record import DestinationRecord
from lunora.report.report import Report, assumptions, cost_of, periods
from tests.support.report import MINUTE, after_noon, line, minutes, window

SPEC = DestinationSpec.model_validate({"name": "show", "platform": "restream", "preset": "1080p30"})
PRICING = Pricing(
    {"main": FlowFacts("us-west-2", FlowSource())}, {"us-west-2": prices("us-west-2")}
)
BAD = "<script>alert(1)</script>\x1b[31m"


def series(**metrics: dict[int, float]) -> Series:
    points = {
        name: tuple((after_noon(minute), value) for minute, value in values.items())
        for name, values in metrics.items()
    }
    return Series(after_noon(0), points)


def faults(samples: Samples) -> list[tuple[float, str]]:
    return [((point.time - after_noon(0)) / MINUTE, point.fault) for point in samples.points]


def test_a_channel_is_on_air_while_video_goes_in_and_comes_out() -> None:
    metrics = series(frames_in={0: 30, 1: 0, 2: 30, 3: 30}, active_outputs={0: 1, 1: 1, 2: 0})
    assert faults(assembly.of_channel(metrics)) == [
        (0, ""),
        (1, assembly.NO_VIDEO),
        (2, assembly.NO_OUTPUT),
    ]


def test_a_flow_output_is_on_air_while_its_source_arrives_and_it_is_taken() -> None:
    metrics = series(bits_in={0: 5e6, 1: 0, 2: 5e6, 3: 5e6}, connected={0: 1, 1: 1, 2: 0})
    assert faults(assembly.of_output(metrics, connects=True)) == [
        (0, ""),
        (1, assembly.NO_SOURCE),
        (2, assembly.NOBODY),
    ]
    assert len(faults(assembly.of_output(metrics, connects=False))) == 4


def readings(*lines: dict[str, Any]) -> Readings:
    return Readings({}, {}, {}, lines, ())


def assembled(
    spec: DestinationSpec | None, readings: Readings, time: Interval
) -> DestinationRecord:
    """Return what is known about `show`."""
    specs = {} if spec is None else {"show": spec}
    (destination,) = assembly.records(["show"], specs, readings, time, {})
    return destination


def test_a_destination_that_is_gone_is_told_by_the_history() -> None:
    lines = (
        line(0, "declaration", declared={"state": "running"}),
        line(0, "state", **{"from": "", "to": "RUNNING"}),
        line(30, "state", **{"from": "RUNNING", "to": ""}),
        line(30, "declaration", declared=None),
    )
    destination = assembled(None, readings(*lines), window(60))
    assert minutes(destination.declared.exists) == [(0, 30)]
    assert minutes(destination.timeline.on_air) == [(0, 30)]
    assert assembly.names(readings(*lines), [SPEC]) == {"show"}


def made(by: Any = None, time: Interval | None = None, **billed: float) -> Report:
    time = time or window(60)
    destination = assembled(
        SPEC,
        readings(
            line(0, "state", **{"from": "", "to": "RUNNING"}),
            line(30, "state", **{"from": "RUNNING", "to": "IDLE", "cause": BAD}),
            line(45, "state", **{"from": "IDLE", "to": ""}),
        ),
        time,
    )
    cost = cost_of({"show": SPEC}, PRICING, {time.begin.date(): billed} if billed else None)
    listed = periods([destination], time, by, cost)
    return Report("lunora-player", "prod", time, by, listed, {"show": destination}, (BAD,))


def test_a_report_prices_what_was_declared_and_what_ran() -> None:
    (period,) = made(show=1.5).periods
    cost = period.destinations["show"].cost
    assert cost.declared is not None
    assert cost.used is not None
    assert 0 < cost.used < cost.declared
    assert (cost.actual, made().periods[0].destinations["show"].cost.actual) == (1.5, None)
    # Nothing was billed for it although others were.
    assert made(other=1.5).periods[0].destinations["show"].cost.actual == 0


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_text_of_others_stays_text(form: str) -> None:
    text = getattr(render, form)(made())
    assert "<script" not in text
    assert "\x1b" not in text
    assert "alert(1)" in text


def test_the_document_has_one_form() -> None:
    document = json.loads(json_document.dumps(made()))
    assert list(document) == ["project", "stack", "from", "until", "by", "periods", "notes"]
    (period,) = document["periods"]
    (show,) = period["destinations"]
    assert show["interruptions"][0]["until"] is None or show["interruptions"][0]["seconds"] > 0
    assert show["cost"]["actual_usd"] is None


def test_assumptions_are_said() -> None:
    unknown = assembled(SPEC, readings(), window(60))
    by_file, gaps = assumptions([unknown], window(60))
    assert ("file" in by_file, "gaps" in gaps) == (True, True)
    assert len(list(assumptions([made().records["show"]], window(60)))) == 1


def test_calls_of_all_channels_are_read_page_by_page_without_refused_ones() -> None:
    client = boto3.client(
        "cloudtrail",
        region_name="us-west-2",
        aws_access_key_id="made-up",
        aws_secret_access_key="made-up",  # noqa: S106 - nobody is asked
    )

    def event(name: str, minute: int, **record: Any) -> dict[str, Any]:
        content = {"requestParameters": {"channelId": "7"}, **record}
        return {
            "EventName": name,
            "EventTime": after_noon(minute),
            "Username": "ada",
            "CloudTrailEvent": json.dumps(content),
        }

    answers: list[list[dict[str, Any]]] = [
        [],
        [event("StartChannel", 9)],
        [event("StartChannel", 1), event("StartChannel", 5, errorCode="AccessDenied")],
        [event("StopChannel", 4)],
    ]
    with Stubber(client) as stub:
        for number, events in enumerate(answers):
            more = {"NextToken": "next"} if number == 1 else {}
            stub.add_response("lookup_events", {"Events": events, **more})
        calls = calls_of_channels(client, after_noon(0), after_noon(60))
    assert [(call.what, (call.at - after_noon(0)) / MINUTE) for call in calls["7"]] == [
        ("StartChannel", 1),
        ("StopChannel", 4),
        ("StartChannel", 9),
    ]


def test_a_billed_month_is_of_its_period() -> None:
    begin, end = dt.datetime(2026, 1, 31, tzinfo=dt.UTC), dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    time = Interval(begin, end)
    destination = assembled(SPEC, readings(), time)
    billed = {dt.date(2026, 1, 31): {"show": 1.0}, dt.date(2026, 2, 1): {"show": 2.0}}
    cost = cost_of({}, PRICING, billed)
    by_month = periods([destination], time, "month", cost)
    assert [part.destinations["show"].cost.actual for part in by_month] == [1, 2]
    assert periods([destination], time, None, cost)[0].destinations["show"].cost.actual == 3
