"""Name the cause of a time off air, by the history, CloudTrail and CloudWatch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from lunora.report.evidence import NOT_RUNNING, READING
from lunora.report.intervals import Interval
from lunora.report.record import DestinationRecord

_START = dt.timedelta(minutes=10)
"""AWS: "a startup time up to 10 minutes is still normal" (MediaLive user guide)."""


def cause(record: DestinationRecord, part: Interval) -> str:
    """Return why it was off air in *part*: people first, then incidents, then what was measured."""
    causes = (_people, _incidents, _start, _refusals, _callers, _measured)
    return next((text for find in causes for text in find(record, part)), NOT_RUNNING)


def _people(record: DestinationRecord, part: Interval) -> Iterator[str]:
    records = record.evidence.records
    for time, who in records.acts:
        if _recent(time, part):
            yield f"stopped by {who}"
    for change in records.states:
        if change.cause and _recent(change.time, part):
            yield change.cause


def _incidents(record: DestinationRecord, part: Interval) -> Iterator[str]:
    for incident in record.evidence.records.incidents:
        if part.overlaps(incident.opened - READING, incident.closed):
            yield incident.reason


def _start(record: DestinationRecord, part: Interval) -> Iterator[str]:
    begins = {run.begin for run in record.declared.runs}
    if part.begin in begins and part.length <= _START:
        yield "it was starting"


def _refusals(record: DestinationRecord, part: Interval) -> Iterator[str]:
    for time, code in record.evidence.records.refusals:
        if _recent(time, part):
            yield f"AWS refused its start: {code}"


def _callers(record: DestinationRecord, part: Interval) -> Iterator[str]:
    for call in record.evidence.calls:
        if call.operation == "StopChannel" and _recent(call.time, part):
            yield f"stopped by {call.who}"


def _measured(record: DestinationRecord, part: Interval) -> Iterator[str]:
    for time, fault in record.timeline.faults:
        if time.overlaps(part.begin, part.end):
            yield fault


def _recent(time: dt.datetime, part: Interval) -> bool:
    """Tell whether what was recorded at *time* may be about *part*."""
    return part.begin - READING <= time < part.end + READING
