"""Views for the templates: cards, flows and events, with figures and times in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from lunora.console.operations import Action, Operation
from lunora.console.reading import Reading
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.flow_status import FlowStatus
from lunora.ops.health import DestinationObservation, Severity
from lunora.ops.next_transition import next_transition
from lunora.ops.status import DestinationStatus
from lunora.ops.thumbnails import Picture
from lunora.ops.timeline import Event
from lunora.render.tables import ago


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture, or the reason why there is none.

    Attributes:
        url: of the picture; empty without one.
        label: its subject and its time, or the reason.
    """

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """A destination.

    Attributes:
        name: its name.
        platform: its platform, and `flow` where it has no channel.
        condition: its health in one word.
        tone: the class of its colour.
        reason: the cause; empty when all is well.
        since: since when, for example `5 min`.
        shots: its pictures, one a pipeline.
        figures: label and value of its figures.
        next: what happens next, a line each.
        actions: what may be done with it now.
        operation: the last operation in words; empty without one.
        failed: whether that operation failed.
        has_file: whether it has a destination file.
        tags: the tags of its file, `key=value` each, by which cards are selected.
    """

    name: str
    platform: str
    condition: str
    tone: str
    reason: str
    since: str
    shots: tuple[Shot, ...]
    figures: tuple[tuple[str, str], ...]
    next: tuple[str, ...]
    actions: tuple[Action, ...]
    operation: str
    failed: bool
    has_file: bool
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowCard:
    """A flow.

    Attributes:
        key: its key in destination files.
        name: its name.
        condition: its condition in one word.
        tone: the class of its colour.
        reason: the cause; empty when all is well.
        since: since when.
        shot: the picture of its source; None where nobody asked.
        figures: label and value of its figures.
        next: its next maintenance; empty without one.
    """

    key: str
    name: str
    condition: str
    tone: str
    reason: str
    since: str
    shot: Shot | None
    figures: tuple[tuple[str, str], ...]
    next: str


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day, the newest first.

    Attributes:
        title: the day.
        events: time of day in UTC, and the event.
    """

    title: str
    events: tuple[tuple[str, Event], ...]


def cards(reading: Reading, operations: Mapping[str, Operation]) -> tuple[Card, ...]:
    """Return a card for each destination of *reading*, by name."""
    return tuple(
        _card(status, reading, operations.get(status.name))
        for status in reading.overview.destinations
    )


def flow_cards(reading: Reading) -> tuple[FlowCard, ...]:
    """Return a card for each flow."""
    return tuple(_flow_card(flow, reading) for flow in reading.flows)


def days(events: Iterable[Event]) -> tuple[Day, ...]:
    """Return *events*, the newest first, by their day in UTC."""
    by_day: dict[dt.date, list[tuple[str, Event]]] = {}
    for event in events:
        time = event.time.astimezone(dt.UTC)
        by_day.setdefault(time.date(), []).append((f"{time:%H:%M}", event))
    return tuple(Day(f"{day:%A, %d %B %Y}", tuple(listed)) for day, listed in by_day.items())


def picture_url(picture: Picture, reading: Reading) -> str:
    """Return the path of a picture, another one for each reading."""
    path = f"/pictures/{picture.kind}/{quote(picture.name, safe='')}/{picture.pipeline or '0'}"
    return f"{path}?at={int(reading.time.timestamp())}"


def _card(status: DestinationStatus, reading: Reading, operation: Operation | None) -> Card:
    observation, health = status.observation, status.health
    quiet = health.severity == "ok" and health.condition != "live"
    direct = observation.route == "flow"
    return Card(
        name=status.name,
        platform=f"{status.platform}, by the flow" if direct else status.platform,
        condition=health.condition,
        tone="quiet" if quiet else _tone(health.severity),
        reason=health.reason,
        since=ago(health.since, reading.time),
        shots=tuple(_shots(status.name, reading)),
        figures=tuple(_figures(status, reading)),
        next=tuple(_next(observation, reading.time)),
        actions=_actions(observation) if operation is None or operation.ended else (),
        operation=_progress(operation),
        failed=operation is not None and bool(operation.error),
        has_file=observation.declared is True,
        tags=tuple(f"{key}={value}" for key, value in _tags(observation).items()),
    )


def _flow_card(flow: FlowStatus, reading: Reading) -> FlowCard:
    picture = next(
        (each for each in reading.pictures if each.kind == "flow" and each.name == flow.key), None
    )
    figures = (
        ("in", "?" if flow.bits_in is None else f"{flow.bits_in / 1e6:.1f} Mb/s"),
        ("lost", "?" if flow.loss_percent is None else f"{flow.loss_percent:.1f} %"),
        ("round trip", "?" if flow.round_trip_ms is None else f"{flow.round_trip_ms:.0f} ms"),
        ("outputs", f"{len(flow.outputs)} of {flow.outputs_limit}, {flow.ours} of this stack"),
        ("source", flow.source or "?"),
    )
    return FlowCard(
        key=flow.key,
        name=flow.name,
        condition=flow.condition,
        tone=_tone(flow.severity),
        reason=flow.reason,
        since=ago(flow.since, reading.time),
        shot=_shot(picture, reading) if picture else None,
        figures=figures,
        next=str(flow.maintenance or ""),
    )


def _tone(severity: Severity) -> str:
    return {"ok": "good", "warning": "busy", "critical": "bad"}[severity]


def _shots(name: str, reading: Reading) -> Iterator[Shot]:
    for picture in reading.pictures:
        if picture.kind == "destination" and picture.name == name:
            yield _shot(picture, reading)


def _shot(picture: Picture, reading: Reading) -> Shot:
    if not picture.jpeg:
        return Shot("", picture.reason)
    time = f" at {picture.time.astimezone(dt.UTC):%H:%M:%S} UTC" if picture.time else ""
    return Shot(picture_url(picture, reading), f"Picture of {picture.title}{time}")


def _figures(status: DestinationStatus, reading: Reading) -> Iterator[tuple[str, str]]:
    observation = status.observation
    channel, metrics = observation.channel, observation.metrics or ChannelMetrics()
    # What is not on air has no rates, whatever the last minutes had.
    if channel is not None and channel.is_on_air:
        yield "in", "?" if metrics.frames_in is None else f"{metrics.frames_in:.0f} fps"
        yield "out", "?" if metrics.megabits_out is None else f"{metrics.megabits_out:.1f} Mb/s"
    if channel is not None and channel.pipelines > 1:
        yield "pipelines", f"{channel.pipelines_running} of {channel.pipelines}"
    cost = reading.costs.get(status.name)
    if cost is not None:
        yield "this month", f"${cost.declared:,.2f} so far, ${cost.forecast:,.0f} in all"


def _next(observation: DestinationObservation, now: dt.datetime) -> Iterator[str]:
    spec = observation.spec
    if spec is not None and spec.desired_state == "scheduled" and spec.schedule is not None:
        due = next_transition(spec.schedule, now)
        if due is not None:
            yield f"{'starts' if due.starts else 'stops'} {due.time:%a %d %b %H:%M} UTC"
    if observation.maintenance is not None:
        yield str(observation.maintenance)


def _actions(observation: DestinationObservation) -> tuple[Action, ...]:
    channel = observation.channel
    if channel is not None:
        return ("restart", "stop") if channel.is_on_air else ("start",)
    status = observation.output_status(observation.flow)
    if status is None:
        return ()
    return ("stop",) if status == "ENABLED" else ("start",)


def _tags(observation: DestinationObservation) -> Mapping[str, str]:
    return observation.spec.tags if observation.spec else {}


def _progress(operation: Operation | None) -> str:
    if operation is None:
        return ""
    if operation.error:
        return f"{operation.action} failed: {operation.error}"
    return f"{operation.action} {'ended' if operation.ended else 'under way'}: {operation.state}"
