"""Which alarms watch destinations, flows and schedules, as CloudWatch takes them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog import encoder, package_data
from catalog.model import DestinationSpec

MEDIALIVE, MEDIACONNECT, SCHEDULER = "AWS/MediaLive", "AWS/MediaConnect", "AWS/Scheduler"
PERIOD_SECONDS = 60


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metric(_Section):
    """One metric and the statistic of a minute of it."""

    name: str
    statistic: Literal["Maximum", "Minimum", "Sum", "SampleCount"]
    of_output_group: bool = False


class Breach(_Section):
    """What a minute must not be."""

    above: int | None = None
    below: int | None = None


class AlarmDefinition(_Section):
    """One entry of alarms.yaml.

    Attributes:
        says: what it means, in one sentence.
        do: what to do about it.
        running: only for what is declared to run all the time.
        failover: only for what two flows feed.
        metrics: by the name that *expression* gives them; one where there is no expression.
        expression: of CloudWatch's metric math.
        breach: what a minute must not be.
        minutes: how many of the last how many.
        missing: what a minute without data means.
        reason: why these figures.
        source: where the metric is described.
        unverified: what of it was not seen on an account.
    """

    says: str
    do: str
    running: bool = False
    failover: bool = False
    metrics: Annotated[dict[str, Metric], Field(min_length=1)]
    expression: str | None = None
    breach: Breach
    minutes: tuple[int, int]
    missing: Literal["breaching", "notBreaching"]
    reason: str
    source: str
    unverified: str | None = None


class _Watches(_Section):
    channel: dict[str, AlarmDefinition]
    flow: dict[str, AlarmDefinition]
    output: dict[str, AlarmDefinition]
    schedule: dict[str, AlarmDefinition]


@functools.cache
def alarm_definitions() -> _Watches:
    """Return alarms.yaml."""
    return _Watches.model_validate(package_data.read("alarms.yaml"))


def channel_alarms(spec: DestinationSpec) -> dict[str, AlarmDefinition]:
    """Return what watches the channel of *spec*, by the alarm's name.

    A channel that is stopped, or that a schedule starts and stops, may lack data for hours and
    is not missed.
    """
    always_on = spec.state == "running" and spec.schedule is None
    return {
        name: watch
        for name, watch in alarm_definitions().channel.items()
        if (always_on or not watch.running) and (spec.backup_flow or not watch.failover)
    }


def output_alarms(spec: DestinationSpec) -> dict[str, AlarmDefinition]:
    """Return what watches the output of a flow that sends *spec* by itself, by the alarm's name.

    MediaConnect measures the connection of SRT alone.
    """
    always_on = spec.state == "running" and spec.schedule is None
    return alarm_definitions().output if spec.scheme == "srt" and always_on else {}


def flow_alarms(specs: Iterable[DestinationSpec]) -> dict[str, AlarmDefinition]:
    """Return what watches a flow that feeds *specs*, by the alarm's name.

    While none of them has to run all the time, the flow may rest, and no data is no fault.
    """
    always_on = any(spec.state == "running" and spec.schedule is None for spec in specs)
    found = alarm_definitions().flow.items()
    if always_on:
        return dict(found)
    return {name: watch.model_copy(update={"missing": "notBreaching"}) for name, watch in found}


def schedule_alarms() -> dict[str, AlarmDefinition]:
    """Return what watches a group of schedules, by the alarm's name."""
    return alarm_definitions().schedule


def channel_dimensions(channel_id: Any, pipeline: int) -> dict[str, Any]:
    """Return what CloudWatch knows a pipeline of a channel by; the id may be yet to come."""
    return {"ChannelId": channel_id, "Pipeline": str(pipeline)}


def pipelines(spec: DestinationSpec) -> range:
    """Return the numbers of the pipelines of a destination's channel."""
    return range(2 if spec.redundancy == "standard" else 1)


def settings(
    watch: AlarmDefinition,
    namespace: str,
    dimensions: Mapping[str, Any],
    output_group: str = encoder.OUTPUT_GROUP,
) -> dict[str, Any]:
    """Return the settings of a CloudWatch alarm, as pulumi-aws takes them."""
    threshold = watch.breach.above if watch.breach.above is not None else watch.breach.below
    comparison = "GreaterThan" if watch.breach.above is not None else "LessThan"
    return {
        "alarm_description": f"{watch.says} {watch.do}",
        "comparison_operator": f"{comparison}Threshold",
        "threshold": threshold,
        "datapoints_to_alarm": watch.minutes[0],
        "evaluation_periods": watch.minutes[1],
        "treat_missing_data": watch.missing,
        **_measured(watch, namespace, dimensions, output_group),
    }


def _measured(
    watch: AlarmDefinition, namespace: str, dimensions: Mapping[str, Any], output_group: str
) -> dict[str, Any]:
    grouped = {**dimensions, "OutputGroupName": output_group}
    found = {
        name: {
            "namespace": namespace,
            "metric_name": metric.name,
            "period": PERIOD_SECONDS,
            "dimensions": grouped if metric.of_output_group else {**dimensions},
        }
        for name, metric in watch.metrics.items()
    }
    if watch.expression is None:
        ((name, metric),) = watch.metrics.items()
        return {**found[name], "statistic": metric.statistic}
    queries: list[dict[str, Any]] = [
        {"id": name, "metric": {**found[name], "stat": metric.statistic}}
        for name, metric in watch.metrics.items()
    ]
    result = {"id": "result", "expression": watch.expression, "label": watch.says}
    return {"metric_queries": [*queries, {**result, "return_data": True}]}
