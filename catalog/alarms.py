"""CloudWatch alarms of destinations, flows and schedules, from alarms.yaml."""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from catalog import audio_settings, output_groups, package_data
from catalog.flow_source import FlowSource, Function
from catalog.import_manifest import ManifestEntry, output_group, unedited
from catalog.model import DestinationSpec
from catalog.package_data import DataModel

MEDIALIVE, MEDIACONNECT, SCHEDULER = "AWS/MediaLive", "AWS/MediaConnect", "AWS/Scheduler"
LAMBDA = "AWS/Lambda"
PERIOD_SECONDS = 60

SUPPRESSION_WAIT_SECONDS = 180
"""Seconds for which a destination's alarm waits for its flow's to explain it: `source-lost` goes
off after 2 minutes, and the alarms of its channel may be as quick."""

SUPPRESSION_EXTENSION_SECONDS = 300
"""Seconds for which it stays silent after the flow's alarm: its channel recovers meanwhile."""


DEFAULT_SOURCE = FlowSource()
NOTHING_EXPLAINED: Mapping[str, str] = MappingProxyType({})


class Breach(DataModel):
    """The bound that a minute must not cross; `minimumMbps` is declared of each source."""

    above: int | None = None
    below: int | float | Literal["minimumMbps"] | None = None

    def is_crossed(self, value: float) -> bool:
        """Tell whether *value* of a minute crosses the bound.

        Raises:
            ValueError: for a bound that has to be declared and was not.
        """
        if self.above is not None:
            return value > self.above
        if self.below is None or isinstance(self.below, str):
            raise ValueError(f"the bound is {self.below}")
        return value < self.below

    @property
    def condition(self) -> str:
        """The comparison of a value with the bound, in CloudWatch's metric math."""
        return f"> {self.above}" if self.above is not None else f"< {self.below}"


class Metric(DataModel):
    """A metric and its statistic over one minute.

    Attributes:
        name: of CloudWatch.
        statistic: of CloudWatch.
        of_output_group: whether the output group's name is a dimension.
        of_audio: whether the audio description's name is a dimension.
        video: only for channels with video, or only for those without.
        breach: its own bound, in an alarm on several metrics.
    """

    name: str
    statistic: Literal["Average", "Maximum", "Minimum", "Sum", "SampleCount"]
    of_output_group: bool = False
    of_audio: bool = False
    video: bool | None = None
    breach: Breach | None = None


@dataclass(frozen=True, slots=True)
class MetricNames:
    """Names of a channel's parts, which are dimensions of its metrics.

    Attributes:
        output_group: of its output group; empty where that has no name.
        audio: of its audio description; empty where its level is not watched.
    """

    output_group: str = output_groups.RTMP
    audio: str = audio_settings.AUDIO


OWN_NAMES = MetricNames()
"""The names that the catalog gives to a channel of RTMP."""


class AlarmDefinition(DataModel):
    """One entry of alarms.yaml.

    Attributes:
        summary: the cause of the alarm.
        remediation: the next step of the operator.
        running: only for channels that are declared always on.
        failover: only for destinations with a backup flow.
        sound: only where silence of the source is a fault.
        analysis: only for flows with this analysis of MediaConnect.
        metrics: by their name in *expression*; of several, one beyond its own bound is enough.
        condition: name of the metric that has to be measured, or the others do not count.
        breach: the bound that a minute of a single metric must not cross.
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
    sound: bool = False
    analysis: str | None = None
    metrics: Annotated[dict[str, Metric], Field(min_length=1)]
    condition: Annotated[str | None, Field(alias="while")] = None
    breach: Breach = Breach(above=0)
    minutes: tuple[int, int]
    missing: Literal["breaching", "notBreaching"]
    reason: str
    source: str
    unverified: str | None = None

    @property
    def expression(self) -> str | None:
        """CloudWatch metric math that is 1 while a bound is crossed; None for a single metric."""
        conditions = [
            f"FILL({name}, 0) {metric.breach.condition}"
            for name, metric in self.metrics.items()
            if metric.breach
        ]
        if not conditions:
            return None
        any_of_them = " OR ".join(conditions)
        guarded = f"{self.condition} > 0 AND ({any_of_them})" if self.condition else any_of_them
        return f"IF({guarded}, 1, 0)"

    def of_metric(self, name: str) -> AlarmDefinition:
        """Return the part of the alarm that one of its metrics with a bound is."""
        metric = self.metrics[name]
        return self.model_copy(
            update={"metrics": {name: metric}, "condition": None, "breach": metric.breach}
        )

    def for_channel(self, parts: MetricNames, *, has_video: bool) -> AlarmDefinition | None:
        """Return the alarm on those of the metrics that a channel has; None without one."""
        metrics = {
            name: metric
            for name, metric in self.metrics.items()
            if metric.video in {None, has_video}
            and (parts.output_group or not metric.of_output_group)
            and (parts.audio or not metric.of_audio)
        }
        left = self.model_copy(update={"metrics": metrics})
        return left if metrics.keys() - {self.condition} else None

    def with_minimum(self, mbps: float | None) -> AlarmDefinition | None:
        """Return the definition with the bound that a source's minimum of *mbps* sets.

        Returns:
            None where it needs a minimum and there is none.
        """
        if self.breach.below != "minimumMbps":
            return self
        if mbps is None:
            return None
        return self.model_copy(update={"breach": Breach(below=round(mbps * 1_000_000))})


class _AlarmDefinitions(DataModel):
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


def metric_names(
    entry: ManifestEntry | None, spec: DestinationSpec, source: FlowSource
) -> MetricNames:
    """Return the names of the parts of the channel of *spec*.

    The import file does not record the audio description of an adopted channel.

    Args:
        entry: of the import file; None for a channel that was not adopted.
        spec: the destination file.
        source: of its flow.
    """
    is_watched = source.sound and unedited(entry, spec) is None
    return MetricNames(output_group(entry, spec), audio_settings.AUDIO if is_watched else "")


def channel_alarms(
    spec: DestinationSpec, parts: MetricNames = OWN_NAMES
) -> dict[str, AlarmDefinition]:
    """Return the alarms of the channel of *spec*, by name.

    A stopped or scheduled channel may lack data for hours, which is no fault. CloudWatch takes no
    empty dimension, so that nothing is measured of a part without a name.
    """
    always_on = _is_always_on(spec)
    has_video = not spec.has_known_encoding or spec.effective_encoding.has_video
    return {
        name: definition
        for name, general in alarm_definitions().channel.items()
        if (always_on or not general.running) and (spec.backup_flow or not general.failover)
        if (definition := general.for_channel(parts, has_video=has_video))
    }


def channel_alarm_names(
    physical_name: str, spec: DestinationSpec, parts: MetricNames
) -> frozenset[str]:
    """Return the names of the alarms of a channel in CloudWatch.

    Args:
        physical_name: prefix of the destination's resources.
        spec: its file.
        parts: the names of the channel's parts.
    """
    return frozenset(
        f"{physical_name}-{pipeline}-{name}"
        for pipeline in pipelines(spec)
        for name in channel_alarms(spec, parts)
    )


def output_alarms(spec: DestinationSpec) -> dict[str, AlarmDefinition]:
    """Return the alarms of the flow output of *spec* with `route: flow`, by name.

    MediaConnect measures only SRT connections.
    """
    return alarm_definitions().output if spec.scheme == "srt" and _is_always_on(spec) else {}


def _is_always_on(spec: DestinationSpec) -> bool:
    return spec.desired_state == "running"


def flow_alarms(
    specs: Iterable[DestinationSpec],
    source: FlowSource = DEFAULT_SOURCE,
    analyses: Collection[str] = (),
) -> dict[str, AlarmDefinition]:
    """Return the alarms of a flow that feeds *specs*, by name.

    Unless one of them is always on, the flow may be idle or show anything, and missing data is no
    fault.

    Args:
        specs: the destinations that it feeds.
        source: its source.
        analyses: the enabled analyses of the source's content, in MediaConnect's words.
    """
    definitions = source_definitions(source)
    if any(map(_is_always_on, specs)):
        return {
            name: definition
            for name, definition in definitions.items()
            if definition.analysis is None or definition.analysis in analyses
        }
    return {
        name: definition.model_copy(update={"missing": "notBreaching"})
        for name, definition in definitions.items()
        if not definition.running
    }


def flow_alarm_names(
    physical_name: str, definitions: Mapping[str, AlarmDefinition]
) -> frozenset[str]:
    """Return the names of the alarms of a flow in CloudWatch.

    Args:
        physical_name: prefix of the flow's alarms.
        definitions: of its alarms, by name.
    """
    whole = {physical_name} if needs_composite(definitions) else set()
    return frozenset({*whole, *(f"{physical_name}-{name}" for name in definitions)})


def needs_composite(definitions: Collection[object]) -> bool:
    """Tell whether the alarms of a flow notify together, by a composite alarm."""
    return len(definitions) > 1


def source_definitions(source: FlowSource) -> dict[str, AlarmDefinition]:
    """Return the definitions of faults that a flow with this *source* can have, by name."""
    bounded = {
        name: definition.with_minimum(source.minimum_mbps)
        for name, definition in alarm_definitions().flow.items()
        if source.sound or not definition.sound
    }
    return {name: definition for name, definition in bounded.items() if definition}


def analyses() -> frozenset[str]:
    """Return the analyses of a source's content that have alarms, in MediaConnect's words."""
    named = (definition.analysis for definition in alarm_definitions().flow.values())
    return frozenset(filter(None, named))


def any_of(alarm_names: Sequence[str], explained: Mapping[str, str] = NOTHING_EXPLAINED) -> str:
    """Return the rule of a composite alarm that is on while one of *alarm_names* is.

    Args:
        alarm_names: of the alarms.
        explained: the alarm whose state explains another, by the name of the latter: that one
            does not count while the first is on.
    """
    return " OR ".join(
        f'(ALARM("{name}") AND NOT ALARM("{explained[name]}"))'
        if name in explained
        else f'ALARM("{name}")'
        for name in alarm_names
    )


def destination_rule(alarm_names: Sequence[str], silence: str | None) -> str:
    """Return the rule of the alarm of a destination.

    Args:
        alarm_names: of the alarms of its channel.
        silence: the alarm that explains a silent channel by a silent source; None without one.
    """
    silent = [name for name in alarm_names if name.endswith("-silent-output")]
    return any_of(alarm_names, dict.fromkeys(silent, silence) if silence else NOTHING_EXPLAINED)


def composite_description(destination: str) -> str:
    """Return the description of the composite alarm of *destination*."""
    return f"{destination} needs attention. `lunora status` says why."


def flow_description(key: str) -> str:
    """Return the description of the composite alarm of the flow *key*."""
    return f"The source of the flow {key} needs attention. `lunora flows` says why."


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


def function_alarms(function: Function) -> dict[str, AlarmDefinition]:
    """Return the alarms of a function of the stack, by name."""
    definitions = alarm_definitions()
    return definitions.watchdog if function == "watchdog" else definitions.api


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
    parts: MetricNames = OWN_NAMES,
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
        **_measured(definition, namespace, dimensions, parts),
    }


def _measured(
    definition: AlarmDefinition, namespace: str, dimensions: Mapping[str, Any], parts: MetricNames
) -> dict[str, Any]:
    metrics = {
        name: {
            "namespace": namespace,
            "metric_name": metric.name,
            "period": PERIOD_SECONDS,
            "dimensions": {**dimensions, **_of_part(metric, parts)},
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


def _of_part(metric: Metric, parts: MetricNames) -> dict[str, str]:
    if metric.of_output_group:
        return {"OutputGroupName": parts.output_group}
    return {"AudioDescriptionName": parts.audio} if metric.of_audio else {}
