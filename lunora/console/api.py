"""The routes of the HTTP API, under the operator's own credentials."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from lunora.api import routes
from lunora.api.exchange import Request
from lunora.console.parts import Console
from lunora.ops import json_document
from lunora.ops.desired_state import declared_if_valid


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
        specs, wrong = declared_if_valid(console.stack.folder, console.stack.sources)
        if wrong is not None and path == "report":
            # Its hours and costs are those of the files.
            raise wrong
        api_request = Request(
            console.stack,
            console.clock(),
            lambda: specs,
            console.operations.caller if request.method == "POST" else "",
            query=request.args.to_dict(flat=False),
            body=request.get_data(as_text=True),
            folder=Path(),
        )
        response = routes.respond(request.method, f"/api/{path}", api_request)
        if request.method == "POST":
            console.poller.refresh()
        headers = dict(response.headers)
        return Response(response.body, response.status, headers, mimetype=response.media_type)


def _document(content: Any) -> Response:
    return Response(json_document.dumps(content), HTTPStatus.OK, mimetype="application/json")
