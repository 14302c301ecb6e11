"""The figures of a stack, alone or beside those of before, for people, reviews and programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from catalog.cost import HOURS_PER_MONTH, Cost, LineItem
from catalog.stack_cost import StackCost

HEADINGS = ("destination", "h/month", "$/hour", "$/month", "always on", "saving")
HEADINGS_AGAINST = (*HEADINGS, "before", "change")

Row = tuple[str, ...]


def rows(now: StackCost, before: StackCost | None) -> Iterator[Row]:
    """Return a row for every destination of now and *before*, and for what they share."""
    names = now.destinations.keys() | (before.destinations.keys() if before else set())
    for name in sorted(names):
        one = now.destinations.get(name)
        shown = _row(one) if one else (name, *["-"] * (len(HEADINGS) - 1))
        if before:
            old = before.destinations.get(name)
            shown += _change(one.monthly_usd if one else 0, old.monthly_usd if old else 0)
        yield shown
    yield _shared_row(now, before)


def total_row(now: StackCost, before: StackCost | None) -> Row:
    """Return the row of all destinations together."""
    saving = f"{now.saving_percent:.0f} %"
    shown: Row = ("all", "", "", usd(now.monthly_usd), usd(now.always_on_usd), saving)
    return shown + _change(now.monthly_usd, before.monthly_usd) if before else shown


def markdown(now: StackCost, before: StackCost | None, notes: Sequence[str]) -> str:
    """Return table and *notes* as Markdown."""
    headings = HEADINGS_AGAINST if before else HEADINGS
    lines = [headings, ("---", *["--:"] * (len(headings) - 1)), *rows(now, before)]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in [*lines, total_row(now, before)])
    return table + "".join(f"\n> {note}.\n" for note in notes)


def document(now: StackCost, before: StackCost | None, notes: Sequence[str]) -> dict[str, Any]:
    """Return all figures as one document; `before` and `changeUsd` only where there is one."""
    found: dict[str, Any] = {
        "destinations": {name: _detail(one) for name, one in now.destinations.items()},
        "shared": {region: [_line(line) for line in lines] for region, lines in now.shared.items()},
        "cost": now.summary,
        "notes": list(notes),
    }
    if before:
        change = now.monthly_usd - before.monthly_usd
        found |= {"before": before.summary, "changeUsd": round(change, 2)}
    return found


def usd(amount: float) -> str:
    """Return *amount* as people write it."""
    return f"${amount:,.2f}"


def _row(one: Cost) -> Row:
    return (
        one.name,
        f"{one.running_hours:.0f}",
        usd(one.hourly_usd),
        usd(one.monthly_usd),
        usd(one.always_on_usd),
        f"{one.saving_percent:.0f} %",
    )


def _shared_row(now: StackCost, before: StackCost | None) -> Row:
    """Return the row of alarms and dashboards that all destinations share."""
    shown: Row = ("shared", "", "", usd(now.shared_usd), usd(now.shared_usd), "")
    return shown + _change(now.shared_usd, before.shared_usd) if before else shown


def _change(now: float, before: float) -> Row:
    difference = round(now - before, 2)
    sign = "-" if difference < 0 else "+" if difference > 0 else ""
    return usd(before), f"{sign}{usd(abs(difference))}"


def _detail(one: Cost) -> dict[str, Any]:
    return {
        "region": one.region,
        "runningHours": round(one.running_hours, 2),
        "idleHours": round(HOURS_PER_MONTH - one.running_hours, 2),
        "hourlyUsd": round(one.hourly_usd, 4),
        "monthlyUsd": round(one.monthly_usd, 2),
        "alwaysOnMonthlyUsd": round(one.always_on_usd, 2),
        "savingPercent": round(one.saving_percent, 1),
        "lines": [_line(line) for line in one.lines],
    }


def _line(line: LineItem) -> dict[str, Any]:
    return {
        "what": line.what,
        "figure": line.key,
        "quantity": round(line.quantity, 2),
        "usd": round(line.usd, 2),
    }
