"""How people are shown what was found: tables and short words for figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lunora.ops.health import Condition, Severity
from lunora.ops.status import DestinationStatus, Overview

COLOURS: dict[Severity, str] = {"ok": "green", "warning": "yellow", "critical": "red"}
_QUIET: frozenset[Condition] = frozenset({"stopped", "starting"})


def overview(found: Overview) -> RenderableType:
    """Return the table of all destinations under one line that sums them up."""
    title = Text.assemble(
        f"{found.project} {found.stack}: ", (found.summary, COLOURS[found.severity])
    )
    table = plain("destination", "platform", "condition", "since", "in", "out", "reason")
    for one in found.destinations:
        table.add_row(
            one.name,
            one.platform,
            condition(one),
            ago(one.since, found.at),
            "" if one.frames_in is None else f"{one.frames_in:.0f} fps",
            "" if one.megabits_out is None else f"{one.megabits_out:.1f} Mb/s",
            Text(one.reason, overflow="fold"),
        )
    return Group(title, table) if found.destinations else title


def plain(*headings: str) -> Table:
    """Return an empty table with *headings*; the last column takes what is left."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings[:-1]:
        table.add_column(heading, no_wrap=True)
    table.add_column(headings[-1], overflow="fold")
    return table


def condition(one: DestinationStatus) -> Text:
    """Return its condition in the colour of its severity."""
    if one.severity == "ok" and one.condition in _QUIET:
        return Text(one.condition, "blue" if one.condition == "starting" else "dim")
    return Text(one.condition, COLOURS[one.severity])


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
