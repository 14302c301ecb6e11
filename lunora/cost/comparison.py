"""Cost of five channels, always on and on demand, beside the claims of the former system.

The documentation of the predecessor of this program claimed about $500 a month for five channels
that are always on, $100 to $200 on demand, and 50 to 60 % saved.
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

CHANNELS = 5
ALWAYS_ON_USD = 500
ON_DEMAND_USD = (100, 200)
SAVED_PERCENT = (50, 60)

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
    """Return the comparison at the prices of *priced*, with the ranges of its estimates."""
    always_on = _month(priced)
    rows = "".join(
        f"| {name} | {usd(_month(priced, hours))} | {_range(priced, hours)} |"
        f" {cost.saving_percent(_month(priced, hours), always_on):.0f} % |\n"
        for name, hours in _cases()
    )
    claims = "".join(f"| {' | '.join(claim)} |\n" for claim in _claims(priced))
    return (
        f"Five 1080p30 destinations in {priced.region}, prices as of {_as_of(priced)}:\n\n"
        "| five channels | $/month | range | less than always on |\n|---|--:|--:|--:|\n"
        f"{rows}| deleted | $0 | - | 100 % |\n\n"
        "| claim | at these prices | does it hold |\n|---|---|---|\n"
        f"{claims}"
    )


def _claims(priced: Prices) -> Iterator[tuple[str, str, str]]:
    always_on = _month(priced)
    least, most = _bounds(priced, cost.HOURS_PER_MONTH)
    yield (
        f"five channels always on cost ${ALWAYS_ON_USD} a month",
        f"{usd(always_on)}, {usd(least)} to {usd(most)}",
        f"no: {least / ALWAYS_ON_USD:.1f} to {most / ALWAYS_ON_USD:.1f} times as much"
        if least > ALWAYS_ON_USD
        else "at the lower bound of these prices",
    )
    few, many = (_hours_for(usd_a_month, priced) for usd_a_month in ON_DEMAND_USD)
    yield (
        f"on demand they cost ${ON_DEMAND_USD[0]} to ${ON_DEMAND_USD[1]}",
        f"{few:.0f} to {many:.0f} hours on air a month, each" if few > 0 else _unaffordable(many),
        f"up to {many:.0f} hours a month, {many * 12 / 52:.0f} a week" if many > 0 else "no",
    )
    more, fewer = (_hours_for(always_on * (1 - saved / 100), priced) for saved in SAVED_PERCENT)
    yield (
        f"on demand saves {SAVED_PERCENT[0]} to {SAVED_PERCENT[1]} %",
        f"{fewer:.0f} to {more:.0f} hours on air a month; fewer hours save more",
        f"yes, up to {more:.0f} hours a month" if more > 0 else "no",
    )


def _unaffordable(hours: float) -> str:
    return f"at most {hours:.0f} hours on air a month" if hours > 0 else "not even stopped ones"


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


def _bounds(priced: Prices, hours: float) -> tuple[float, float]:
    return _month(priced.at_their_least(), hours), _month(priced.at_their_most(), hours)


def _range(priced: Prices, hours: float) -> str:
    least, most = _bounds(priced, hours)
    return f"{usd(least)} to {usd(most)}"


def _hours_for(budget: float, priced: Prices) -> float:
    stopped, always_on = _month(priced, 0), _month(priced)
    return (budget - stopped) / (always_on - stopped) * cost.HOURS_PER_MONTH


def _as_of(priced: Prices) -> str:
    figures = [priced.figure(key) for key in _estimate(priced).keys]
    estimates = sum(figure.origin == "estimate" for figure in figures)
    oldest = min(figure.date for figure in figures)
    return f"{oldest} ({estimates} of {len(figures)} are estimates)"
