"""Render the report: tables for people, Markdown, and one HTML file without scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import jinja2
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from lunora.render import escape
from lunora.report.figures import Interruption, Total, percent
from lunora.report.intervals import Interval, Intervals
from lunora.report.report import PeriodFigures, Report

HEADINGS = (
    "destination",
    "declared",
    "on air",
    "available",
    "interrupted",
    "restarts",
    "incidents",
    "gaps",
    "$ declared",
    "$ used",
    "$ billed",
)
INTERRUPTION_HEADINGS = ("destination", "from (UTC)", "for", "cause")
_MOST_ROWS = 200
_HOURS, _COST = (0, 1, 2, 3, 4, 5, 6, 7), (0, 8, 9, 10)
_UNKNOWN = "-"

Row = tuple[str, ...]


def table(report: Report) -> RenderableType:
    """Return the report as tables for people: hours, cost and interruptions."""
    parts: list[RenderableType] = [Text(title(report), "bold")]
    for period in report.periods:
        if report.by:
            parts.append(Text(f"\n{_span(period.period)}", "bold"))
        figures = [*rows(period), total_row(period.total)]
        for columns in (_HOURS, _COST):
            cells = [tuple(row[column] for column in columns) for row in figures]
            parts += [_plain([HEADINGS[column] for column in columns], cells), Text("")]
        listed = list(interruption_rows(period))
        if listed:
            interruptions = _plain(INTERRUPTION_HEADINGS, listed[:_MOST_ROWS], right=False)
            parts += [interruptions, *map(Text, _more(listed))]
    return Group(*parts)


def _plain(headings: Sequence[str], cells: Sequence[Row], *, right: bool = True) -> Table:
    """Return a table whose cells are folded and not cut: no amount or name may be lost."""
    table = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for heading in headings:
        justify: Literal["left", "right"] = "right" if right and heading != headings[0] else "left"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in cells:
        table.add_row(*row)
    return table


def title(report: Report) -> str:
    """Return the first line: the stack and the time."""
    return f"{report.project} {report.stack}: {_span(report.window)}"


def rows(period: PeriodFigures) -> Iterator[Row]:
    """Yield a row for each destination."""
    for name, figures in period.destinations.items():
        yield (
            name,
            _hours(figures.declared_hours),
            _hours(figures.on_air_hours),
            _availability(figures.availability),
            str(len(figures.interruptions)),
            _count(figures.restarts),
            _count(None if figures.incidents is None else len(figures.incidents)),
            _hours(figures.gaps.hours),
            _usd(figures.cost.declared),
            _usd(figures.cost.used),
            _usd(figures.cost.actual),
        )


def total_row(total: Total) -> Row:
    """Return the row of all destinations together."""
    return (
        "all",
        _hours(total.declared_hours),
        _hours(total.on_air_hours),
        _availability(total.availability),
        str(total.interruptions),
        _count(total.restarts),
        _count(total.incidents),
        _hours(total.gap_hours),
        _usd(total.cost.declared),
        _usd(total.cost.used),
        _usd(total.cost.actual),
    )


def interruption_rows(period: PeriodFigures) -> Iterator[Row]:
    """Yield a row for each interruption, by destination."""
    for name, figures in period.destinations.items():
        for each in figures.interruptions:
            yield name, _time(each.begin), _length(each), each.cause


def markdown(report: Report) -> str:
    """Return the report as Markdown."""
    blocks = [f"## {escape.markdown(title(report))}\n"]
    for period in report.periods:
        if report.by:
            blocks.append(f"### {escape.markdown(_span(period.period))}\n")
        aligned = ("---", *["--:"] * (len(HEADINGS) - 1))
        figures = [*rows(period), total_row(period.total)]
        blocks.append(_markdown_table(HEADINGS, aligned, figures))
        listed = list(interruption_rows(period))
        if listed:
            aligned = ("---",) * len(INTERRUPTION_HEADINGS)
            blocks.append(_markdown_table(INTERRUPTION_HEADINGS, aligned, listed[:_MOST_ROWS]))
            blocks += [f"{line}\n" for line in _more(listed)]
    blocks += [f"> {escape.markdown(note)}.\n" for note in report.notes]
    return "\n".join(blocks)


@dataclass(frozen=True, slots=True)
class _Bar:
    """A part of a timeline: its kind, its begin and its width, in thousandths."""

    kind: str
    begin: float
    width: float


def html(report: Report) -> str:
    """Return the report as one file of HTML, which loads nothing and runs nothing."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lunora.render", ""),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        finalize=lambda value: escape.terminal(value) if type(value) is str else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    periods = [
        {
            "span": _span(period.period),
            "rows": [*rows(period)],
            "total": total_row(period.total),
            "interruptions": listed[:_MOST_ROWS],
            "more": _more(listed),
        }
        for period in report.periods
        for listed in [list(interruption_rows(period))]
    ]
    return environment.get_template("report.html.j2").render(
        title=title(report),
        by=report.by,
        headings=HEADINGS,
        interruption_headings=INTERRUPTION_HEADINGS,
        periods=periods,
        timelines=_timelines(report),
        notes=report.notes,
    )


def _timelines(report: Report) -> Mapping[str, list[_Bar]]:
    """Return the bars of each destination over the whole time; what is blank was not declared."""
    return {
        name: [
            *_bars("declared", record.declared.runs, report.window),
            *_bars("on-air", record.timeline.on_air, report.window),
            *_bars("interrupted", record.declared.runs & record.timeline.off_air, report.window),
        ]
        for name, record in report.records.items()
    }


def _bars(kind: str, intervals: Intervals, window: Interval) -> Iterator[_Bar]:
    for part in intervals:
        begin = 1000 * ((part.begin - window.begin) / window.length)
        yield _Bar(kind, round(begin, 2), max(0.5, round(1000 * (part.length / window.length), 2)))


def _markdown_table(headings: Row, aligned: Row, cells: Sequence[Row]) -> str:
    lines = [headings, aligned, *(tuple(map(escape.markdown, row)) for row in cells)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _more(listed: Sequence[Row]) -> list[str]:
    left = len(listed) - _MOST_ROWS
    return [f"... and {left} more interruptions; --json has all"] if left > 0 else []


def _span(interval: Interval) -> str:
    return f"{_time(interval.begin)} to {_time(interval.end)} UTC"


def _time(time: dt.datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"


def _length(interruption: Interruption) -> str:
    minutes, seconds = divmod(interruption.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"
    return text if interruption.end else f"{text}, lasts"


def _hours(hours: float) -> str:
    return f"{hours:,.1f} h"


def _availability(share: float | None) -> str:
    shown = percent(share)
    return _UNKNOWN if shown is None else f"{shown:.3f} %"


def _count(number: int | None) -> str:
    return _UNKNOWN if number is None else str(number)


def _usd(amount: float | None) -> str:
    return _UNKNOWN if amount is None else f"{amount:,.2f}"
