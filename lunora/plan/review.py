"""All that a reviewer is told of a change, from the preview and the files."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog import stack_cost
from catalog.flow_source import FlowFacts
from catalog.model import DestinationSpec
from catalog.prices import PriceNotFoundError
from catalog.stack_cost import StackCost
from lunora.plan.changes import Changes, changes
from lunora.plan.cost_delta import CostDelta, cost_delta, deployed_outputs
from lunora.plan.diagnostics import PreviewDiagnostics, preview_diagnostics
from lunora.plan.preview import Preview, parse
from lunora.plan.quota import QuotaUsage, quota_usage


@dataclass(frozen=True, slots=True)
class Review:
    """A change as a reviewer needs it.

    Attributes:
        stack: project and stack, for the title.
        failed: whether the preview ended in an error.
        specs: the destinations of the files; none where the files are not valid.
        changes: what would happen.
        said: what guards, errors and warnings said.
        spending: the cost before and after.
        unpriced: why there is no cost after; empty where there is one.
        notes: what has to be said with the prices.
        rooms: how much of what AWS allows would be used.
    """

    stack: str
    failed: bool
    specs: tuple[DestinationSpec, ...]
    changes: Changes
    said: PreviewDiagnostics
    cost_delta: CostDelta
    unpriced: str
    notes: tuple[str, ...]
    quota_usage: tuple[QuotaUsage, ...]

    @property
    def refused(self) -> bool:
        """Whether a guard refused, and nothing else went wrong."""
        return bool(self.said.refusals) and not self.said.errors

    @property
    def title(self) -> str:
        """One line that says it all."""
        if self.said.errors:
            return f"{self.stack}: the preview failed"
        if self.said.refusals:
            return f"{self.stack}: refused by a guard"
        counts = {
            "created": len(self.changes.of_kind("created")),
            "changed": len(self.changes.of_kind("changed")),
            "interrupted": len(self.changes.interrupted),
            "removed": len(self.changes.of_kind("removed")),
        }
        told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return f"{self.stack}: {told or 'no destination changes'}"

    @property
    def verdict(self) -> str:
        """What merging means, in one sentence."""
        if self.failed:
            return "Nothing can be deployed like this; what follows is what was seen until then."
        if not self.changes.destinations and not self.changes.others:
            return "Merging this changes nothing in AWS."
        fates = [
            (len(self.changes.interrupted), "interrupted"),
            (len(self.changes.of_kind("removed")), "removed for good"),
        ]
        told = [f"{_streams(count)} {fate}" for count, fate in fates if count]
        return f"Merging this deploys it; {' and '.join(told) or 'no stream is interrupted'}."


def review(
    text: str,
    *,
    stack: str,
    specs: tuple[DestinationSpec, ...],
    flows: Mapping[str, FlowFacts],
    today: dt.date,
) -> Review:
    """Return what to tell of the preview in *text*.

    Args:
        text: the document of `pulumi preview --json`.
        stack: project and stack, for the title.
        specs: the destinations of the files; none where they are not valid.
        flows: what is known of the flows, by their key.
        today: the day that the age of prices is counted to.

    Raises:
        NoPreview: when *text* is no such document.
    """
    preview = parse(text)
    total, unpriced = _priced(specs, flows)
    return Review(
        stack=stack,
        failed=preview.failed,
        specs=specs,
        changes=changes(preview),
        said=preview_diagnostics(preview, json.loads(text)),
        cost_delta=cost_delta(preview, total),
        unpriced=unpriced,
        notes=total.caveats(today) if total else (),
        quota_usage=quota_usage(specs, _quota(preview)) if specs else (),
    )


def _streams(count: int) -> str:
    return "1 stream is" if count == 1 else f"{count} streams are"


def _priced(
    specs: tuple[DestinationSpec, ...], flows: Mapping[str, FlowFacts]
) -> tuple[StackCost | None, str]:
    if not specs:
        return None, "there are no valid destination files"
    try:
        return stack_cost.estimate(specs, flows), ""
    except PriceNotFoundError as missing:
        return None, str(missing)


def _quota(preview: Preview) -> Mapping[str, Any]:
    quota = deployed_outputs(preview).get("quota")
    return quota if isinstance(quota, Mapping) else {}
