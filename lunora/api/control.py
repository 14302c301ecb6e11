"""Routes that start and stop destinations, and note who did it and why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from catalog import names
from catalog.errors import LunoraError
from catalog.suspension import Suspension, reason
from lunora.api.exchange import Request, Response
from lunora.aws_errors import aws_error
from lunora.ops import audit, duration, history_log
from lunora.ops.channel_control import request_state
from lunora.ops.desired_state import DesiredState
from lunora.ops.selection import Selection
from lunora.ops.targets import Target, find_targets

_LOG_STREAM = "api"
"""Of the history: only the API writes to it."""


B = TypeVar("B", bound="_Start")


class _Start(BaseModel):
    """Body of a start."""

    model_config = ConfigDict(extra="forbid")

    why: str | None = None


class _Stop(_Start):
    """Body of a stop; `for` and `until` are two ways to say when it ends."""

    until: AwareDatetime | None = None
    length: str | None = Field(None, alias="for")

    def end(self, now: dt.datetime) -> dt.datetime | None:
        """Return when the watchdog starts the destination again; None is never.

        Raises:
            LunoraError: LUN481, when it is given twice or malformed, or not in the future.
        """
        if self.length is not None and self.until is not None:
            raise _invalid_end("`for` and `until` exclude each other")
        if self.length is None:
            if self.until is not None and self.until <= now:
                raise _invalid_end("`until` is not in the future")
            return self.until
        length = duration.parse(self.length)
        if length is None:
            raise _invalid_end("`for` is no duration")
        return now + length


def start(request: Request) -> Response:
    """Request a start; it goes to the history, because it ends the mark of a stop."""
    body = _body_of(request, _Start)
    why, target = _reason_of(body), _target_of(request)
    requested = request_state(request.stack, target, "running")
    notes = tuple(_record(request, target, why)) if requested else ()
    return _accepted(target, "running", requested=requested, notes=notes)


def stop(request: Request) -> Response:
    """Request a stop that the watchdog leaves alone until its end, marked on the destination."""
    body = _body_of(request, _Stop)
    end, why = body.end(request.now), _reason_of(body)
    suspension = Suspension(request.caller, request.now, end, why)
    target = _target_of(request)
    requested = request_state(request.stack, target, "stopped", suspension)
    return _accepted(target, "stopped", requested=requested)


def _body_of(request: Request, model: type[B]) -> B:
    """Return the body of *request*; an absent one gives no member.

    Raises:
        LunoraError: LUN480, for any other body.
    """
    try:
        return model.model_validate(json.loads(request.body) if request.body else {})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        member = ".".join(map(str, first["loc"]))
        message = f"{member}: {first['msg']}" if member else str(first["msg"])
    except ValueError:
        message = "it is no JSON"
    raise LunoraError("LUN480", f"the body cannot be used: {message}")


def _reason_of(body: _Start) -> str:
    return reason(body.why) if body.why is not None else ""


def _target_of(request: Request) -> Target:
    (target,) = find_targets(request.stack, Selection((request.name,)))
    return target


def _record(request: Request, target: Target, why: str) -> Iterator[str]:
    """Write the start to the history; yields a note where that fails."""
    stack = request.stack
    line = audit.request_line(target.destination, "start", request.caller, why, request.now)
    group = names.history_log_group(stack.project, stack.name)
    logs = stack.aws(target.region).client("logs")
    try:
        history_log.write(logs, group, _LOG_STREAM, [(request.now, line)])
    except (ClientError, BotoCoreError) as error:
        yield f"the history could not be written: {aws_error(error)}"


def _accepted(
    target: Target, desired: DesiredState, *, requested: bool, notes: Sequence[str] = ()
) -> Response:
    # Without waiting: a start takes minutes; the status route shows its end.
    content: dict[str, Any] = {
        "name": target.destination,
        "desired": desired,
        "requested": requested,
        "channelState": target.state,
        "notes": [*notes],
    }
    return Response(HTTPStatus.ACCEPTED, content)


def _invalid_end(cause: str) -> LunoraError:
    remedy = "give `for`, such as 2h, or `until`, such as 2026-12-01T20:00:00Z"
    return LunoraError("LUN481", f"the end of the stop cannot be used: {cause}", remedy=remedy)
