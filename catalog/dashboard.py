"""The CloudWatch dashboards of a stack: the flows on top, then one row per destination."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.alarms import MEDIACONNECT, MEDIALIVE, channel_dimensions

Widget = dict[str, Any]

# CloudWatch user guide, service quotas.
MAX_WIDGETS = 500
_WIDTH = 24
_HEIGHT = 4
_PERIOD = 60

# Title -> metrics of a flow, as (metric, statistic).
_OF_FLOW: Mapping[str, Sequence[tuple[str, str]]] = {
    "source, bit/s": [("SourceBitRate", "Average")],
    "packets lost for good": [("SourceNotRecoveredPackets", "Sum")],
}
# Title -> metrics of a channel.
_OF_CHANNEL: Mapping[str, Sequence[tuple[str, str]]] = {
    "frames in per second": [("InputVideoFrameRate", "Average")],
    "out, Mbit/s": [("NetworkOut", "Average")],
    "dropped frames": [("DroppedFrames", "Sum")],
    "alerts and outputs": [("ActiveAlerts", "Maximum"), ("ActiveOutputs", "Minimum")],
}
_OF_OUTPUT_GROUP = frozenset({"ActiveOutputs"})


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A flow on a dashboard."""

    name: str
    arn: str
    region: str


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """A destination on a dashboard.

    Attributes:
        name: of the destination.
        about: a line about it.
        region: of its channel.
        channel_id: of its channel.
        pipelines: number of its pipelines.
        output_group: name of the platform's output group of its channel.
    """

    name: str
    about: str
    region: str
    channel_id: str
    pipelines: int
    output_group: str


def pages(flows: int, destinations: int) -> int:
    """Return the number of dashboards."""
    return max(1, -(-destinations // _rows_per_page(flows)))


def bodies(
    flows: Sequence[FlowRow], destinations: Sequence[DestinationRow]
) -> tuple[dict[str, Any], ...]:
    """Return the bodies of the dashboards, which all show the flows.

    There are `pages(len(flows), len(destinations))`.
    """
    size = _rows_per_page(len(flows))
    return tuple(
        _body(flows, destinations[page * size : (page + 1) * size])
        for page in range(pages(len(flows), len(destinations)))
    )


def _rows_per_page(flows: int) -> int:
    return (MAX_WIDGETS - flows * (1 + len(_OF_FLOW))) // (1 + len(_OF_CHANNEL))


def _body(flows: Sequence[FlowRow], destinations: Sequence[DestinationRow]) -> dict[str, Any]:
    rows = [*map(_flow_row, flows), *map(_destination_row, destinations)]
    placed = itertools.chain.from_iterable(
        _placed(row, number * _HEIGHT) for number, row in enumerate(rows)
    )
    return {"periodOverride": "auto", "widgets": list(placed)}


def _flow_row(flow: FlowRow) -> list[Widget]:
    return [
        _text(f"## Flow {flow.name}\n{flow.region}"),
        *(
            _graph(
                title,
                flow.region,
                [
                    [MEDIACONNECT, metric, "FlowARN", flow.arn, {"stat": statistic}]
                    for metric, statistic in metrics
                ],
            )
            for title, metrics in _OF_FLOW.items()
        ),
    ]


def _destination_row(destination: DestinationRow) -> list[Widget]:
    return [
        _text(f"### {destination.name}\n{destination.about}"),
        *(
            _graph(title, destination.region, lines)
            for title, metrics in _OF_CHANNEL.items()
            if (lines := list(_of_pipelines(destination, metrics)))
        ),
    ]


def _of_pipelines(
    destination: DestinationRow, metrics: Sequence[tuple[str, str]]
) -> Iterator[list[Any]]:
    for (metric, statistic), pipeline in itertools.product(metrics, range(destination.pipelines)):
        if metric in _OF_OUTPUT_GROUP and not destination.output_group:
            continue
        dimensions = channel_dimensions(destination.channel_id, pipeline)
        if metric in _OF_OUTPUT_GROUP:
            dimensions["OutputGroupName"] = destination.output_group
        named = itertools.chain.from_iterable(dimensions.items())
        yield [MEDIALIVE, metric, *named, {"stat": statistic}]


def _placed(row: Sequence[Widget], y: int) -> Iterator[Widget]:
    width = _WIDTH // len(row)
    for number, widget in enumerate(row):
        yield {"x": number * width, "y": y, "width": width, "height": _HEIGHT, **widget}


def _text(markdown: str) -> Widget:
    return {"type": "text", "properties": {"markdown": markdown}}


def _graph(title: str, region: str, metrics: list[list[Any]]) -> Widget:
    properties = {
        "title": title,
        "region": region,
        "view": "timeSeries",
        "period": _PERIOD,
        "yAxis": {"left": {"min": 0}},
        "metrics": metrics,
    }
    return {"type": "metric", "properties": properties}
