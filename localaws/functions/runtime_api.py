"""The Runtime API of one execution environment: invocations go out, responses come back.

Source: the Lambda developer guide, "Using the Lambda runtime API for custom runtimes".
"""

from __future__ import annotations

import http.server
import json
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_VERSION = "/2018-06-01/runtime"
_ANSWER = re.compile(rf"{_VERSION}/invocation/(?P<id>[^/]+)/(?P<kind>response|error)")
_OK, _ACCEPTED, _NOT_FOUND = 200, 202, 404


@dataclass(frozen=True, slots=True)
class Invocation:
    """One event for the function.

    Attributes:
        function_arn: as the caller named it, with its qualifier.
        client_context: JSON that the caller sent along; None is none.
        deadline: in seconds since the epoch, by the machine's clock.
    """

    request_id: str
    payload: bytes
    function_arn: str
    client_context: str | None = None
    deadline: float = 0.0

    def headers(self) -> dict[str, str]:
        """Return what the runtime is told besides the event."""
        headers = {
            "Content-Type": "application/json",
            "Lambda-Runtime-Aws-Request-Id": self.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(self.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self.function_arn,
            "Lambda-Runtime-Trace-Id": f"Root=1-{int(time.time()):08x}-{'0' * 24};Sampled=0",
        }
        if self.client_context is not None:
            headers["Lambda-Runtime-Client-Context"] = self.client_context
        return headers


@dataclass(frozen=True, slots=True)
class Result:
    """Answer of the runtime: the function's response, or an error as a JSON document."""

    payload: bytes
    is_error: bool = False


class RuntimeApi:
    """Serves the Runtime API on a free port of 127.0.0.1 until it is closed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pending: Invocation | None = None
        self._result: Result | None = None
        self._init_error: dict[str, Any] | None = None
        self._waiting = self._closed = False
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API has them."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def is_idle(self) -> bool:
        """True while the runtime waits for an invocation."""
        return self._waiting

    @property
    def init_error(self) -> dict[str, Any] | None:
        """The error with which the runtime could not begin; None without one."""
        return self._init_error

    def hand_over(self, invocation: Invocation) -> None:
        """Give the runtime its next invocation."""
        with self._changed:
            self._result, self._pending = None, invocation
            self._changed.notify_all()

    def result(self) -> Result | None:
        """Return the runtime's answer; None as long as there is none."""
        return self._result

    def wait(self, seconds: float) -> None:
        """Return when the runtime has said something, or after *seconds*."""
        with self._changed:
            self._changed.wait(seconds)

    def wait_until_idle(self, seconds: float) -> None:
        """Return when the runtime waits for an invocation, or after *seconds*."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting, seconds)

    def close(self) -> None:
        """Serve no more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self) -> Invocation | None:
        """Wait for the next invocation on behalf of the runtime; None when there will be none."""
        with self._changed:
            self._waiting = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._pending is not None or self._closed)
            self._waiting = False
            invocation, self._pending = self._pending, None
            return invocation

    def answer(self, result: Result) -> None:
        """Take the runtime's answer to its invocation."""
        with self._changed:
            self._result = result
            self._changed.notify_all()

    def fail(self, error: dict[str, Any]) -> None:
        """Take the error with which the runtime could not begin."""
        with self._changed:
            self._init_error = error
            self._changed.notify_all()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    api: RuntimeApi


class _Lines:
    """A stream whose lines are no longer than http.client takes; the rest of each is dropped.

    awslambdaric describes an error in a header of up to 1 MiB, which AWS X-Ray shows.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._stream.readline()
        return line if size < 0 or len(line) < size else line[: size - 3] + b"\r\n"


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body are sent apart, and would wait for each other.
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.rfile: Any = _Lines(self.rfile)

    def do_GET(self) -> None:
        if self.path != f"{_VERSION}/invocation/next" or not self._is_of_the_runtime():
            self._reply(_NOT_FOUND)
        elif (invocation := self.server.api.take()) is not None:
            self._reply(_OK, invocation.payload, invocation.headers())

    def do_POST(self) -> None:
        match, body = _ANSWER.fullmatch(self.path), self._body()
        if not self._is_of_the_runtime():
            self._reply(_NOT_FOUND)
        elif self.path == f"{_VERSION}/init/error":
            self.server.api.fail(json.loads(body))
            self._reply(_ACCEPTED)
        elif match is not None:
            self.server.api.answer(Result(body, match["kind"] == "error"))
            self._reply(_ACCEPTED)
        else:
            self._reply(_NOT_FOUND)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def _is_of_the_runtime(self) -> bool:
        """Tell it from a web page, which could take an event away (see `same_machine`)."""
        return self.headers.get("Host") == self.server.api.address and "Origin" not in self.headers

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            return _chunked(self.rfile)
        body: bytes = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return body

    def _reply(
        self, status: int, body: bytes = b"{}", headers: Mapping[str, str] | None = None
    ) -> None:
        self.send_response_only(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _chunked(stream: Any) -> bytes:
    chunks = []
    while size := int(stream.readline().partition(b";")[0], 16):
        chunks.append(stream.read(size))
        stream.readline()
    stream.readline()
    return b"".join(chunks)
