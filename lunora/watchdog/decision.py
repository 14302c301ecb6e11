"""One step of the watchdog: a reading and the memory in, actions and messages out.

Pure: two invocations with the same input decide the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from catalog import suspension
from catalog.declaration import Declaration
from lunora.ops.desired_state import DesiredState
from lunora.ops.history_log import subject_of, subject_of_flow
from lunora.watchdog import incidents, logos, maintenance, restarts
from lunora.watchdog.history_entries import (
    Entry,
    declaration_entry,
    incident_entry,
    start_entry,
    state_entry,
    stop_entry,
)
from lunora.watchdog.memory import Incident, Memory, Notice
from lunora.watchdog.view import View


@dataclass(frozen=True, slots=True)
class Decision:
    """Actions after one reading.

    Attributes:
        memory: what to remember; its outbox holds the new notices.
        starts: the destinations whose channel to start.
        outputs: the state to bring flow outputs to, by destination.
        resumes: the destinations whose mark of a stop to remove.
        logos: the destinations whose channel to tell to show its logo.
        entries: lines of the history.
    """

    memory: Memory
    starts: tuple[str, ...]
    outputs: Mapping[str, DesiredState]
    resumes: tuple[str, ...]
    logos: tuple[str, ...]
    entries: tuple[Entry, ...]


def decide(view: View, memory: Memory, now: dt.datetime) -> Decision:
    """Return what to do, given the reading *view* and what earlier readings left."""
    before = {
        name: restarts.of_channel(memory.channels.get(name), status, now)
        for name, status in view.destinations.items()
    }
    stops = maintenance.updated(memory.maintenance, view, now)
    excused = maintenance.excused(stops, view, now)
    starts = tuple(
        name
        for name, status in view.destinations.items()
        if subject_of(name) not in excused and restarts.start_is_due(status, before[name], now)
    )
    shown = tuple(
        name
        for name, status in view.destinations.items()
        if logos.is_due(status, before[name], now)
    )
    records = {
        name: restarts.updated_record(status, before[name], now, started=name in starts)
        for name, status in view.destinations.items()
    }
    records |= {name: records[name].model_copy(update={"logo_shown": now}) for name in shown}
    current = [
        problem
        for problem in incidents.problems(view, records, now)
        if problem.subject not in excused or problem.subject in memory.incidents
    ]
    remaining, notices = incidents.updated(memory.incidents, current, view, records, now)
    remaining = _with_restarts(remaining, starts)
    declarations = _declarations(view)
    entries = [
        *_declared(memory.declarations, declarations, now),
        *_stops(view, memory, now),
        *_changes(view, memory, now),
        *(incident_entry(notice) for notice in notices),
        *(start_entry(name, records[name], now) for name in starts),
    ]
    return Decision(
        memory=Memory(
            channels=records,
            flows={key: flow.condition for key, flow in view.flows.items()},
            declarations=declarations,
            sources=memory.sources,
            incidents=remaining,
            maintenance=stops,
            outbox=(*memory.outbox, *notices),
        ),
        starts=starts,
        outputs={
            name: desired
            for name, status in view.destinations.items()
            if name not in starts
            for desired in restarts.output_switches(status, before[name], now)
        },
        resumes=tuple(
            name
            for name, status in view.destinations.items()
            if restarts.outlives_its_stop(status, before[name], now)
        ),
        logos=shown,
        entries=tuple(entries),
    )


def with_refusal(memory: Memory, name: str, now: dt.datetime) -> Memory:
    """Return *memory* after AWS refused to start the channel of *name*."""
    record = memory.channels.get(name)
    if record is None:
        return memory
    refused = restarts.after_refusal(record, now)
    return memory.model_copy(update={"channels": {**memory.channels, name: refused}})


def without_notice(memory: Memory, notice: Notice) -> Memory:
    """Return *memory* after *notice* was sent."""
    remaining = tuple(waiting for waiting in memory.outbox if waiting.id != notice.id)
    return memory.model_copy(update={"outbox": remaining})


def _with_restarts(
    remaining: Mapping[str, Incident], starts: tuple[str, ...]
) -> dict[str, Incident]:
    started = {subject_of(name) for name in starts}
    return {
        subject: incident.model_copy(update={"restarts": incident.restarts + (subject in started)})
        for subject, incident in remaining.items()
    }


def _stops(view: View, memory: Memory, now: dt.datetime) -> Iterator[Entry]:
    """Yield the lines of marks that have appeared or gone since the former reading."""
    for name, status in view.destinations.items():
        record, current = memory.channels.get(name), status.observation.suspension
        mark = record.suspended if record else ""
        if mark == (current.tag_value() if current else ""):
            continue
        if mark and (former := suspension.read({suspension.KEY: mark})) is not None:
            yield stop_entry(name, former, "ended", now)
        if current is not None:
            yield stop_entry(name, current, "began", now)


def _declarations(view: View) -> dict[str, str]:
    """Return when each destination with a file streams, as JSON."""
    return {spec.name: Declaration.of(spec).text() for spec in view.specs}


def _declared(
    before: Mapping[str, str], after: Mapping[str, str], now: dt.datetime
) -> Iterator[Entry]:
    for name in sorted(before.keys() | after.keys()):
        text = after.get(name)
        if text != before.get(name):
            declared = Declaration.model_validate_json(text) if text else None
            yield declaration_entry(name, declared, now)


def _changes(view: View, memory: Memory, now: dt.datetime) -> Iterator[Entry]:
    for key, flow in view.flows.items():
        before = memory.flows.get(key, "")
        if before != flow.condition:
            yield state_entry(subject_of_flow(key), before, flow.condition, flow.problem, now)
    for name, status in view.destinations.items():
        record, state = memory.channels.get(name), status.observation.state
        before = record.state if record else ""
        if before == state:
            continue
        stop = status.observation.suspension
        by = f"stopped by {stop.by}" if stop else ""
        yield state_entry(subject_of(name), before, state, by, now)
