"""One reading of a stack: everything that the console shows of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from catalog import import_manifest, stack_cost
from catalog.errors import LunoraError
from catalog.forecast import Month, MonthCost, forecast
from catalog.model import DestinationSpec
from catalog.pricing import Pricing
from lunora.cost.flows import flow_facts
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.flow_status import FlowStatus, flow_status
from lunora.ops.status import Overview, overview
from lunora.ops.thumbnails import Picture, of_statuses
from lunora.ops.timeline import Timeline, timeline
from lunora.pictures import faults
from lunora.pictures.faults import PictureHistory
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading.

    Attributes:
        time: its time.
        overview: the destinations.
        flows: the flows.
        pictures: of flows and running channels.
        timeline: the last week.
        costs: of this month, by destination; empty where there are no prices.
        notes: parts that could not be read, and errors of files, one message each.
    """

    time: dt.datetime
    overview: Overview
    flows: tuple[FlowStatus, ...]
    pictures: tuple[Picture, ...]
    timeline: Timeline
    costs: Mapping[str, MonthCost]
    notes: tuple[str, ...]


def read(stack: Stack, now: dt.datetime, history: PictureHistory) -> Reading:
    """Read the destination files of *stack*, and AWS.

    Args:
        stack: the stack.
        now: the time.
        history: the pictures of earlier readings.

    Raises:
        ClientError, BotoCoreError: when AWS shows neither channels nor flows.
    """
    specs, invalid = declared_if_valid(stack.folder, stack.sources)
    with ThreadPoolExecutor() as pool:
        recorded = pool.submit(timeline, stack, now)
        described = [pool.submit(flow_status, stack, ref, now) for ref in stack.flows]
        current = overview(stack, specs, now)
        flows = tuple(future.result() for future in described)
        arns = {flow.key: flow.arn for flow in flows if flow.arn}
        taken = history.judged(of_statuses(stack, current.destinations, arns))
        events = recorded.result()
    current = faults.in_overview(current, taken)
    flows = tuple(faults.in_flow(flow, taken) for flow in flows)
    costs, unpriced = _costs(stack, specs or (), now)
    notes = (*current.errors, *events.errors, *(str(invalid).splitlines() if invalid else ()))
    return Reading(now, current, flows, taken, events, costs, (*notes, *unpriced))


def _costs(
    stack: Stack, specs: tuple[DestinationSpec, ...], now: dt.datetime
) -> tuple[Mapping[str, MonthCost], tuple[str, ...]]:
    """Return the cost of this month by the files; a message where there are no prices."""
    try:
        facts = flow_facts(stack, specs)
        adopted = import_manifest.load(import_manifest.path(Path(), stack.name))
        total = stack_cost.estimate(specs, facts, adopted)
        pricing = Pricing(facts, total.priced, adopted)
        return forecast(specs, pricing, total, Month.of(now)), ()
    except LunoraError as error:
        return {}, (str(error),)
