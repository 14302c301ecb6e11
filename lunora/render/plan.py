"""Render a review as Markdown of bounded length; equal changes have equal texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import jinja2

from catalog.durations import durations
from catalog.quotas import quotas
from lunora.plan.changes import DestinationChange
from lunora.plan.cost_delta import CostDelta, Share
from lunora.plan.review import Review
from lunora.render import escape
from lunora.render.mermaid import flowchart

# GitHub takes 65,536 characters in a comment.
LONGEST = 60_000

# Rows of one list; all lists at their longest stay far below LONGEST.
_MOST_ROWS = 40


def markdown(review: Review) -> str:
    """Return *review* as Markdown."""
    changes, cost_delta = review.changes, review.cost_delta
    template = _templates().get_template("plan.md.j2")
    costlier = [share for share in cost_delta.shares if share.changes]
    return template.render(
        title=review.title,
        verdict=review.verdict,
        diagnostics=review.diagnostics,
        changes=changes,
        sections=[
            ("Created", changes.of_kind("created")),
            ("Adopted", changes.of_kind("adopted")),
            ("Changed", changes.of_kind("changed")),
            ("Removed", changes.of_kind("removed")),
        ],
        pauses=any(change.impact.seconds for change in changes.interrupted if change.impact),
        durations=durations(),
        cost_delta=cost_delta,
        costlier=costlier,
        forecast=cost_delta.forecast(review.month),
        month=f"{review.month.start:%B %Y}",
        budget_usd=review.budget_usd,
        unpriced=review.unpriced,
        caveats=review.caveats,
        quota_usage=review.quota_usage,
        has_default_quota=any(not usage.known for usage in review.quota_usage),
        quotas=quotas(),
        picture=flowchart(review.specs, changes),
        properties=review.properties,
        pictures=review.pictures,
        has_run=bool(review.origin and review.origin.run),
        origin=review.origin.markdown if review.origin else "",
        marker=f"<!-- lunora plan {review.stack} -->",
    )


class _Markdown(str):
    """A text that is Markdown already."""

    __slots__ = ()


def _escaped(value: object) -> object:
    return escape.markdown(value) if type(value) is str else value


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lunora.render", ""),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, which `finalize` escapes
        keep_trailing_newline=True,
        finalize=_escaped,
    )
    environment.globals |= {
        "first": lambda items: items[:_MOST_ROWS],
        "more": lambda items: _Markdown(_more(items)),
        "usd": _usd,
        "difference": _difference,
        "range": _range,
        "duration": _duration,
        "code": lambda text: _Markdown(escape.code_span(text)),
        "fenced": lambda text: _Markdown(escape.fenced(text)),
        "safe": _Markdown,
        "parts": _parts,
    }
    return environment


def _more(items: Sequence[Any]) -> str:
    left = len(items) - _MOST_ROWS
    return f"\n\n... and {left} more." if left > 0 else ""


def _usd(amount: float | None) -> str:
    return "-" if amount is None else f"${amount:,.2f}"


def _difference(before: float | None, after: float | None) -> str:
    change = round((after or 0) - (before or 0), 2)
    sign = "-" if change < 0 else "+" if change > 0 else ""
    return f"{sign}${abs(change):,.2f}"


def _range(cost: Share | CostDelta) -> str:
    if cost.least is None or cost.most is None:
        return "-"
    return f"${cost.least:,.0f} to ${cost.most:,.0f}"


def _duration(seconds: int | None) -> str:
    if seconds is None:
        return "as declared"
    return f"about {max(1, round(seconds / 60))} min" if seconds else "seconds"


def _parts(change: DestinationChange) -> str:
    whole = change.kind != "changed"
    counts = Counter((part.what, "" if whole else f" {part.kind}") for part in change.parts)
    return ", ".join(
        f"{count} {what}s{kind}" if count > 1 else f"{what}{kind}"
        for (what, kind), count in counts.items()
    )
