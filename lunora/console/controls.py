"""Routes that act: operations, previews, and drafts of destination files."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Flask, jsonify, render_template

from lunora.console import contexts, files
from lunora.console.bodies import DraftBody, OperationBody, SaveBody, body_of
from lunora.console.guard import diagnostic_document
from lunora.console.parts import Console


def add_controls(app: Flask, console: Console) -> None:
    """Add starts, stops and restarts, a new reading, and previews."""

    @app.post("/operations")
    def operate() -> tuple[Any, int]:
        body = body_of(OperationBody)
        console.operations.begin(body.action, body.names)
        return jsonify({"begun": body.names}), HTTPStatus.ACCEPTED

    @app.post("/refresh")
    def refresh() -> tuple[Any, int]:
        console.poller.refresh()
        return jsonify({}), HTTPStatus.ACCEPTED

    @app.post("/preview")
    def preview() -> tuple[Any, int]:
        console.previews.begin()
        return jsonify({}), HTTPStatus.ACCEPTED


def add_drafts(app: Flask, console: Console) -> None:
    """Add the form of a destination file."""
    stack = console.stack

    @app.get("/files/new")
    def new_file() -> str:
        return render_template("file.html", **contexts.file(console, "", files.new_text(), None))

    @app.get("/files/edit/<name>")
    def edit_file(name: str) -> str:
        text = files.read_text(stack.folder, name)
        return render_template(
            "file.html", **contexts.file(console, name, text, files.digest(text))
        )

    @app.post("/files/check")
    def check() -> Any:
        body = body_of(DraftBody)
        text = files.changed(body.text, body.changes) if body.changes else body.text
        return jsonify(_check_result(files.check(stack, body.name, text)))

    @app.post("/files/save")
    def save() -> Any:
        body = body_of(SaveBody)
        secrets = {"key": body.key, "passphrase": body.passphrase}
        known, store = body.known, console.store
        files.save(stack, body.name, body.text, known=known, secrets=secrets, store=store)
        console.poller.refresh()
        return jsonify({"file": str(stack.folder / f"{body.name}.yaml")})


def _check_result(result: files.CheckResult) -> dict[str, Any]:
    return {
        "text": result.text,
        "fields": result.fields,
        "errors": [diagnostic_document(each) for each in result.errors],
        "warnings": [diagnostic_document(each) for each in result.warnings],
        "patch": result.patch,
        "cost": result.cost,
        "secrets": result.secrets,
    }
