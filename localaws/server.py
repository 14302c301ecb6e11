"""The HTTP server: one port on loopback for all of AWS."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote

from botocore import xform_name
from werkzeug.serving import WSGIRequestHandler, make_server

from localaws import state_file
from localaws.calls import Call, CallLog, resource_of
from localaws.clock import Clock, Latency
from localaws.errors import AwsError, forbidden, not_implemented
from localaws.mediaconnect.backend import MediaConnect
from localaws.mediaconnect.backend import Region as MediaConnectRegion
from localaws.medialive.backend import MediaLive
from localaws.medialive.service import Quotas
from localaws.medialive.service import Region as MediaLiveRegion
from localaws.others import Others
from localaws.wire import Wire

LOCAL_FLOW = "lunora-player-local-srt-router"
LOCAL_REGION = "us-west-2"

_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")
_READS = ("Describe", "List", "Get", "Head")

StartResponse = Callable[..., Any]


class EmbeddedAws:
    """An AWS that lives in this process, from `with` to the end of its block.

    Args:
        port: on 127.0.0.1; 0 takes a free one.
        state_file: where it remembers across restarts; None forgets.
        latency: `instant` or `aws` (latency.yaml).
        quotas: of MediaLive.
        log_file: gets one line a call.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        state_file: Path | None = None,
        latency: str = "instant",
        quotas: Quotas | None = None,
        log_file: Path | None = None,
    ) -> None:
        self.clock = Clock(Latency.named(latency))
        self._state_file = state_file
        self._quotas = quotas or Quotas()
        self._log = CallLog(log_file)
        self._others = Others()
        self._lock = threading.RLock()
        self._wires = {name: Wire(name) for name in ("medialive", "mediaconnect")}
        self._regions: dict[tuple[str, str], Any] = {}
        self._server = make_server(
            "127.0.0.1", port, self._answer, threaded=True, request_handler=_QuietHandler
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def endpoint(self) -> str:
        """Where it listens, for example `http://127.0.0.1:4566`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def calls(self) -> list[Call]:
        """All calls to MediaLive and MediaConnect so far, and the operations of others."""
        return self._log.calls

    def __enter__(self) -> Self:
        self.reset()
        if self._state_file is not None:
            held, journal = state_file.load(self._state_file)
            for (service, region), members in held.items():
                vars(self._region(service, region)).update(members)
            self._others.replay(journal)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._save()
        self._log.close()

    def reset(self) -> None:
        """Forget everything but the one flow there is from the start."""
        with self._lock:
            self._others.reset()
            self._regions.clear()
            flows = MediaConnect(self._region("mediaconnect", LOCAL_REGION))
            source = {"Name": "srt", "Protocol": "srt-listener", "IngestPort": 5000}
            made = flows.create_flow({"Name": LOCAL_FLOW, "Source": source})
            flow = flows.region.flows[made["Flow"]["FlowArn"]]
            flow.members["Status"] = "ACTIVE"

    def medialive(self, region: str = LOCAL_REGION) -> MediaLive:
        """Return MediaLive of a region, to look into or to break."""
        return MediaLive(self._region("medialive", region))

    def _region(self, service: str, name: str) -> Any:
        with self._lock:
            if (service, name) not in self._regions:
                self._regions[service, name] = (
                    MediaConnectRegion(name, self.clock)
                    if service == "mediaconnect"
                    else MediaLiveRegion(name, self.clock, self._quotas, self._others.role_problem)
                )
            return self._regions[service, name]

    def _answer(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        if path == "/_localaws/health":
            home = str(self._state_file.resolve().parent) if self._state_file else None
            return _respond(start_response, 200, json.dumps({"home": home}).encode())
        if path == "/_localaws/reset" and environ["REQUEST_METHOD"] == "POST":
            self.reset()
            return _respond(start_response, 200, b"{}")
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return _fail(start_response, forbidden("the request is not signed"))
        if scope["service"] in self._wires:
            return self._ours(scope["service"], scope["region"], environ, start_response)
        return self._theirs(scope["service"], environ, start_response)

    def _ours(
        self, service: str, region: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        wire, operation, members = self._wires[service], "?", {}
        try:
            path = unquote(environ.get("PATH_INFO", "/"))
            query = parse_qs(environ.get("QUERY_STRING", ""))
            request = wire.parse(environ["REQUEST_METHOD"], path, query, body)
            operation, members = request.operation, request.members
            with self._lock:
                answer = self._perform(service, region, operation, members)
                status, text = wire.serialise(operation, answer)
        except AwsError as error:
            self._log.add(Call(service, operation, resource_of(members), error.status))
            return _fail(start_response, error)
        self._log.add(Call(service, operation, resource_of(members), status))
        return _respond(start_response, status, text)

    def _perform(
        self, service: str, region: str, operation: str, members: dict[str, Any]
    ) -> dict[str, Any]:
        held = self._region(service, region)
        backend = MediaConnect(held) if service == "mediaconnect" else MediaLive(held)
        method = getattr(backend, xform_name(operation), None)
        if method is None:
            raise not_implemented(service, operation)
        answer: dict[str, Any] = method(members)
        if not operation.startswith(_READS):
            self._save()
        return answer

    def _theirs(
        self, service: str, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        # moto's backends are not made for several threads at once.
        with self._lock:
            before = len(self._others.journal)
            operation, status, answer = self._others(environ, start_response)
            if len(self._others.journal) != before:
                self._save()
        self._log.add(Call(service, operation, "", status))
        return answer

    def _save(self) -> None:
        if self._state_file is not None:
            state_file.save(self._state_file, self._regions, self._others.journal)


class _QuietHandler(WSGIRequestHandler):
    """Keeps connections open, and leaves the log to `CallLog`."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - werkzeug's name
        """Say nothing."""


def _respond(
    start_response: StartResponse, status: int, body: bytes, *headers: tuple[str, str]
) -> Iterable[bytes]:
    start_response(
        f"{status} -",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers],
    )
    return [body]


def _fail(start_response: StartResponse, error: AwsError) -> Iterable[bytes]:
    body = json.dumps({"message": error.message, **error.members}).encode()
    return _respond(start_response, error.status, body, ("x-amzn-ErrorType", error.code))
