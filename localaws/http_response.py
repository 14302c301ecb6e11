"""Responses over HTTP."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import WSGIRequestHandler

from localaws.errors import AwsError

StartResponse = Callable[..., Any]


class QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and leaves the log to `CallLog`."""

    protocol_version = "HTTP/1.1"

    def connection_dropped(
        self, error: BaseException, environ: dict[str, Any] | None = None
    ) -> None:
        """Close it, so that the client notices."""
        del error, environ
        self.close_connection = True

    def send_response(self, code: int, message: str | None = None) -> None:
        """Leave the date to the application, which has its own time."""
        self.send_response_only(code, message)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


def respond(
    start_response: StartResponse, status: int, body: bytes, *headers: tuple[str, str]
) -> Iterable[bytes]:
    """Answer with a JSON *body*."""
    start_response(
        f"{status} -",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers],
    )
    return [body]


def fail(start_response: StartResponse, error: AwsError) -> Iterable[bytes]:
    """Answer with an *error*, as AWS's JSON services do."""
    body = json.dumps({"message": error.message, **error.members}).encode()
    return respond(start_response, error.status, body, ("x-amzn-ErrorType", error.code))
