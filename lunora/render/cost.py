"""Render costs and prices: tables for people, Markdown for reviews, documents for programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from catalog.cost import HOURS_PER_MONTH, Cost, LineItem
from catalog.flow_source import FlowFacts
from catalog.forecast import SHARED, Month, MonthCost
from catalog.prices import Prices
from catalog.savings import Suggestion
from catalog.stack_cost import StackCost
from lunora.render import escape

HEADINGS = ("destination", "h/month", "$/hour", "$/month", "always on", "saving")
HEADINGS_AGAINST = (*HEADINGS, "before", "change")

Row = tuple[str, ...]


def rows(now: StackCost, before: StackCost | None) -> Iterator[Row]:
    """Return a row for every destination of *now* and *before*, and for shared resources."""
    names = now.destinations.keys() | (before.destinations.keys() if before else set())
    for name in sorted(names):
        cost = now.destinations.get(name)
        row = _row(cost) if cost else (name, *["-"] * (len(HEADINGS) - 1))
        if before:
            former = before.destinations.get(name)
            row += _change(cost.monthly_usd if cost else 0, former.monthly_usd if former else 0)
        yield row
    yield _shared_row(now, before)


def total_row(now: StackCost, before: StackCost | None) -> Row:
    """Return the row of all destinations together."""
    saving = f"{now.saving_percent:.0f} %"
    row: Row = ("all", "", "", usd(now.monthly_usd), usd(now.always_on_usd), saving)
    return row + _change(now.monthly_usd, before.monthly_usd) if before else row


def table(now: StackCost, before: StackCost | None) -> Table:
    """Return the costs as a table for people."""
    least, most = now.range_usd
    estimate = f", an estimate ({usd(least)} to {usd(most)})" if now.estimate else ""
    costs = Table(
        title=f"{usd(now.monthly_usd)} a month, as of {now.priced_as_of}{estimate}",
        title_justify="left",
        show_footer=True,
    )
    headings = HEADINGS_AGAINST if before else HEADINGS
    for heading, footer in zip(headings, total_row(now, before), strict=True):
        left = heading == HEADINGS[0]
        costs.add_column(heading, footer, justify="left" if left else "right", overflow="fold")
    for row in rows(now, before):
        costs.add_row(*row)
    return costs


def month_table(total: StackCost, months: Mapping[str, MonthCost], month: Month) -> Table:
    """Return declared, so far, billed and forecast side by side, for people."""
    days = f"{month.start:%B %Y}, {month.hours_so_far / 24:.1f} of {month.days} days"
    costs = Table(title=days, title_justify="left", show_footer=True)
    rows_of_month = list(_month_rows(total, months))
    columns = list(zip(*rows_of_month, strict=True))[2:]
    sums = [usd(total.monthly_usd), *(_sum(column) for column in columns)]
    headings = ("destination", "730 hours", "so far by the files", "so far billed", "forecast")
    for heading, footer in zip(headings, ("all", *sums), strict=True):
        left = heading == headings[0]
        costs.add_column(heading, footer, justify="left" if left else "right", no_wrap=True)
    for name, *amounts in rows_of_month:
        costs.add_row(name, *(_known(amount) for amount in amounts))
    return costs


_MonthRow = tuple[str, float | None, float | None, float | None, float | None]


def _month_rows(total: StackCost, months: Mapping[str, MonthCost]) -> Iterator[_MonthRow]:
    for name, cost in months.items():
        declared = total.destinations[name].monthly_usd if name else total.shared_usd
        yield (name or "shared", declared, cost.declared, cost.actual, cost.forecast)


def _sum(amounts: Iterable[float | str | None]) -> str:
    known = [amount for amount in amounts if isinstance(amount, float)]
    return usd(sum(known)) if known else "-"


def _known(amount: float | None) -> str:
    return "-" if amount is None else usd(amount)


def month_document(months: Mapping[str, MonthCost], month: Month) -> dict[str, Any]:
    """Return the costs of the month for programs; without an answer of AWS, no billed amounts."""

    def amounts(cost: MonthCost) -> dict[str, float]:
        billed = {} if cost.actual is None else {"billedUsd": round(cost.actual, 2)}
        return {
            "soFarUsd": round(cost.declared, 2),
            **billed,
            "forecastUsd": round(cost.forecast, 2),
        }

    return {
        "start": month.start.date().isoformat(),
        "hoursSoFar": round(month.hours_so_far, 1),
        "forecastUsd": round(sum(cost.forecast for cost in months.values()), 2),
        "destinations": {name: amounts(cost) for name, cost in months.items() if name},
        "shared": amounts(months[SHARED]),
    }


def sources(flows: Mapping[str, FlowFacts]) -> Iterator[str]:
    """Yield the bitrate that each flow counts with, and whether it was measured."""
    for key, facts in sorted(flows.items()):
        declared = f"declared up to {facts.source.mbps} Mb/s"
        if facts.measured_mbps is None:
            yield f"source of flow {key}: {declared}, not measured"
        else:
            yield f"source of flow {key}: measured {facts.measured_mbps:.1f} Mb/s, {declared}"


def sources_document(flows: Mapping[str, FlowFacts]) -> dict[str, Any]:
    """Return the bitrates of the flows for programs."""
    return {
        key: {"declaredMbps": facts.source.mbps, "measuredMbps": facts.measured_mbps}
        for key, facts in flows.items()
    }


def prices(region: Prices, today: dt.date) -> Table:
    """Return the prices of a *region* as a table for people."""
    figures = Table(title=f"Prices of {region.region}", title_justify="left")
    for heading in ("figure", "$", "for a", "origin", "days old", "source"):
        right = heading in {"$", "days old"}
        figures.add_column(heading, justify="right" if right else "left", overflow="fold")
    for key, price in sorted(region.figures.items()):
        age = str((today - price.date).days)
        figures.add_row(key, f"{price.usd:g}", price.unit, price.origin, age, price.source)
    return figures


def markdown(now: StackCost, before: StackCost | None, caveats: Sequence[str]) -> str:
    """Return table and *caveats* as Markdown."""
    headings = HEADINGS_AGAINST if before else HEADINGS
    lines = [headings, ("---", *["--:"] * (len(headings) - 1)), *rows(now, before)]
    body = "".join(
        f"| {' | '.join(map(escape.markdown, cells))} |\n"
        for cells in [*lines, total_row(now, before)]
    )
    return body + "".join(f"\n> {escape.markdown(caveat)}.\n" for caveat in caveats)


def document(now: StackCost, before: StackCost | None, caveats: Sequence[str]) -> dict[str, Any]:
    """Return all figures as one document; `before` and `changeUsd` only where there is cost."""
    content: dict[str, Any] = {
        "destinations": {name: _detail(cost) for name, cost in now.destinations.items()},
        "shared": {region: [_line(line) for line in lines] for region, lines in now.shared.items()},
        "cost": now.summary,
        "range": dict(zip(("leastUsd", "mostUsd"), map(_cents, now.range_usd), strict=True)),
        "notes": list(caveats),
    }
    if before:
        change = now.monthly_usd - before.monthly_usd
        content |= {"before": before.summary, "changeUsd": round(change, 2)}
    return content


def suggestion(cheaper: Suggestion) -> str:
    """Return a suggestion as text, with its patch; `git apply` takes it, text and all."""
    caveat = "" if cheaper.keeps else ", against what the file asks for"
    return (
        f"\n{cheaper.name}: {cheaper.way}: {usd(cheaper.after_usd)} a month instead of"
        f" {usd(cheaper.before_usd)}, saves {usd(cheaper.saving_usd)}{caveat}\n"
        f"  gives up: {cheaper.gives_up}\n{cheaper.patch}"
    )


def suggestions_document(cheaper: Sequence[Suggestion]) -> list[dict[str, Any]]:
    """Return suggestions for programs."""
    return [
        {
            "name": each.name,
            "way": each.way,
            "monthlyUsd": round(each.before_usd, 2),
            "afterUsd": round(each.after_usd, 2),
            "savingUsd": round(each.saving_usd, 2),
            "keepsRequest": each.keeps,
            "givesUp": each.gives_up,
            "patch": each.patch,
        }
        for each in cheaper
    ]


def usd(amount: float) -> str:
    """Return *amount* with two decimals and separators."""
    return f"${amount:,.2f}"


def _row(cost: Cost) -> Row:
    return (
        cost.name,
        f"{cost.running_hours:.0f}",
        usd(cost.hourly_usd),
        usd(cost.monthly_usd),
        usd(cost.always_on_usd),
        f"{cost.saving_percent:.0f} %",
    )


def _shared_row(now: StackCost, before: StackCost | None) -> Row:
    """Return the row of the alarms and dashboards that all destinations share."""
    row: Row = ("shared", "", "", usd(now.shared_usd), usd(now.shared_usd), "")
    return row + _change(now.shared_usd, before.shared_usd) if before else row


def _change(now: float, before: float) -> Row:
    difference = round(now - before, 2)
    sign = "-" if difference < 0 else "+" if difference > 0 else ""
    return usd(before), f"{sign}{usd(abs(difference))}"


def _detail(cost: Cost) -> dict[str, Any]:
    return {
        "region": cost.region,
        "runningHours": round(cost.running_hours, 2),
        "idleHours": round(HOURS_PER_MONTH - cost.running_hours, 2),
        "hourlyUsd": round(cost.hourly_usd, 4),
        "monthlyUsd": round(cost.monthly_usd, 2),
        "leastUsd": _cents(cost.range_usd[0]),
        "mostUsd": _cents(cost.range_usd[1]),
        "alwaysOnMonthlyUsd": round(cost.always_on_usd, 2),
        "savingPercent": round(cost.saving_percent, 1),
        "lines": [_line(line) for line in cost.lines],
    }


def _cents(amount: float) -> float:
    return round(amount, 2)


def _line(line: LineItem) -> dict[str, Any]:
    return {
        "what": line.what,
        "figure": line.key,
        "quantity": round(line.quantity, 2),
        "usd": round(line.usd, 2),
    }
