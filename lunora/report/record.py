"""All that is known about one destination in the whole time of a report."""

from __future__ import annotations

from dataclasses import dataclass

from lunora.report.declared_hours import DeclaredHours
from lunora.report.evidence import Evidence, Timeline
from lunora.report.intervals import Intervals


@dataclass(frozen=True, slots=True)
class DestinationRecord:
    """One destination in the whole time of a report.

    Attributes:
        name: the destination.
        declared: its hours by its file.
        evidence: what is known about it.
        timeline: what follows of that.
    """

    name: str
    declared: DeclaredHours
    evidence: Evidence
    timeline: Timeline

    @property
    def gaps(self) -> Intervals:
        """The parts of its declared hours that nothing tells about."""
        return self.declared.runs - self.timeline.on_air - self.timeline.off_air
