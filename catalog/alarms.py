"""CloudWatch alarms of destinations, flows and schedules, from alarms.yaml."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from catalog import output_groups, package_data
from catalog.model import DestinationSpec

MEDIALIVE, MEDIACONNECT, SCHEDULER = "AWS/MediaLive", "AWS/MediaConnect", "AWS/Scheduler"
LAMBDA = "AWS/Lambda"
PERIOD_SECONDS = 60

SUPPRESSION_WAIT_SECONDS = 180
"""How long a destination's alarm waits for the alarm of its flow to explain it: `source-lost` goes
off after 2 minutes, and the alarms of its channel may be as quick."""

SUPPRESSION_EXTENSION_SECONDS = 300
"""How long it stays silent after the flow's alarm is over: its channel recovers in this time."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Metric(_Data):
    """A metric and its statistic over one minute."""

    name: str
    statistic: Literal["Maximum", "Minimum", "Sum", "SampleCount"]
    of_output_group: bool = False


class Breach(_Data):
    """The bound that a minute must not cross."""

    above: int | None = None
    below: int | None = None


class AlarmDefinition(_Data):
    """One entry of alarms.yaml.

    Attributes:
        summary: the cause of the alarm.
        remediation: the next step of the operator.
        running: only for channels that are declared always on.
        failover: only for destinations with a backup flow.
        metrics: by their name in *expression*; a single metric without expression.
        expression: CloudWatch metric math.
        breach: the bound that a minute must not cross.
        minutes: breaching minutes, and minutes evaluated.
        missing: how a minute without data counts.
        reason: the reason for these figures.
        source: the description of the metric.
        unverified: claims that were not checked in an account.
    """

    summary: str
    remediation: str
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

    @property
    def of_output_group(self) -> bool:
        """Tell whether a metric has the output group's name as a dimension."""
        return any(metric.of_output_group for metric in self.metrics.values())


class _AlarmDefinitions(_Data):
    channel: dict[str, AlarmDefinition]
    flow: dict[str, AlarmDefinition]
    output: dict[str, AlarmDefinition]
    schedule: dict[str, AlarmDefinition]
    watchdog: dict[str, AlarmDefinition]
    api: dict[str, AlarmDefinition]


@functools.cache
def alarm_definitions() -> _AlarmDefinitions:
    """Return alarms.yaml."""
    return _AlarmDefinitions.model_validate(package_data.read("alarms.yaml"))


def channel_alarms(
    spec: DestinationSpec, output_group: str = output_groups.OUTPUT_GROUP
) -> dict[str, AlarmDefinition]:
    """Return the alarms of the channel of *spec*, by name.

    A stopped or scheduled channel may lack data for hours, which is no fault. An adopted channel's
    output group may have no name, and CloudWatch takes no empty dimension.
    """
    always_on = spec.state == "running" and spec.schedule is None
    return {
        name: definition
        for name, definition in alarm_definitions().channel.items()
        if (always_on or not definition.running)
        and (spec.backup_flow or not definition.failover)
        and (output_group or not definition.of_output_group)
    }


def channel_alarm_names(
    physical_name: str, spec: DestinationSpec, output_group: str
) -> frozenset[str]:
    """Return the names of the alarms of a channel in CloudWatch.

    Args:
        physical_name: prefix of the destination's resources.
        spec: its file.
        output_group: name of its channel's output group; empty for one without a name.
    """
    return frozenset(
        f"{physical_name}-{pipeline}-{name}"
        for pipeline in pipelines(spec)
        for name in channel_alarms(spec, output_group)
    )


def output_alarms(spec: DestinationSpec) -> dict[str, AlarmDefinition]:
    """Return the alarms of the flow output of *spec* with `route: flow`, by name.

    MediaConnect measures only SRT connections.
    """
    always_on = spec.state == "running" and spec.schedule is None
    return alarm_definitions().output if spec.scheme == "srt" and always_on else {}


def flow_alarms(specs: Iterable[DestinationSpec]) -> dict[str, AlarmDefinition]:
    """Return the alarms of a flow that feeds *specs*, by name.

    Unless one of them is always on, the flow may be idle, and missing data is no fault.
    """
    always_on = any(spec.state == "running" and spec.schedule is None for spec in specs)
    definitions = alarm_definitions().flow
    if always_on:
        return definitions
    return {
        name: definition.model_copy(update={"missing": "notBreaching"})
        for name, definition in definitions.items()
    }


def any_of(alarm_names: Sequence[str]) -> str:
    """Return the rule of a composite alarm that is on while one of *alarm_names* is."""
    return " OR ".join(f'ALARM("{name}")' for name in alarm_names)


def composite_description(destination: str) -> str:
    """Return the description of the composite alarm of *destination*."""
    return f"{destination} needs attention. `lunora status` says why."


def former_parent(urn: str, destination: str) -> str:
    """Return the URN of the component that held the alarms of *destination* before.

    Args:
        urn: of the destination's component.
        destination: its name in the program.
    """
    start, _, _ = urn.rpartition("::")
    return f"{start}$lunora:index:StreamAlarms::{destination}-alarms"


def schedule_alarms() -> dict[str, AlarmDefinition]:
    """Return the alarms of a schedule group, by name."""
    return alarm_definitions().schedule


def channel_dimensions(channel_id: Any, pipeline: int) -> dict[str, Any]:
    """Return the CloudWatch dimensions of a pipeline; the id may be an output of Pulumi."""
    return {"ChannelId": channel_id, "Pipeline": str(pipeline)}


def pipelines(spec: DestinationSpec) -> range:
    """Return the numbers of the pipelines of a destination's channel."""
    return range(2 if spec.redundancy == "standard" else 1)


def settings(
    definition: AlarmDefinition,
    namespace: str,
    dimensions: Mapping[str, Any],
    output_group: str = output_groups.OUTPUT_GROUP,
) -> dict[str, Any]:
    """Return the settings of a CloudWatch alarm, as pulumi-aws takes them."""
    threshold = (
        definition.breach.above if definition.breach.above is not None else definition.breach.below
    )
    comparison = "GreaterThan" if definition.breach.above is not None else "LessThan"
    return {
        "alarm_description": f"{definition.summary} {definition.remediation}",
        "comparison_operator": f"{comparison}Threshold",
        "threshold": threshold,
        "datapoints_to_alarm": definition.minutes[0],
        "evaluation_periods": definition.minutes[1],
        "treat_missing_data": definition.missing,
        **_measured(definition, namespace, dimensions, output_group),
    }


def _measured(
    definition: AlarmDefinition, namespace: str, dimensions: Mapping[str, Any], output_group: str
) -> dict[str, Any]:
    grouped = {**dimensions, "OutputGroupName": output_group}
    metrics = {
        name: {
            "namespace": namespace,
            "metric_name": metric.name,
            "period": PERIOD_SECONDS,
            "dimensions": grouped if metric.of_output_group else {**dimensions},
        }
        for name, metric in definition.metrics.items()
    }
    if definition.expression is None:
        ((name, metric),) = definition.metrics.items()
        return {**metrics[name], "statistic": metric.statistic}
    queries: list[dict[str, Any]] = [
        {"id": name, "metric": {**metrics[name], "stat": metric.statistic}}
        for name, metric in definition.metrics.items()
    ]
    result = {"id": "result", "expression": definition.expression, "label": definition.summary}
    return {"metric_queries": [*queries, {**result, "return_data": True}]}
