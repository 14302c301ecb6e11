"""Records of destinations, assembled from their files and from what AWS has about them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence

from catalog.declaration import Declaration
from catalog.model import DestinationSpec
from lunora.ops.audit import Change
from lunora.ops.cloudwatch import Series
from lunora.ops.report_readings import Readings
from lunora.report import history_lines
from lunora.report.declared_hours import declared_hours
from lunora.report.evidence import Call, Evidence, Sample, Samples, timeline
from lunora.report.history_lines import History, Records
from lunora.report.intervals import Interval
from lunora.report.record import DestinationRecord

NO_VIDEO = "no video arrives at its channel"
NO_OUTPUT = "its channel sends nothing"
NO_SOURCE = "its flow gets nothing from its source"
NOBODY = "nobody takes it"

Calls = Mapping[str, Sequence[Change]]


def records(
    names: Iterable[str],
    specs: Mapping[str, DestinationSpec],
    readings: Readings,
    window: Interval,
    calls: Calls,
) -> list[DestinationRecord]:
    """Return what is known about each destination.

    Args:
        names: the destinations.
        specs: those with a file, by name.
        readings: what AWS has.
        window: the time of the report.
        calls: CloudTrail's, by channel id.
    """
    history = History.of(readings.lines)
    return [_record(name, specs.get(name), readings, history, window, calls) for name in names]


def _record(  # noqa: PLR0913, PLR0917 - what `records` has
    name: str,
    spec: DestinationSpec | None,
    readings: Readings,
    history: History,
    window: Interval,
    calls: Calls,
) -> DestinationRecord:
    channel, direct = readings.channels.get(name), readings.direct.get(name)
    series, connects = readings.series.get(name, ()), direct is not None and direct.output.connects
    evidence = Evidence(
        samples=tuple(
            of_output(part, connects=connects) if direct else of_channel(part) for part in series
        ),
        records=history.destinations.get(name, Records()),
        calls=tuple(Call(call.at, call.what, call.who) for call in calls.get(channel.id, ()))
        if channel
        else (),
        state=direct.state if direct else channel.state if channel else "",
        is_indirect=direct is not None and not connects,
    )
    declared = declared_hours(
        evidence.records,
        Declaration.of(spec) if spec else None,
        history.begin,
        window,
        evidence.created,
    )
    times = timeline(evidence, window)
    if evidence.is_indirect:
        # CloudWatch measures the source of its flow only, also while its output is disabled.
        times = dataclasses.replace(
            times, on_air=times.on_air & declared.runs, ran=times.ran & declared.runs
        )
    return DestinationRecord(name, declared, evidence, times)


def of_channel(series: Series) -> Samples:
    """Return the datapoints of a channel: on air while video goes in and comes out."""
    outputs = dict(series["active_outputs"])

    def points() -> Iterator[Sample]:
        for time, frames in series["frames_in"]:
            if frames <= 0:
                yield Sample(time, NO_VIDEO)
            elif time in outputs:
                yield Sample(time, "" if outputs[time] > 0 else NO_OUTPUT)

    return Samples(series.period, tuple(points()))


def of_output(series: Series, *, connects: bool) -> Samples:
    """Return the datapoints of a flow output: on air while its source arrives and it is taken."""
    connected = dict(series["connected"])

    def points() -> Iterator[Sample]:
        for time, bits in series["bits_in"]:
            if connects and time not in connected:
                continue
            fault = "" if bits > 0 else NO_SOURCE
            yield Sample(time, fault or ("" if not connects or connected[time] > 0 else NOBODY))

    return Samples(series.period, tuple(points()))


def names(readings: Readings, specs: Iterable[DestinationSpec]) -> set[str]:
    """Return all destinations that there are, and those that the history has."""
    return {
        *(spec.name for spec in specs),
        *readings.channels,
        *readings.direct,
        *history_lines.subjects(readings.lines),
    }
