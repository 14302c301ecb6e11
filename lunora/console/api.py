"""The routes of the HTTP API, under the operator's own credentials."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from lunora.api import routes
from lunora.console.parts import Console
from lunora.ops import json_document
from lunora.ops.desired_state import declared


def add_api(app: Flask, console: Console) -> None:
    """Add the routes of the HTTP API; what the poller has read is answered from that."""

    @app.route("/api/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def api(path: str) -> Response:
        reading = console.poller.snapshot.reading
        if request.method == "GET" and reading is not None:
            if path == "destinations/status":
                return _document(reading.overview)
            if path == "mediaconnect/flow/status":
                return _document({"flows": reading.flows})
        api_request = routes.Request(
            console.stack,
            console.clock(),
            declared(console.stack.folder, console.stack.sources),
            console.operations.caller if request.method == "POST" else "",
        )
        response = routes.respond(request.method, f"/api/{path}", api_request)
        if request.method == "POST":
            console.poller.refresh()
        return _document(response.content, response.status, dict(response.headers))


def _document(content: Any, status: int = HTTPStatus.OK, headers: Any = None) -> Response:
    return Response(json_document.dumps(content), status, headers, mimetype="application/json")
