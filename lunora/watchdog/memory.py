"""Memory of the watchdog between two invocations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

NoticeKind = Literal["opened", "updated", "closed"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ChannelRecord(_Record):
    """One destination's channel, or the flow output that sends it directly.

    Attributes:
        id: the channel's id; empty while the destination has no channel.
        first_read: when this channel, or its absence, was first read.
        state: in MediaLive or MediaConnect, when it was last read.
        state_since: when it was first read in this state.
        ran: whether it has ever been on air.
        attempts: how often it was started since it was last healthy.
        next_attempt: the earliest time of the next start; None is at once.
        healthy_since: when it became healthy; None while it is not.
        impaired_since: when it began to stream with a fault; None while it does not.
        suspended: the tag that suspends its restarts; empty without one.
        logo_shown: when it was last told to show its logo; None for never.
    """

    id: str = ""
    first_read: dt.datetime
    state: str = ""
    state_since: dt.datetime | None = None
    ran: bool = False
    attempts: int = 0
    next_attempt: dt.datetime | None = None
    healthy_since: dt.datetime | None = None
    impaired_since: dt.datetime | None = None
    suspended: str = ""
    logo_shown: dt.datetime | None = None


class SourceEvent(_Record):
    """The last event about the source of a flow.

    Attributes:
        connected: whether it said that the source is connected.
        time: of the event.
    """

    connected: bool
    time: dt.datetime


class Incident(_Record):
    """An incident that is open, or has just been closed.

    Attributes:
        subject: what has it: `flow main` or `destination show`.
        reason: its cause; the last that was read.
        opened: when it began to be one.
        affected: the destinations that suffer from it.
        restarts: how often a channel was started because of it.
        notified: when somebody was last notified of it.
    """

    subject: str
    reason: str
    opened: dt.datetime
    affected: tuple[str, ...]
    restarts: int = 0
    notified: dt.datetime


class Notice(_Record):
    """A message about an incident.

    Attributes:
        kind: what happened to the incident.
        incident: the incident.
        time: when it happened.
    """

    kind: NoticeKind
    incident: Incident
    time: dt.datetime

    @property
    def id(self) -> str:
        """The same for each attempt to send it, so that receivers can drop a second one."""
        opened = self.incident.opened.strftime("%Y%m%dT%H%M%SZ")
        moment = self.time.strftime("%Y%m%dT%H%M%SZ")
        return f"{self.incident.subject}/{opened}/{self.kind}/{moment}".replace(" ", "-")


class Memory(_Record):
    """The memory of a stack in a region.

    Attributes:
        channels: by destination.
        flows: the conditions of flows, by their key.
        declarations: when destinations stream by their files, as JSON.
        sources: by the flow's ARN.
        incidents: those that are open, by subject.
        maintenance: when a stop began that is probably one for maintenance, by subject.
        outbox: messages that were decided and perhaps not sent yet, the oldest first.
    """

    channels: Mapping[str, ChannelRecord] = {}
    flows: Mapping[str, str] = {}
    declarations: Mapping[str, str] = {}
    sources: Mapping[str, SourceEvent] = {}
    incidents: Mapping[str, Incident] = {}
    maintenance: Mapping[str, dt.datetime] = {}
    outbox: tuple[Notice, ...] = ()
