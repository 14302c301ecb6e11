"""How people are shown what was found: tables and short words for figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.details import Details
from lunora.ops.doctor.check import Check
from lunora.ops.flow_status import FlowStatus
from lunora.ops.health import Health, HealthState, Severity
from lunora.ops.history import History
from lunora.ops.orphans import Orphan
from lunora.ops.status import Overview

COLOURS: dict[Severity, str] = {"ok": "green", "warning": "yellow", "critical": "red"}
_QUIET: frozenset[HealthState] = frozenset({"stopped", "starting"})


def overview(found: Overview) -> RenderableType:
    """Return the table of all destinations under one line that sums them up."""
    title = Text.assemble(
        f"{found.project} {found.stack}: ", (found.summary, COLOURS[found.severity])
    )
    headings = ("destination", "platform", "condition", "pipelines", "since", "in", "out", "reason")
    table = plain(*headings)
    for status in found.destinations:
        channel = status.observation.channel
        metrics = status.observation.metrics or ChannelMetrics()
        table.add_row(
            status.name,
            status.platform,
            condition(status.health),
            f"{channel.pipelines_running} of {channel.pipelines}"
            if channel and channel.pipelines > 1
            else "",
            ago(status.health.since, found.at),
            "" if metrics.frames_in is None else f"{metrics.frames_in:.0f} fps",
            "" if metrics.megabits_out is None else f"{metrics.megabits_out:.1f} Mb/s",
            Text(status.health.reason, overflow="fold"),
        )
    return Group(title, table) if found.destinations else title


def details(found: Details, now: dt.datetime) -> RenderableType:
    """Return everything about one destination, a line each."""
    health, observation = found.status.health, found.status.observation
    flow = observation.flow
    table = plain("", "", header=False)
    table.add_row("status", condition(health))
    rows = {
        "reason": health.reason,
        "since": ago(health.since, now),
        "alerts": "\n".join(f"{alert.kind}: {alert.message}" for alert in observation.alerts),
        "file": found.file or "none",
        "platform": found.status.platform,
        "ingest": found.ingest or "",
        "encoding": found.encoding or "",
        "flow": f"{flow.name} ({flow.state or 'missing'})" if flow else "",
        **found.resources,
        "changes": "\n".join(
            f"{change.at:%Y-%m-%d %H:%M} {change.who}: {change.what} ({change.source})"
            for change in found.changes
        ),
    }
    for label, text in rows.items():
        if text:
            table.add_row(label, Text(text, overflow="fold"))
    return Group(Text(found.status.name, "bold"), table)


def history(found: History) -> RenderableType:
    """Return a line of blocks for each metric, with its last, lowest and highest figure."""
    table = plain("metric", "now", "lowest", "highest", "last hour")
    for name, points in found.metrics.items():
        values = [point.value for point in points]
        figures = [f"{one:.1f}" for one in (values[-1], min(values), max(values))] if values else []
        if values:
            table.add_row(name.replace("_", " "), *figures, sparkline(values))
    if not table.rows:
        return Text(f"{found.name}: CloudWatch measured nothing in the last hour")
    return Group(Text(found.name, "bold"), table)


def flows(found: Sequence[FlowStatus], now: dt.datetime) -> RenderableType:
    """Return a line for each flow, and under it one for each of its outputs."""
    parts: list[RenderableType] = []
    for one in found:
        began = f" for {ago(one.since, now)}" if one.since else ""
        word, reason = (one.condition, COLOURS[one.severity]), f": {one.reason}"
        parts.append(Text.assemble(one.name, " is ", word, began, reason if one.reason else ""))
        if one.state is None:
            continue
        rate = "?" if one.bits_in is None else f"{one.bits_in / 1e6:.1f} Mb/s"
        lost = "?" if one.loss_percent is None else f"{one.loss_percent:.1f} % lost"
        trip = "?" if one.round_trip_ms is None else f"{one.round_trip_ms:.0f} ms round trip"
        table = plain("", "", header=False)
        table.add_row("source", f"{one.source}: {rate}, {lost}, {trip}")
        table.add_row("egress", one.egress_ip)
        total = len(one.outputs)
        table.add_row("outputs", f"{total} of {one.outputs_limit}, {one.ours} of this stack")
        for output in one.outputs:
            table.add_row("", f"{output.name} to {output.destination} {output.status}")
        parts.append(table)
    return Group(*parts)


def diagnosis(checks: Sequence[Check], found: Sequence[Orphan]) -> RenderableType:
    """Return a line for each check, and one for each orphan with what it costs at the least."""
    table = plain("", "", "", header=False)
    for check in checks:
        word = Text(check.severity, COLOURS[check.severity])
        table.add_row(check.about, word, Text(check.finding, overflow="fold"))
    if not found:
        return Group(table, Text("nothing is left over", "green"))
    left = plain("left over", "name", "destination", "state", "region", "USD a month, at least")
    for orphan in found:
        one, usd = orphan.thing, orphan.monthly_usd
        price = "?" if usd is None else f"{usd:.2f}"
        left.add_row(one.kind, one.name, one.destination or "", one.state, one.region, price)
    return Group(table, Text(""), left)


def plain(*headings: str, header: bool = True) -> Table:
    """Return an empty table with *headings*; the last column takes what is left."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=header)
    for heading in headings[:-1]:
        table.add_column(heading, no_wrap=True)
    table.add_column(headings[-1], overflow="fold")
    return table


def condition(health: Health) -> Text:
    """Return the condition in the colour of its severity."""
    if health.severity == "ok" and health.condition in _QUIET:
        return Text(health.condition, "blue" if health.condition == "starting" else "dim")
    return Text(health.condition, COLOURS[health.severity])


def ago(moment: dt.datetime | None, now: dt.datetime) -> str:
    """Return how long ago *moment* was, in its largest unit; empty when nobody knows."""
    if moment is None:
        return ""
    seconds = max(0, int((now - moment).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def sparkline(values: Sequence[float]) -> str:
    """Return *values* as a line of blocks, the lowest of them at or above 0 as the lowest."""
    blocks = " ▁▂▃▄▅▆▇█"
    top = max(values, default=0.0)
    if top <= 0:
        return blocks[1] * len(values)
    return "".join(blocks[1 + round(max(value, 0) / top * 7)] for value in values)
