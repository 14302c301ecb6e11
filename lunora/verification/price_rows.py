"""Checks of rows of the Price List that no document shows."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.unverified import UnverifiedFact
from lunora.cost.price_list import ENDPOINT_REGION, Group, rules
from lunora.cost.price_rows import PriceRow, signed
from lunora.verification.finding import Account, Finding, reading, words

# Usage types of a service that are shown where no rule takes any.
_MOST = 20


def transfer(account: Account, fact: UnverifiedFact) -> Finding:
    """Look for the rows of data transfer."""
    return _compared(account, fact, "mediaconnect.")


def enhanced(account: Account, fact: UnverifiedFact) -> Finding:
    """Look for the rows of outputs in enhanced quality."""
    return _compared(account, fact, "medialive.output.avc-enhanced.")


def _compared(account: Account, fact: UnverifiedFact, prefix: str) -> Finding:
    groups = [
        group for group in rules().groups if group.unverified and group.figure.startswith(prefix)
    ]
    others = [text for group in groups for text in _without_match(account, group)]
    return reading(fact, "others", "; ".join(others)) if others else reading(fact, "as listed")


def _without_match(account: Account, group: Group) -> Iterator[str]:
    """Yield the usage types that the list has instead of those of *group*; none if it has these."""
    client = account.stack.aws(ENDPOINT_REGION).client("pricing")
    rows = list(signed(client, group.service, group.region, account.stack.region))
    if not any(group.key(row, rules().classes) for row in rows):
        figure = group.figure.partition(".{")[0]
        yield f"no row of {figure} among {', '.join(_usage_types(rows)) or 'none'}"


def _usage_types(rows: list[PriceRow]) -> list[str]:
    return words(row.usage_type for row in rows if row.usage_type)[:_MOST]
