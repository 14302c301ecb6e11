"""Read bitrates of sources and the bill of this month so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog.forecast import Month
from lunora.ops.flows import flow
from lunora.stack import FlowRef, Stack

BILLING_REGION = "us-east-1"
"""Where Cost Explorer is, whichever regions are billed."""

_WINDOW = dt.timedelta(days=7)
_PERIOD = 3600


@dataclass(frozen=True, slots=True)
class SourceBitrate:
    """The bitrate of a flow's source over the last week, in Mb/s.

    Attributes:
        average: for the data that is billed.
        highest: for the class of input that it needs.
    """

    average: float
    highest: float


@dataclass(frozen=True, slots=True)
class Readings:
    """The readings of AWS.

    Attributes:
        bitrates: of the flows that sent in the last week, by their key.
        billed: US dollars of this month so far, by the tag Destination; None without an answer.
        failures: why something could not be read, a sentence each.
    """

    bitrates: dict[str, SourceBitrate]
    billed: dict[str, float] | None
    failures: tuple[str, ...]


def read(stack: Stack, now: dt.datetime) -> Readings:
    """Return what AWS measured and billed of *stack*; a refusal does not lose the rest."""
    bitrates: dict[str, SourceBitrate] = {}
    failures: list[str] = []
    for ref in stack.flows:
        try:
            bitrate = _bitrate(stack, ref, now)
        except (ClientError, BotoCoreError) as error:
            failures.append(f"the bitrate of flow {ref.key} was not read: {error}")
        else:
            bitrates |= {} if bitrate is None else {ref.key: bitrate}
    billed: dict[str, float] | None = None
    try:
        month = billed_by_month(stack, Month.of(now).start.date(), now.date())
        billed = {name: usd for by_name in month.values() for name, usd in by_name.items()}
    except (ClientError, BotoCoreError) as error:
        failures.append(f"the bill was not read: {error}")
    return Readings(bitrates, billed, tuple(failures))


def _bitrate(stack: Stack, ref: FlowRef, now: dt.datetime) -> SourceBitrate | None:
    clients = stack.aws(ref.region)
    arn = flow(clients.mediaconnect, ref).arn
    if arn is None:
        return None
    answer = clients.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": statistic.lower(),
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/MediaConnect",
                        "MetricName": "SourceBitRate",
                        "Dimensions": [{"Name": "FlowARN", "Value": arn}],
                    },
                    "Period": _PERIOD,
                    "Stat": statistic,
                },
            }
            for statistic in ("Average", "Maximum")
        ],
        StartTime=now - _WINDOW,
        EndTime=now,
    )
    values = {result["Id"]: result["Values"] for result in answer["MetricDataResults"]}
    # An hour without a source counts as nothing that is sent, and says nothing of the rate.
    sent = [value for value in values.get("average", []) if value > 0]
    if not sent:
        return None
    return SourceBitrate(sum(sent) / len(sent) / 1e6, max(values["maximum"]) / 1e6)


def billed_by_month(stack: Stack, first: dt.date, last: dt.date) -> dict[dt.date, dict[str, float]]:
    """Return the cost from the day *first* to *last*, unblended and before credits.

    Returns:
        US dollars by the first day of each month, or of its part, then by the tag Destination;
        what has no such tag is of no name.

    Raises:
        ClientError, BotoCoreError: when Cost Explorer refuses or does not answer.
    """
    following = last + dt.timedelta(days=1)
    ours = [
        {"Tags": {"Key": key, "Values": [value]}}
        for key, value in stack.tags.items()
        if key in {"Project", "Stack"}
    ]
    request: dict[str, Any] = {
        "TimePeriod": {"Start": first.isoformat(), "End": following.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "Filter": {"And": ours},
        "GroupBy": [{"Type": "TAG", "Key": "Destination"}],
    }
    client = stack.aws(BILLING_REGION).client("ce")
    billed: dict[dt.date, dict[str, float]] = {}
    for day, group in _groups(client, request):
        # Cost Explorer names a group `Destination$name`; without a name it is of no destination.
        name, by_name = group["Keys"][0].partition("$")[2], billed.setdefault(day, {})
        by_name[name] = by_name.get(name, 0.0) + float(group["Metrics"]["UnblendedCost"]["Amount"])
    return billed


def _groups(client: Any, request: dict[str, Any]) -> Iterator[tuple[dt.date, dict[str, Any]]]:
    token: dict[str, str] = {}
    while True:
        answer = client.get_cost_and_usage(**request, **token)
        for period in answer["ResultsByTime"]:
            day = dt.date.fromisoformat(period["TimePeriod"]["Start"])
            yield from ((day, group) for group in period["Groups"])
        if "NextPageToken" not in answer:
            return
        token = {"NextPageToken": answer["NextPageToken"]}
