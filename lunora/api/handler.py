"""Handler of Lambda: one request of a function URL in, one answer out (payload format 2.0)."""

from __future__ import annotations

import datetime as dt
import queue
import threading
from collections.abc import Mapping
from typing import Any, Protocol

from catalog.errors import LunoraError
from lunora.api.routes import Request, Response, respond
from lunora.ops import json_document
from lunora.ops.caller import name_in
from lunora.ops.desired_state import declared
from lunora.ops.lambda_function import destination_files, stack_of_function

_TIMEOUT = 504

_ANSWERING_SECONDS = 1.5
"""What is left of the function's life for its last answer."""


class Context(Protocol):
    """An invocation of the function."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


def handle(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Answer *event*, always before Lambda ends the function.

    Who may ask is decided before, by the IAM policy of the caller.
    """
    method, path = str(event["requestContext"]["http"]["method"]), str(event["rawPath"])
    seconds = context.get_remaining_time_in_millis() / 1000 - _ANSWERING_SECONDS
    answers: queue.SimpleQueue[Response] = queue.SimpleQueue()
    threading.Thread(
        target=lambda: answers.put(_answer(method, path, _caller(event))),
        daemon=True,
    ).start()
    try:
        given = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        error = LunoraError(
            "LUN459", "AWS does not answer in time", remedy="read the status, then ask again"
        )
        given = Response(_TIMEOUT, {"error": str(error)})
    return _response(given)


def _answer(method: str, path: str, caller: str) -> Response:
    stack, now = stack_of_function(), dt.datetime.now(dt.UTC)
    return respond(method, path, Request(stack, now, declared(destination_files()), caller))


def _caller(event: Mapping[str, Any]) -> str:
    """Return who signed the request (Lambda developer guide, payloads of function URLs)."""
    authorizer = event["requestContext"].get("authorizer") or {}
    return name_in(str(authorizer.get("iam", {}).get("userArn", "")))


def _response(given: Response) -> dict[str, Any]:
    return {
        "statusCode": given.status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"}
        | dict(given.headers),
        "body": json_document.dumps(given.content),
    }
