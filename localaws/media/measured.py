"""The metrics that CloudWatch shows, from what the media plane measures."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

from localaws.media.metrics import FlowGauges, Gauges, PipelineGauges
from localaws.metrics import Measure, Series

_MEGA = 1_000_000


def measured(invented: Iterable[Series], gauges: Gauges) -> Iterator[Series]:
    """Yield the series that would be *invented*, with what was measured instead.

    What is not measured is left out; alerts are as real as what raises them, so their number
    stays.
    """
    for series in invented:
        if series.name == "ActiveAlerts":
            yield series
        elif (measure := _measures(series.dimensions, gauges).get(series.name)) is not None:
            yield dataclasses.replace(series, measure=measure)


def _measures(dimensions: Mapping[str, str], gauges: Gauges) -> Mapping[str, Measure]:
    if "FlowARN" in dimensions:
        return _of_flow(gauges.flows[dimensions["FlowARN"]])
    pipeline = gauges.pipelines[dimensions["ChannelId"], dimensions["Pipeline"]]
    return _of_pipeline(pipeline, dimensions.get("OutputGroupName", ""))


def _of_flow(flow: FlowGauges) -> Mapping[str, Measure]:
    def loss_percent(_: object, at: float, seconds: float) -> float:
        lost, arrived = flow.dropped.counted(at, seconds), flow.packets.counted(at, seconds)
        return 100 * lost / (lost + arrived) if lost else 0.0

    return {
        "SourceBitRate": lambda _, at, span: 8 * flow.received_bytes.counted(at, span) / span,
        "SourceConnected": lambda _, at, span: float(flow.received_bytes.busy(at, span) > 0),
        "SourceTotalPackets": lambda _, at, span: flow.packets.counted(at, span),
        "SourceRecoveredPackets": lambda _, at, span: flow.recovered.counted(at, span),
        "SourceDroppedPackets": lambda _, at, span: flow.dropped.counted(at, span),
        "SourceNotRecoveredPackets": lambda _, at, span: flow.dropped.counted(at, span),
        "SourcePacketLossPercent": loss_percent,
        "SourceRoundTripTime": lambda _, __, ___: flow.round_trip_ms,
    }


def _of_pipeline(pipeline: PipelineGauges, group: str) -> Mapping[str, Measure]:
    def lacking(_: object, at: float, seconds: float) -> float:
        return seconds - pipeline.pictures.busy(at, seconds)

    def sent_bits(_: object, at: float, seconds: float) -> float:
        outputs = pipeline.outputs.values()
        return sum(8 * one.sent_bytes.counted(at, seconds) for one in outputs) / seconds

    def dropped(_: object, at: float, seconds: float) -> float:
        return sum(one.dropped.counted(at, seconds) for one in pipeline.outputs.values())

    def sends(_: object, at: float, seconds: float) -> float:
        output = pipeline.outputs.get(group)
        return float(output is not None and output.sent_bytes.busy(at, seconds) > 0)

    return {
        "ActiveOutputs": sends,
        "DroppedFrames": dropped,
        "FillMsec": lambda *when: 1000 * lacking(*when),
        "InputLossSeconds": lacking,
        "InputVideoFrameRate": lambda _, at, span: pipeline.pictures.counted(at, span) / span,
        "NetworkIn": lambda _, at, span: (
            8 * pipeline.received_bytes.counted(at, span) / span / _MEGA
        ),
        "NetworkOut": lambda *when: sent_bits(*when) / _MEGA,
    }
