"""Cost Explorer tells what ran on the emulator, at the prices of its own list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.billing import Bill
from localaws.clock import Clock, Latency
from localaws.server import EmbeddedAws
from lunora.cost import measured
from lunora.stack import Stack
from tests.support.medialive import channel_request, push_input, settle
from tests.support.stage import TAGS

# Of the emulator's price list: an HD input up to 20 Mbit/s, an SD output under 10 Mbit/s.
INPUT_USD, OUTPUT_USD, EGRESS_USD, IDLE_USD, IDLE_INPUT_USD = 0.11, 0.2, 0.08, 0.02, 0.03


@pytest.fixture
def ce(client: Callable[[str], Any]) -> Any:
    """A client of Cost Explorer."""
    return client("ce")


@pytest.fixture
def channel(medialive: Any) -> str:
    """An idle channel with the tags of a destination; returns its id."""
    tags = {**TAGS, "Destination": "main"}
    item = push_input(medialive)
    arn = medialive.describe_input(InputId=item)["Arn"]
    medialive.create_tags(ResourceArn=arn, Tags=tags)
    request = channel_request(item, Tags=tags)
    made = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "IDLE")
    return str(made)


def activate(ce: Any, *keys: str) -> None:
    status = [{"TagKey": key, "Status": "Active"} for key in keys]
    assert ce.update_cost_allocation_tags_status(CostAllocationTagsStatus=status)["Errors"] == []


def today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


def asked(ce: Any, days: int = 40, **more: Any) -> list[dict[str, Any]]:
    start, end = today() - dt.timedelta(days=days), today() + dt.timedelta(days=2)
    request = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost", "UsageQuantity"],
    }
    results: list[dict[str, Any]] = ce.get_cost_and_usage(**{**request, **more})["ResultsByTime"]
    return results


def total(ce: Any, metric: str = "UnblendedCost", **more: Any) -> float:
    return sum(float(period["Total"][metric]["Amount"]) for period in asked(ce, **more))


def of_operation(operation: str) -> dict[str, Any]:
    return {"Filter": {"Dimensions": {"Key": "OPERATION", "Values": [operation]}}}


def run(embedded: EmbeddedAws, medialive: Any, channel: str, seconds: float) -> None:
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    embedded.advance(seconds)
    medialive.stop_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "IDLE")


def test_hours_that_ran_and_rested_are_billed(
    embedded: EmbeddedAws, medialive: Any, channel: str, ce: Any
) -> None:
    run(embedded, medialive, channel, 5 * 3600)
    embedded.advance(3 * 3600)
    hours = {
        operation: total(ce, "UsageQuantity", **of_operation(operation))
        for operation in ("CHANNEL_INPUT", "CHANNEL_OUTPUT", "INACTIVE_CHANNEL", "INACTIVE_INPUT")
    }
    assert hours == {
        "CHANNEL_INPUT": pytest.approx(5),
        "CHANNEL_OUTPUT": pytest.approx(5),
        "INACTIVE_CHANNEL": pytest.approx(3),
        "INACTIVE_INPUT": pytest.approx(3),
    }
    assert total(ce, **of_operation("INACTIVE_CHANNEL")) == pytest.approx(3 * IDLE_USD)
    assert total(ce, **of_operation("INACTIVE_INPUT")) == pytest.approx(3 * IDLE_INPUT_USD)


@pytest.mark.parametrize("machine", ["00:01", "11:59", "12:01", "23:59"])
@pytest.mark.parametrize("emulated", ["00:01", "11:59", "12:01", "23:59"])
def test_the_days_of_a_bill_end_with_the_callers_today(
    monkeypatch: pytest.MonkeyPatch, machine: str, emulated: str
) -> None:
    seconds = dt.datetime.fromisoformat(f"2026-11-30T{machine}Z").timestamp()
    monkeypatch.setattr("localaws.clock.time.time", lambda: seconds)
    ours = dt.datetime.fromisoformat(f"2026-03-02T{emulated}Z").timestamp()
    bill = Bill(Clock(Latency.named("instant"), now=lambda: ours), dict)
    assert bill.today() == dt.date(2026, 11, 30)


@pytest.mark.parametrize(("seconds", "minutes"), [(30, 10), (601, 11), (900, 15)])
def test_a_run_is_billed_by_the_minute_and_ten_at_least(
    embedded: EmbeddedAws, medialive: Any, channel: str, ce: Any, seconds: float, minutes: int
) -> None:
    run(embedded, medialive, channel, seconds)
    embedded.advance(1)
    assert total(ce, "UsageQuantity", **of_operation("CHANNEL_INPUT")) == pytest.approx(
        minutes / 60
    )


def test_a_deleted_channel_stays_on_the_bill(
    embedded: EmbeddedAws, medialive: Any, channel: str, ce: Any
) -> None:
    run(embedded, medialive, channel, 3600)
    medialive.delete_channel(ChannelId=channel)
    embedded.advance(86400)
    assert total(ce, "UsageQuantity", **of_operation("CHANNEL_INPUT")) == pytest.approx(1)
    assert total(ce, "UsageQuantity", **of_operation("INACTIVE_CHANNEL")) < 0.1


def test_a_flow_costs_its_hours_and_the_data_of_its_enabled_outputs(
    embedded: EmbeddedAws, mediaconnect: Any, flow_arn: str, ce: Any
) -> None:
    output = {"Name": "out", "Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000}
    added = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output])["Outputs"][0]
    embedded.advance(3600)
    mediaconnect.update_flow_output(
        FlowArn=flow_arn, OutputArn=added["OutputArn"], OutputStatus="DISABLED"
    )
    embedded.advance(3600)
    assert total(ce, "UsageQuantity", **of_operation("ActiveFlow")) == pytest.approx(2)
    gigabytes = 8e6 / 8 * 3600 / 2**30
    assert total(ce, "UsageQuantity", **of_operation("DataTransfer")) == pytest.approx(gigabytes)


def test_a_tag_counts_from_its_activation(
    embedded: EmbeddedAws, medialive: Any, channel: str, ce: Any
) -> None:
    by_destination = [{"Type": "TAG", "Key": "Destination"}]
    run(embedded, medialive, channel, 3600)

    def names() -> set[str]:
        return {
            key
            for period in asked(ce, GroupBy=by_destination)
            for group in period["Groups"]
            for key in group["Keys"]
        }

    assert names() == {"Destination$"}, "no tag is on the bill before somebody activates it"
    status = {
        tag["TagKey"]: tag["Status"] for tag in ce.list_cost_allocation_tags()["CostAllocationTags"]
    }
    assert status["Destination"] == "Inactive"
    embedded.advance(2 * 86400)
    activate(ce, "Destination")
    run(embedded, medialive, channel, 3600)
    assert names() == {"Destination$", "Destination$main"}
    only = {"Filter": {"Tags": {"Key": "Destination", "Values": ["main"]}}}
    inputs = {"Dimensions": {"Key": "OPERATION", "Values": ["CHANNEL_INPUT"]}}
    both = {"Filter": {"And": [only["Filter"], inputs]}}
    assert total(ce, "UsageQuantity", **both) == pytest.approx(1)
    absent = {
        "Filter": {"And": [{"Tags": {"Key": "Destination", "MatchOptions": ["ABSENT"]}}, inputs]}
    }
    assert total(ce, "UsageQuantity", **absent) == pytest.approx(1)


def test_periods_are_days_or_months_and_groups_are_services(
    embedded: EmbeddedAws, medialive: Any, channel: str, ce: Any
) -> None:
    run(embedded, medialive, channel, 3 * 86400)
    daily = asked(ce)
    assert (
        len([period for period in daily if float(period["Total"]["UnblendedCost"]["Amount"])]) >= 3
    )
    grouped = asked(ce, Granularity="MONTHLY", GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}])
    assert {group["Keys"][0] for period in grouped for group in period["Groups"]} == {
        "AWS Elemental MediaConnect",
        "AWS Elemental MediaLive",
    }
    firsts = [period["TimePeriod"]["Start"][-2:] for period in grouped[1:]]
    assert set(firsts) == {"01"}
    usd = sum(
        float(group["Metrics"]["UnblendedCost"]["Amount"])
        for period in grouped
        for group in period["Groups"]
    )
    assert usd == pytest.approx(total(ce))


@pytest.mark.parametrize(
    "change",
    [
        {"TimePeriod": {"Start": "2026-03-02", "End": "2026-03-02"}},
        {"TimePeriod": {"Start": "yesterday", "End": "2026-03-02"}},
        {"Metrics": ["Happiness"]},
        {"GroupBy": [{"Type": "TAG", "Key": key} for key in "abc"]},
    ],
)
def test_what_makes_no_sense_is_a_validation_error(ce: Any, change: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        asked(ce, **change)


def test_the_command_reads_the_figure_of_what_ran(
    embedded: EmbeddedAws, medialive: Any, channel: str, ce: Any
) -> None:
    activate(ce, "Project", "Stack", "Destination")
    # Not across midnight or the end of a month of the machine's clock, which both sides go by.
    stack = Stack("lunora-player", "local", "us-west-2", embedded.endpoint)
    run(embedded, medialive, channel, 5 * 3600)
    now = dt.datetime.now(dt.UTC)
    billed = measured.read(stack, now).billed
    assert billed is not None
    sent = 5 * 3600 * 3e6 / 8 / 2**30
    assert billed["main"] == pytest.approx(
        5 * (INPUT_USD + OUTPUT_USD) + sent * EGRESS_USD, rel=1e-6
    )
