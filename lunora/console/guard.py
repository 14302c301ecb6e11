"""The guard: checks each request before its route, and turns errors into answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.errors import ExitCode, LunoraError
from lunora.aws_errors import aws_error
from lunora.console.parts import Console
from lunora.console.security import HEADERS, OPENING
from lunora.ops.errors import UnknownDestinationError


def add_guard(app: Flask, console: Console) -> None:
    """Check each request before its route, and give each answer its headers."""

    @app.before_request
    def check() -> None:
        console.access.check(request.method, request.headers)
        if request.path != OPENING:
            console.access.check_session(request.cookies.get(console.access.cookie))
            console.poller.view()

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @app.errorhandler(LunoraError)
    def refuse(error: LunoraError) -> tuple[Any, int]:
        status = _status(error)
        if request.method in {"GET", "HEAD"} and not request.path.startswith("/api/"):
            return render_template("refusal.html", error=error), status
        content: dict[str, Any] = {"error": str(error), "code": error.code}
        if isinstance(error, DestinationValidationError):
            content["errors"] = [diagnostic_document(each) for each in error.diagnostics]
        return jsonify(content), status

    @app.errorhandler(ClientError)
    @app.errorhandler(BotoCoreError)
    def refused_by_aws(error: ClientError | BotoCoreError) -> tuple[Any, int]:
        return refuse(aws_error(error))

    @app.errorhandler(HTTPException)
    def fail(error: HTTPException) -> tuple[Any, int]:
        message = f"{error.code} {error.name}"
        return jsonify({"error": message, "code": ""}), error.code or HTTPStatus.BAD_REQUEST


def diagnostic_document(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return *diagnostic* as the page's scripts take it."""
    where = diagnostic.where
    return {
        "file": where.path.name,
        "line": where.line,
        "code": diagnostic.code,
        "key": diagnostic.key,
        "message": diagnostic.message,
    }


def _status(error: LunoraError) -> HTTPStatus:
    if error.code == "LUN460":
        return HTTPStatus.FORBIDDEN
    if isinstance(error, UnknownDestinationError) or error.code == "LUN464":
        return HTTPStatus.NOT_FOUND
    if error.code in {"LUN407", "LUN461", "LUN462"}:
        return HTTPStatus.CONFLICT
    if error.exit_code == ExitCode.AWS_ERROR:
        return HTTPStatus.BAD_GATEWAY
    return HTTPStatus.UNPROCESSABLE_ENTITY
