"""The table of all published prices and rules of estimates, for docs/reference/cost.md."""

from __future__ import annotations

from catalog import price_estimates
from catalog.marked_block import MarkedBlock

PRICES = MarkedBlock("prices", "lunora prices example")

_READ = {
    "price-list-quoted": "rows of the Price List, quoted",
    "price-list-computed": "computed from the Price List",
    "aws-page": "page of AWS",
}


def table() -> str:
    """Return both tables as Markdown."""
    rows = sorted(price_estimates.published(), key=lambda row: (row.figure, row.region))
    published = "".join(
        f"| `{row.figure}` | {_region(row.region)} | {row.usd:g} | {row.unit} | {row.date} |"
        f" {_READ[row.read]} | {row.source} |\n"
        for row in rows
    )
    rules = "".join(
        f"| `{rule.figure}` | {rule.times:g} ({rule.least:g} to {rule.most:g}) times"
        f" `{rule.base}` | {rule.why} |\n"
        for rule in price_estimates.rules()
    )
    other = price_estimates.other_region()
    unread = "".join(
        f"| `{row.figure}` | ${row.usd:g} ({row.least:g} to {row.most:g}) | {row.why} |\n"
        for row in price_estimates.unread()
    )
    return (
        "| price | region | $ | for a | date | read | source |\n|---|---|--:|---|---|---|---|\n"
        f"{published}\n"
        "| estimate | is | reason |\n|---|---|---|\n"
        f"{rules}"
        f"| any price of another region | {other.times:g} ({other.least:g} to {other.most:g}) times"
        f" that of {price_estimates.base_region()} | {other.why}; the widest published ratio"
        " between regions is 1.33 |\n"
        f"{unread}"
    )


def _region(name: str) -> str:
    return "all" if name == "*" else name
