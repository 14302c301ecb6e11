"""Render states and checks as tables for people."""

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
from lunora.ops.last_hour import LastHour, Measurement
from lunora.ops.orphans import Orphan
from lunora.ops.status import Overview
from lunora.verification.finding import Verdict
from lunora.verification.report import Report

COLOURS: dict[Severity, str] = {"ok": "green", "warning": "yellow", "critical": "red"}
_OF_VERDICT: dict[Verdict, Severity] = {
    "confirmed": "ok",
    "not possible here": "warning",
    "refuted": "critical",
}
_NARROWEST = 16
_QUIET: frozenset[HealthState] = frozenset({"stopped", "starting"})


def overview(stack: Overview) -> RenderableType:
    """Return the table of all destinations under a summary in one line."""
    title = Text.assemble(
        f"{stack.project} {stack.stack}: ", (stack.summary, COLOURS[stack.severity])
    )
    headings = ("destination", "platform", "condition", "pipelines", "since", "in", "out", "reason")
    table = plain(*headings)
    for status in stack.destinations:
        channel, health = status.observation.channel, status.health
        measured = status.observation.metrics or ChannelMetrics()
        # What is not on air has no rates, whatever the last minutes had.
        metrics = measured if channel is None or channel.is_on_air else ChannelMetrics()
        table.add_row(
            status.name,
            status.platform,
            condition(health),
            f"{channel.pipelines_running} of {channel.pipelines}"
            if channel and channel.pipelines > 1
            else "",
            ago(health.since, stack.at),
            "" if metrics.frames_in is None else f"{round(metrics.frames_in, 2):g} fps",
            "" if metrics.megabits_out is None else f"{metrics.megabits_out:.1f} Mb/s",
            Text(
                "; ".join(map(str, filter(None, (health.reason, status.observation.maintenance)))),
                overflow="fold",
            ),
        )
    return Group(title, table) if stack.destinations else title


def details(destination: Details, now: dt.datetime) -> RenderableType:
    """Return all facts of one destination, a line each."""
    status = destination.status
    health, observation = status.health, status.observation
    flow = observation.flow
    table = plain("", "", header=False)
    table.add_row("status", condition(health))
    rows = {
        "reason": health.reason,
        "since": ago(health.since, now),
        "next": str(observation.maintenance or ""),
        "alerts": "\n".join(f"{alert.kind}: {alert.message}" for alert in observation.alerts),
        "file": destination.file or "none",
        "platform": status.platform,
        "ingest": destination.ingest or "",
        "listens": ", ".join(destination.listeners),
        "encoding": destination.encoding or "",
        "recording": destination.recording or "",
        "flow": f"{flow.name} ({flow.state or 'missing'})" if flow else "",
        **destination.resources,
        "changes": "\n".join(
            f"{change.at:%Y-%m-%d %H:%M} {change.who}: {change.what} ({change.source})"
            for change in destination.changes
        ),
    }
    for label, text in rows.items():
        if text:
            table.add_row(label, Text(text, overflow="fold"))
    return Group(Text(status.name, "bold"), table)


def last_hour(measured: LastHour) -> RenderableType:
    """Return a sparkline for each metric, with its last, lowest and highest value."""
    table = plain("metric", "now", "lowest", "highest", "last hour")
    for name, points in measured.metrics.items():
        values = [point.value for point in points]
        if values:
            figures = [f"{value:.1f}" for value in (values[-1], min(values), max(values))]
            table.add_row(name.replace("_", " "), *figures, sparkline(_by_period(points, measured)))
    if not table.rows:
        return Text(f"{measured.name}: CloudWatch measured nothing in the last hour")
    return Group(Text(measured.name, "bold"), table)


def flows(statuses: Sequence[FlowStatus], now: dt.datetime) -> RenderableType:
    """Return a line for each flow, and below it a line for each of its outputs."""
    parts: list[RenderableType] = []
    for flow in statuses:
        began = f" for {ago(flow.since, now)}" if flow.since else ""
        word, reason = (flow.condition, COLOURS[flow.severity]), f": {flow.reason}"
        parts.append(Text.assemble(flow.name, " is ", word, began, reason if flow.reason else ""))
        if flow.state is None:
            continue
        rate = "?" if flow.bits_in is None else f"{flow.bits_in / 1e6:.1f} Mb/s"
        lost = "?" if flow.loss_percent is None else f"{flow.loss_percent:.1f} % lost"
        trip = "?" if flow.round_trip_ms is None else f"{flow.round_trip_ms:.0f} ms round trip"
        table = plain("", "", header=False)
        table.add_row("source", f"{flow.source}: {rate}, {lost}, {trip}")
        table.add_row("egress", flow.egress_ip)
        if flow.maintenance:
            table.add_row("next", str(flow.maintenance))
        total = len(flow.outputs)
        table.add_row("outputs", f"{total} of {flow.outputs_limit}, {flow.ours} of this stack")
        for output in flow.outputs:
            table.add_row("", f"{output.name} to {output.destination} {output.status}")
        parts.append(table)
    return Group(*parts)


def diagnosis(checks: Sequence[Check], orphans: Sequence[Orphan] | None) -> RenderableType:
    """Return a line for each check, and for each orphan with its minimum cost."""
    table = plain("", "", "", header=False)
    for check in checks:
        word = Text(check.severity, COLOURS[check.severity])
        table.add_row(check.about, word, Text(check.finding, overflow="fold"))
    if orphans is None:
        return table
    if not orphans:
        return Group(table, Text("nothing is left over", "green"))
    left = plain("left over", "name", "destination", "state", "region", "USD a month, at least")
    for orphan in orphans:
        resource, usd = orphan.resource, orphan.monthly_usd
        price = "?" if usd is None else f"{usd:.2f}"
        left.add_row(
            *(resource.kind, resource.name, resource.destination or ""),
            *(resource.state, resource.region, price),
        )
    return Group(table, Text(""), left)


def verification(report: Report) -> RenderableType:
    """Return the table of facts that were compared with AWS, under what they were compared with."""
    title = f"{report.against} in {report.region}, botocore {report.botocore}"
    table = plain("check", "fact", "expected", "observed", "verdict", wrap=True)
    for each in report.verifications:
        verdict = Text(each.verdict, COLOURS[_OF_VERDICT[each.verdict]])
        table.add_row(each.check, each.fact, each.expected, each.observed, verdict)
    return Group(title, table)


def plain(*headings: str, header: bool = True, wrap: bool = False) -> Table:
    """Return an empty table with *headings*; its last column, or with *wrap* each, is folded."""
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=header)
    for heading in headings[:-1]:
        table.add_column(heading, no_wrap=not wrap, overflow="fold" if wrap else "ellipsis")
    table.add_column(headings[-1], overflow="fold", min_width=_NARROWEST)
    return table


def condition(health: Health) -> Text:
    """Return the health of a destination in the colour of its severity."""
    if health.severity == "ok" and health.condition in _QUIET:
        return Text(health.condition, "blue" if health.condition == "starting" else "dim")
    return Text(health.condition, COLOURS[health.severity])


def ago(time: dt.datetime | None, now: dt.datetime) -> str:
    """Return the time since *time* in its largest unit; empty for None."""
    if time is None:
        return ""
    seconds = max(0, int((now - time).total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _by_period(points: Sequence[Measurement], measured: LastHour) -> list[float | None]:
    """Return the value of each period from the first of *points* to the last; None without one."""
    period = dt.timedelta(seconds=measured.period_seconds)
    by_number = {(point.at - points[0].at) // period: point.value for point in points}
    return [by_number.get(number) for number in range(max(by_number) + 1)]


def sparkline(values: Sequence[float | None]) -> str:
    """Return *values* as a line of blocks, with a blank for None; 0 is the lowest block."""
    blocks = "▁▂▃▄▅▆▇█"
    top = max((value for value in values if value is not None), default=0.0)
    return "".join(
        " " if value is None else blocks[round(max(value, 0) / top * 7) if top > 0 else 0]
        for value in values
    )
