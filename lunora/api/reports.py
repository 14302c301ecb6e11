"""Routes of the past: the report of the stack, and the changes of one destination."""

from __future__ import annotations

from http import HTTPStatus
from operator import attrgetter

from catalog.errors import LunoraError
from lunora.api.exchange import Request, Response
from lunora.ops.audit import changes_in_aws
from lunora.ops.errors import UnknownDestinationError
from lunora.ops.flow_destination import FlowDestination
from lunora.ops.selection import Selection
from lunora.ops.targets import find_targets
from lunora.stack_report import SINCE, ReportRequest, stack_report

_FLAGS = {"true": True, "false": False}


def report(request: Request) -> Response:
    """Return the report of past days; the bill only where it is asked for, because it costs."""
    given = request.parameters
    if (by := given.get("by")) not in {None, "month"}:
        raise LunoraError("LUN483", "unknown period", remedy="by takes month")
    if (flag := given.get("actual", "false")) not in _FLAGS:
        raise LunoraError("LUN483", "actual is no flag", remedy="actual takes true or false")
    name = given.get("name")
    report_request = ReportRequest(
        selection=Selection((name,) if name is not None else ()),
        since=given.get("since", SINCE),
        by="month" if by else None,
        reads_bill=_FLAGS[flag],
    )
    specs = request.specs() or ()
    content = stack_report(request.stack, specs, report_request, request.now, request.folder)
    return Response(HTTPStatus.OK, content)


def changes(request: Request) -> Response:
    """Return what happened to one destination in the last week, the newest first."""
    region, channel_id = _place(request)
    listed, notes = changes_in_aws(request.stack, request.name, region, channel_id, request.now)
    newest_first = sorted(listed, key=attrgetter("at"), reverse=True)
    content = {"name": request.name, "changes": newest_first, "notes": notes}
    return Response(HTTPStatus.OK, content)


def _place(request: Request) -> tuple[str, str | None]:
    """Return the region of a destination and its channel, if it has one."""
    try:
        (target,) = find_targets(request.stack, Selection((request.name,)))
    except UnknownDestinationError:
        # It may have a file and nothing in AWS.
        for spec in request.specs() or ():
            if spec.name == request.name:
                return request.stack.region_of(spec.flow), None
        raise
    return target.region, None if isinstance(target, FlowDestination) else target.id
