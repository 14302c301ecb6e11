"""The cost of five channels, always on and on demand, as a table for docs/reference/cost.md.

The predecessor of this program claimed about $500 a month for five channels that are always on.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog import cost
from catalog.cost import Cost
from catalog.flow_source import FlowSource
from catalog.marked_block import MarkedBlock
from catalog.model import DestinationSpec
from catalog.prices import Prices

CLAIMED_USD = 500
CHANNELS = 5

_EXAMPLE = MarkedBlock("example", "lunora prices example")
# Hours a month on air: always, office hours, three evenings a week, one show a week.
_HOURS = (cost.HOURS_PER_MONTH, 184, 39, 9)


def with_example(document: Path, priced: Prices) -> str:
    """Return the text of *document* with the comparison at the prices of *priced*.

    Raises:
        LunoraError: when the document has no place for it.
    """
    return _EXAMPLE.document(document, example(priced))


def example(priced: Prices) -> str:
    """Return the comparison at the prices of *priced*, and at the lower bounds of its estimates."""
    least = priced.at_their_least()
    always_on, always_on_least = _month(priced), _month(least)
    rows = "".join(
        f"| {name} | {usd(_month(priced, hours))} | {usd(_month(least, hours))} |"
        f" {cost.saving_percent(_month(priced, hours), always_on):.0f} % |\n"
        for name, hours in _cases()
    )
    affordable = _hours_for(CLAIMED_USD, priced)
    return (
        f"Five 1080p30 destinations in {priced.region}, prices as of {_as_of(priced)}:\n\n"
        "| five channels | $/month | at least | less than always on |\n|---|--:|--:|--:|\n"
        f"{rows}| deleted | $0 | $0 | 100 % |\n\n"
        f"Always on, five such channels cost {usd(always_on)} a month at these prices and"
        f" {usd(always_on_least)} at the least they may be:"
        f" {always_on_least / CLAIMED_USD:.1f} to {always_on / CLAIMED_USD:.1f} times the claimed"
        f" ${CLAIMED_USD}. ${CLAIMED_USD} {_bought(affordable)}\n"
    )


def usd(amount: float) -> str:
    """Return *amount* in whole dollars."""
    return f"${amount:,.0f}"


def _cases() -> Iterator[tuple[str, float]]:
    yield "always on", _HOURS[0]
    for hours in _HOURS[1:]:
        yield f"on air {hours} h a month", hours
    yield "stopped all month", 0


def _month(priced: Prices, hours: float = cost.HOURS_PER_MONTH) -> float:
    return CHANNELS * _estimate(priced, hours).monthly_usd


def _estimate(priced: Prices, hours: float = cost.HOURS_PER_MONTH) -> Cost:
    spec = DestinationSpec.model_validate(
        {"name": "example", "platform": "restream", "preset": "1080p30"}
    )
    return cost.estimate(spec, priced, FlowSource(), hours=hours)


def _hours_for(budget: float, priced: Prices) -> float:
    stopped, always_on = _month(priced, 0), _month(priced)
    return (budget - stopped) / (always_on - stopped) * cost.HOURS_PER_MONTH


def _bought(hours: float) -> str:
    if hours <= 0:
        return "do not even pay for five stopped ones."
    return f"a month buy about {hours:.0f} hours on air for each of the five."


def _as_of(priced: Prices) -> str:
    figures = [priced.figure(key) for key in _estimate(priced).keys]
    estimates = sum(figure.origin == "estimate" for figure in figures)
    oldest = min(figure.date for figure in figures)
    return f"{oldest} ({estimates} of {len(figures)} are estimates)"
