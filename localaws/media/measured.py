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
            yield dataclasses.replace(series, measure=measure, follows=None)


def _measures(dimensions: Mapping[str, str], gauges: Gauges) -> Mapping[str, Measure]:
    if "FlowARN" in dimensions:
        return _of_flow(gauges.flows[dimensions["FlowARN"]])
    if "ChannelId" not in dimensions:
        # Single sources and outputs of flows are not measured.
        return {}
    pipeline = gauges.pipelines[dimensions["ChannelId"], dimensions["Pipeline"]]
    return _of_pipeline(pipeline, dimensions.get("OutputGroupName", ""))


def _of_flow(flow: FlowGauges) -> Mapping[str, Measure]:
    def loss_percent(_: object, time: float, seconds: float) -> float:
        lost, arrived = flow.dropped.counted(time, seconds), flow.packets.counted(time, seconds)
        return 100 * lost / (lost + arrived) if lost else 0.0

    return {
        "SourceBitRate": lambda _, time, span: 8 * flow.received_bytes.counted(time, span) / span,
        "SourceConnected": lambda _, time, span: float(flow.received_bytes.busy(time, span) > 0),
        "SourceTotalPackets": lambda _, time, span: flow.packets.counted(time, span),
        "SourceRecoveredPackets": lambda _, time, span: flow.recovered.counted(time, span),
        "SourceDroppedPackets": lambda _, time, span: flow.dropped.counted(time, span),
        "SourceNotRecoveredPackets": lambda _, time, span: flow.dropped.counted(time, span),
        "SourcePacketLossPercent": loss_percent,
        "SourceRoundTripTime": lambda _, __, ___: flow.round_trip_ms,
    }


def _of_pipeline(pipeline: PipelineGauges, group: str) -> Mapping[str, Measure]:
    def lacking(_: object, time: float, seconds: float) -> float:
        return seconds - pipeline.pictures.busy(time, seconds)

    def sent_bits(_: object, time: float, seconds: float) -> float:
        outputs = pipeline.outputs.values()
        return sum(8 * output.sent_bytes.counted(time, seconds) for output in outputs) / seconds

    def dropped(_: object, time: float, seconds: float) -> float:
        return sum(output.dropped.counted(time, seconds) for output in pipeline.outputs.values())

    def sends(_: object, time: float, seconds: float) -> float:
        output = pipeline.outputs.get(group)
        return float(output is not None and output.sent_bytes.busy(time, seconds) > 0)

    return {
        "ActiveOutputs": sends,
        "DroppedFrames": dropped,
        "FillMsec": lambda *when: 1000 * lacking(*when),
        "InputLossSeconds": lacking,
        "InputVideoFrameRate": lambda _, time, span: pipeline.pictures.counted(time, span) / span,
        "NetworkIn": lambda _, time, span: (
            8 * pipeline.received_bytes.counted(time, span) / span / _MEGA
        ),
        "NetworkOut": lambda *when: sent_bits(*when) / _MEGA,
    }
