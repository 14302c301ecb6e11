"""Handler of Lambda: one request of a function URL in, one answer out (payload format 2.0)."""

from __future__ import annotations

import base64
import datetime as dt
import os
import threading
from collections.abc import Mapping
from concurrent.futures import Future
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import parse_qs

from catalog.errors import LunoraError
from lunora.api.exchange import Request, Response, error_response
from lunora.api.routes import respond
from lunora.ops.caller import name_in
from lunora.ops.lambda_function import (
    REPOSITORY,
    declared_destinations,
    stack_of_function,
    task_folder,
)

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
    seconds = context.get_remaining_time_in_millis() / 1000 - _ANSWERING_SECONDS
    coming: Future[Response] = Future()
    threading.Thread(target=_answer_to, args=(event, coming), daemon=True).start()
    try:
        given = coming.result(timeout=max(0.0, seconds))
    except TimeoutError:
        error = LunoraError(
            "LUN459", "AWS does not answer in time", remedy="read the status, then ask again"
        )
        given = error_response(HTTPStatus.GATEWAY_TIMEOUT, str(error))
    return _response(given)


def _answer_to(event: Mapping[str, Any], coming: Future[Response]) -> None:
    try:
        coming.set_result(_answer(event))
    except Exception as error:  # noqa: BLE001 - Lambda reports it, without waiting for the end
        coming.set_exception(error)


def now() -> dt.datetime:
    """Return the current time; the one clock of the function."""
    return dt.datetime.now(dt.UTC)


def _answer(event: Mapping[str, Any]) -> Response:
    method, path = str(event["requestContext"]["http"]["method"]), str(event["rawPath"])
    try:
        body = _body(event)
    except ValueError:
        error = LunoraError("LUN480", "the body is not text in UTF-8")
        return error_response(HTTPStatus.BAD_REQUEST, str(error))
    request = Request(
        stack_of_function(),
        now(),
        declared_destinations,
        _caller(event),
        query=parse_qs(str(event.get("rawQueryString", "")), keep_blank_values=True),
        headers={name.lower(): str(text) for name, text in (event.get("headers") or {}).items()},
        body=body,
        folder=task_folder(),
        proposes=REPOSITORY in os.environ,
    )
    return respond(method, path, request)


def _body(event: Mapping[str, Any]) -> str:
    body = str(event.get("body") or "")
    return base64.b64decode(body).decode() if event.get("isBase64Encoded") else body


def _caller(event: Mapping[str, Any]) -> str:
    """Return who signed the request (Lambda developer guide, payloads of function URLs)."""
    authorizer = event["requestContext"].get("authorizer") or {}
    return name_in(str(authorizer.get("iam", {}).get("userArn", "")))


def _response(given: Response) -> dict[str, Any]:
    body = given.body
    return {
        "statusCode": int(given.status),
        "headers": {"Content-Type": given.media_type, "Cache-Control": "no-store"}
        | dict(given.headers),
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
    }
