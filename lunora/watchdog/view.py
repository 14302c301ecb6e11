"""View of one region: its flows and its destinations with their health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.model import DestinationSpec
from lunora.ops.flow_status import FlowStatus
from lunora.ops.status import DestinationStatus
from lunora.watchdog.memory import SourceEvent

_METRICS_LAG = dt.timedelta(minutes=5)
"""Time for which an event about a source outranks CloudWatch, whose SourceConnected lags."""


@dataclass(frozen=True, slots=True)
class FlowView:
    """A flow.

    Attributes:
        key: its key in destination files.
        name: its name in AWS.
        condition: its condition in one word, as `lunora flows` has it.
        problem: what keeps it from feeding destinations; empty where nothing does.
        impairment: what is wrong with a source that arrives, for example that it is black; empty
            where nothing is, and beside a problem.
        is_under_maintenance: whether AWS has probably stopped it for maintenance.
    """

    key: str
    name: str
    condition: str
    problem: str
    is_under_maintenance: bool = False
    impairment: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """One region of a stack.

    Attributes:
        flows: by their key.
        destinations: by name.
        specs: the files of the whole stack. A destination that moves to another region is declared
            all the time.
    """

    flows: Mapping[str, FlowView]
    destinations: Mapping[str, DestinationStatus]
    specs: Sequence[DestinationSpec] = ()


def view(
    flows: Sequence[FlowStatus],
    destinations: Sequence[DestinationStatus],
    specs: Sequence[DestinationSpec],
    events: Mapping[str, SourceEvent],
    now: dt.datetime,
) -> View:
    """Return the view of *flows* and *destinations*.

    Args:
        flows: by `lunora flows`.
        destinations: by `lunora status`.
        specs: the files of the whole stack.
        events: the last event about each source, by the flow's ARN.
        now: the time of the reading.
    """
    viewed = (_flow(flow, events.get(flow.arn or ""), now) for flow in flows)
    return View(
        {flow.key: flow for flow in viewed},
        {status.name: status for status in destinations},
        specs,
    )


def _flow(flow: FlowStatus, event: SourceEvent | None, now: dt.datetime) -> FlowView:
    stopped = flow.severity == "critical" or flow.is_under_maintenance
    problem = flow.reason if stopped else ""
    condition: str = flow.condition
    if event is not None and now - event.time < _METRICS_LAG and flow.state == "ACTIVE":
        problem = "" if event.connected else "no source arrives; look at the sender"
        condition = "live" if event.connected else "degraded"
    impairment = flow.reason if flow.faults and not problem else ""
    return FlowView(flow.key, flow.name, condition, problem, flow.is_under_maintenance, impairment)
