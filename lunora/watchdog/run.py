"""One invocation of the watchdog: read, decide, remember, act, notify."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog import encoder
from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from lunora.ops.channel_control import request_state
from lunora.ops.channels import Channel
from lunora.ops.desired_state import DesiredState
from lunora.ops.flow_destination import switch_outputs
from lunora.ops.flow_status import FlowStatus, status_of_flow
from lunora.ops.observation import collect
from lunora.ops.selection import Selection
from lunora.ops.status import DestinationStatus, declared_outputs, statuses
from lunora.ops.targets import find_targets
from lunora.stack import Stack
from lunora.watchdog.decision import Decision, decide, with_refusal, without_notice
from lunora.watchdog.delivery import Delivery
from lunora.watchdog.history_entries import Entry, refusal_entry
from lunora.watchdog.memory import Memory, Notice, SourceEvent
from lunora.watchdog.store import MemoryStore, StoredMemory
from lunora.watchdog.view import view
from provider import channel_logo, channel_suspension, output_suspension
from provider.resource import ResourceError

_CONFLICTS = 5
"""Attempts of a write that other invocations precede."""

_IN_PROGRESS = dt.timedelta(minutes=2)
"""Longer than an invocation lives: an older message that was not sent was forgotten."""


_ARRIVING = frozenset({"CONNECTED", "RECEIVING"})
"""States of a source that sends (MediaConnect user guide, source health event)."""


class BusyError(Exception):
    """Other invocations wrote before each attempt; the next one catches up."""


@dataclass(frozen=True, slots=True)
class Watchdog:
    """The watchdog of one region.

    Attributes:
        stack: the stack, with the flows of this region only.
        specs: the destinations as deployed, of all regions.
        store: its memory.
        delivery: where messages go.
        log: receives lines of the history.
        clock: the time.
    """

    stack: Stack
    specs: Sequence[DestinationSpec]
    store: MemoryStore
    delivery: Delivery
    log: Callable[[Sequence[Entry]], None]
    clock: Callable[[], dt.datetime]

    def run(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """Handle *event*, of EventBridge or of the schedule; return a summary for the log.

        What to do follows from what AWS shows, not from the event. A lost event is made up for by
        the next invocation, and one that comes twice changes nothing.

        Raises:
            BusyError: when it can never write its memory.
            ClientError, BotoCoreError: when AWS shows neither channels nor flows, or DynamoDB does
                not answer.
        """
        read_at = self.clock()
        of_region = [spec for spec in self.specs if spec.flow in self.stack.sources]
        observed = collect(self.stack, read_at, declared_outputs(self.stack, of_region))
        destinations = statuses(observed, of_region, read_at)
        flows = [
            status_of_flow(self.stack, flow, observed.sources.get(flow.key), read_at)
            for flow in observed.flows
        ]
        ahead = clock_difference(event, read_at)
        now = read_at + ahead
        shifted = [_shifted(status, ahead) for status in destinations]
        decision, stored = self._decide(shifted, flows, source_event_of(event), now)
        self.log(decision.entries)
        stored = self._act(decision, destinations, stored, now)
        sent = self._notify(decision, stored, now)
        return {
            "started": list(decision.starts),
            "switched": dict(decision.outputs),
            "logos": list(decision.logos),
            "incidents": sorted(decision.memory.incidents),
            "notices": sent,
            "errors": list(observed.errors),
        }

    def _decide(
        self,
        statuses: Sequence[DestinationStatus],
        flows: Sequence[FlowStatus],
        source_event: tuple[str, SourceEvent] | None,
        now: dt.datetime,
    ) -> tuple[Decision, StoredMemory]:
        for _ in range(_CONFLICTS):
            stored = self.store.read()
            memory = with_source_event(stored.memory, source_event)
            reading = view(flows, statuses, self.specs, memory.sources, now)
            decision = decide(reading, memory, now)
            if decision.memory == stored.memory:
                return decision, stored
            written = self.store.write(decision.memory, stored.version)
            if written is not None:
                return decision, written
        raise BusyError

    def _act(
        self,
        decision: Decision,
        destinations: Sequence[DestinationStatus],
        stored: StoredMemory,
        now: dt.datetime,
    ) -> StoredMemory:
        channels = {
            status.name: status.observation.channel
            for status in destinations
            if status.observation.channel is not None
        }
        specs = {spec.name: spec for spec in self.specs}
        refused: list[Entry] = []
        for name in decision.starts:
            code = self._start(channels[name])
            if code:
                refused.append(refusal_entry(name, code, now))
                stored = self._remember(stored, _refused(name, now))
        for name, desired in decision.outputs.items():
            channel = channels.get(name)
            code = self._switch(channel, desired) if channel else self._enable(name)
            if code:
                refused.append(refusal_entry(name, code, now))
        for name in decision.resumes:
            code = _code(functools.partial(self._resume, destinations, name))
            if code:
                refused.append(refusal_entry(name, code, now))
        for name in decision.logos:
            code = self._show_logo(channels[name], specs[name])
            if code:
                refused.append(refusal_entry(name, code, now))
        self.log(refused)
        return stored

    def _start(self, channel: Channel) -> str:
        """Request the start of *channel*; return the code of the refusal, empty where none."""
        return _code(lambda: request_state(self.stack, channel, "running"))

    def _show_logo(self, channel: Channel, spec: DestinationSpec) -> str:
        """Let *channel* show the logo of its file; return as `_start` does."""
        aws = self.stack.aws(channel.region)
        return _code(lambda: channel_logo.show(aws, channel.id, encoder.logo_settings(spec)))

    def _switch(self, channel: Channel, desired: DesiredState) -> str:
        """Switch the flow outputs of *channel*; return as `_start` does."""
        return _code(lambda: switch_outputs(self.stack, channel, desired))

    def _enable(self, name: str) -> str:
        """Enable the output that sends a destination directly; return as `_start` does."""

        def enable() -> None:
            (target,) = find_targets(self.stack, Selection((name,)))
            request_state(self.stack, target, "running")

        return _code(enable)

    def _resume(self, destinations: Sequence[DestinationStatus], name: str) -> None:
        """Remove the mark of a stop from the channel, or the flow output, of a destination."""
        (status,) = (status for status in destinations if status.name == name)
        channel, flow = status.observation.channel, status.observation.flow
        if channel is not None:
            channel_suspension.resume(self.stack.aws(channel.region), channel.arn)
        elif flow is not None:
            for output in filter(None, map(flow.output, status.observation.outputs)):
                output_suspension.resume(self.stack.aws(flow.region), output.arn)

    def _notify(self, decision: Decision, stored: StoredMemory, now: dt.datetime) -> list[str]:
        due = [
            notice
            for notice in decision.memory.outbox
            if notice.time == now or now - notice.time > _IN_PROGRESS
        ]
        for notice in due:
            failures = self.delivery.send(notice)
            details = {"id": notice.id, "failures": failures}
            self.log([Entry(now, "notice", notice.incident.subject, details)])
            stored = self._remember(stored, _without(notice))
        return [notice.id for notice in due]

    def _remember(self, stored: StoredMemory, change: Callable[[Memory], Memory]) -> StoredMemory:
        """Apply *change* to what is stored, also where others have written since."""
        for _ in range(_CONFLICTS):
            written = self.store.write(change(stored.memory), stored.version)
            if written is not None:
                return written
            stored = self.store.read()
        raise BusyError


def _code(act: Callable[[], object]) -> str:
    """Return the code of the error that *act* raises; empty where it raises none."""
    try:
        act()
    except (LunoraError, ResourceError) as error:
        return str(error.code)
    except (ClientError, BotoCoreError) as error:
        return type(error).__name__
    return ""


def _refused(name: str, now: dt.datetime) -> Callable[[Memory], Memory]:
    return lambda memory: with_refusal(memory, name, now)


def _without(notice: Notice) -> Callable[[Memory], Memory]:
    return lambda memory: without_notice(memory, notice)


def clock_difference(event: Mapping[str, Any], now: dt.datetime) -> dt.timedelta:
    """Return by how much AWS's clock is ahead of this machine's, as the time of *event* shows it.

    Nothing in Lambda, where events are of the past. The clock of an emulator can be advanced, and
    pauses then pass on that clock.
    """
    time = event.get("time")
    if time is None:
        return dt.timedelta()
    return max(dt.datetime.fromisoformat(str(time)) - now, dt.timedelta())


def _shifted(status: DestinationStatus, ahead: dt.timedelta) -> DestinationStatus:
    """Return *status*, whose times CloudWatch gave on this machine's clock, on AWS's clock."""
    since = status.health.since
    if since is None or not ahead:
        return status
    health = dataclasses.replace(status.health, since=since + ahead)
    return dataclasses.replace(status, health=health)


def source_event_of(event: Mapping[str, Any]) -> tuple[str, SourceEvent] | None:
    """Return the flow's ARN and what *event* says about its source; None for other events.

    EventBridge has it within a second, CloudWatch after minutes.
    """
    if event.get("detail-type") != "MediaConnect Source Health":
        return None
    current = event.get("detail", {}).get("current", {})
    # The user guide has both names (source health event: state in English, source_state in others).
    state = str(current.get("state") or current.get("source_state") or "")
    arns = [arn for arn in event.get("resources", []) if ":flow:" in arn]
    if not state or not arns:
        return None
    time = dt.datetime.fromisoformat(str(event["time"]))
    return arns[0], SourceEvent(connected=state in _ARRIVING, time=time)


def with_source_event(memory: Memory, event: tuple[str, SourceEvent] | None) -> Memory:
    """Return *memory* with *event*, unless a later one is known: events can overtake each other."""
    if event is None:
        return memory
    arn, latest = event
    known = memory.sources.get(arn)
    if known is not None and known.time >= latest.time:
        return memory
    return memory.model_copy(update={"sources": {**memory.sources, arn: latest}})
