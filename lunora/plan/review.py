"""Review of a change: preview, cost and quotas together."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog import stack_cost
from catalog.flow_source import FlowFacts
from catalog.forecast import Month
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from catalog.pricing import NONE_ADOPTED
from catalog.stack_cost import StackCost
from lunora.plan.changes import Changes, changes
from lunora.plan.cost_delta import CostDelta, cost_delta, deployed_outputs
from lunora.plan.diagnostics import PreviewDiagnostics, masking, preview_diagnostics
from lunora.plan.origin import Origin
from lunora.plan.preview import Preview, parse
from lunora.plan.properties import PropertyChange, property_changes
from lunora.plan.quota import QuotaUsage, quota_usage


@dataclass(frozen=True, slots=True)
class Review:
    """A change as a reviewer needs it.

    Attributes:
        stack: project and stack, for the title.
        failed: whether the preview ended in an error.
        specs: the destinations of the files; none where the files are not valid.
        changes: the planned changes.
        diagnostics: refusals of guards, errors and warnings.
        cost_delta: the cost before and after.
        unpriced: why there is no cost after; empty where there is one.
        caveats: caveats of the prices.
        quota_usage: the quotas that the files use.
        month: this month.
        budget_usd: the stack's monthly budget; None without one.
        properties: changed properties of resources, without secrets.
        origin: the commit and the run that the preview is of; None by hand.
        pictures: names of the files with pictures of the destinations; None where nobody asked.
    """

    stack: str
    failed: bool
    specs: tuple[DestinationSpec, ...]
    changes: Changes
    diagnostics: PreviewDiagnostics
    cost_delta: CostDelta
    unpriced: str
    caveats: tuple[str, ...]
    quota_usage: tuple[QuotaUsage, ...]
    month: Month
    budget_usd: float | None
    properties: tuple[PropertyChange, ...] = ()
    origin: Origin | None = None
    pictures: tuple[str, ...] | None = None

    @property
    def refused(self) -> bool:
        """True where guards refused and nothing else failed."""
        return bool(self.diagnostics.refusals) and not self.diagnostics.errors

    @property
    def title(self) -> str:
        """Summary in one line."""
        if self.diagnostics.errors:
            return f"{self.stack}: the preview failed"
        if self.diagnostics.refusals:
            return f"{self.stack}: refused by a guard"
        counts = {
            "created": len(self.changes.of_kind("created")),
            "adopted": len(self.changes.of_kind("adopted")),
            "changed": len(self.changes.of_kind("changed")),
            "interrupted": len(self.changes.interrupted),
            "removed": len(self.changes.of_kind("removed")),
        }
        summary = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        return f"{self.stack}: {summary or 'no destination changes'}"

    @property
    def verdict(self) -> str:
        """Consequence of the merge, in one sentence."""
        if self.failed:
            return "Nothing can be deployed. The preview ended early: the lists are incomplete."
        if not self.changes.destinations and not self.changes.others:
            if self.changes.protected or self.changes.unprotected:
                return "Merging this changes nothing in AWS but what may be deleted later."
            return "Merging this changes nothing in AWS."
        consequences = [
            (len(self.changes.interrupted), "interrupted"),
            (len(self.changes.of_kind("removed")), "removed for good"),
        ]
        clauses = [f"{_streams(count)} {outcome}" for count, outcome in consequences if count]
        summary = " and ".join(clauses) or "no stream is interrupted"
        return f"Merging this deploys it; {summary}."


def review(  # noqa: PLR0913 - what a reviewer decides by
    text: str,
    *,
    stack: str,
    specs: tuple[DestinationSpec, ...],
    flows: Mapping[str, FlowFacts],
    region: str,
    today: dt.date,
    adopted: Mapping[str, ManifestEntry] = NONE_ADOPTED,
    budget_usd: float | None = None,
    origin: Origin | None = None,
    missing: Callable[[Preview], Iterable[str]] = lambda _: (),
) -> Review:
    """Return the review of the preview in *text*.

    Args:
        text: the document of `pulumi preview --json`.
        stack: project and stack, for the title.
        specs: the destinations of the files; none where they are not valid.
        flows: facts of the flows, by their key.
        region: the stack's own region.
        today: the present day, for the age of prices.
        adopted: entries of the import file, by the original name of their destination.
        budget_usd: the stack's monthly budget; None without one.
        origin: the commit and the run that the preview is of.
        missing: returns warnings of resources that AWS does not have any more.

    Raises:
        PreviewFormatError: when *text* is no such document.
    """
    preview = parse(text)
    total, unpriced = _priced(specs, flows, adopted)
    content = json.loads(text)
    properties = property_changes(preview, masking(content))
    return Review(
        stack=stack,
        failed=preview.failed,
        specs=specs,
        changes=changes(preview),
        diagnostics=preview_diagnostics(preview, content).with_warnings(missing(preview)),
        cost_delta=cost_delta(preview, total),
        unpriced=unpriced,
        caveats=total.caveats(today) if total else (),
        quota_usage=quota_usage(specs, _quota(preview), flows, region) if specs else (),
        properties=properties,
        origin=origin,
        month=Month.of(dt.datetime.combine(today, dt.time(), dt.UTC)),
        budget_usd=budget_usd,
    )


def _streams(count: int) -> str:
    return "1 stream is" if count == 1 else f"{count} streams are"


def _priced(
    specs: tuple[DestinationSpec, ...],
    flows: Mapping[str, FlowFacts],
    adopted: Mapping[str, ManifestEntry],
) -> tuple[StackCost | None, str]:
    if not specs:
        return None, "there are no valid destination files"
    total = stack_cost.estimate(specs, flows, adopted)
    if total.unpriced and not total.destinations:
        return None, str(next(iter(total.unpriced.values())))
    return total, ""


def _quota(preview: Preview) -> Mapping[str, Any]:
    quota = deployed_outputs(preview).get("quota")
    return quota if isinstance(quota, Mapping) else {}
