"""Handler of Lambda: one request of a function URL in, one answer out (payload format 2.0)."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
import queue
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from catalog.errors import LunoraError
from catalog.stack_settings import DESTINATIONS
from lunora.api.routes import Response, respond
from lunora.ops import json_document
from lunora.ops.desired_state import declared
from lunora.stack import FlowRef, Stack

_TIMEOUT = 504

_PATIENCE_SECONDS = 4.0
"""How long a call is repeated that AWS refuses: a start makes several in the function's life."""

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
        target=lambda: answers.put(_answer(method, path)),
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


def _answer(method: str, path: str) -> Response:
    now = dt.datetime.now(dt.UTC)
    return respond(_stack(), method, path, now, declared(_files()))


def _files() -> Path:
    """Return the folder of the destination files in the function's archive."""
    return Path(os.environ.get("LAMBDA_TASK_ROOT", "")) / DESTINATIONS


@functools.cache
def _stack() -> Stack:
    """Return the stack that the function's environment names; see components/api.py."""
    environment = os.environ
    return Stack(
        project=environment["LUNORA_PROJECT"],
        name=environment["LUNORA_STACK"],
        region=environment["AWS_REGION"],
        endpoint=environment.get("LUNORA_ENDPOINT"),
        flows=tuple(FlowRef(**ref) for ref in json.loads(environment["LUNORA_FLOWS"])),
        patience=_PATIENCE_SECONDS,
    )


def _response(given: Response) -> dict[str, Any]:
    return {
        "statusCode": given.status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"}
        | dict(given.headers),
        "body": json_document.dumps(given.content),
    }
