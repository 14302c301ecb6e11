"""The embedded AWS's own address: health, reset, faults, time, and a page that shows it live."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, render_template, request

from localaws import snapshot
from localaws.faults import FaultPlan, InvalidPlan

if TYPE_CHECKING:
    from localaws.server import EmbeddedAws

PREFIX = "/_localaws"


def application(aws: EmbeddedAws) -> Flask:
    """Return the WSGI application for *aws*; it is reached without a signature."""
    app = Flask("localaws", root_path=str(Path(__file__).parent))
    _show(app, aws)
    _steer(app, aws)
    return app


def _show(app: Flask, aws: EmbeddedAws) -> None:
    @app.get("/")
    def page() -> str:
        return render_template("page.html", state=snapshot.of(aws))

    @app.get(f"{PREFIX}/tables")
    def tables() -> str:
        return render_template("tables.html", state=snapshot.of(aws))

    @app.get(f"{PREFIX}/state")
    def state() -> Response:
        return jsonify(snapshot.of(aws))

    @app.get(f"{PREFIX}/health")
    def health() -> Response:
        return jsonify({"home": aws.home})

    @app.get(f"{PREFIX}/faults")
    def faults() -> Response:
        plan = aws.faults.plan.model_dump(mode="json", exclude_none=True)
        return jsonify({"plan": plan, "happened": aws.faults.happened})


def _steer(app: Flask, aws: EmbeddedAws) -> None:
    @app.post(f"{PREFIX}/reset")
    def reset() -> Response:
        aws.reset()
        return jsonify({})

    @app.put(f"{PREFIX}/faults")
    def load_faults() -> tuple[Response, int]:
        try:
            aws.load_faults(FaultPlan.parse(request.get_data(as_text=True)))
        except InvalidPlan as invalid:
            return jsonify({"message": str(invalid)}), 400
        return jsonify({}), 200

    @app.delete(f"{PREFIX}/faults")
    def clear_faults() -> Response:
        aws.load_faults(FaultPlan())
        return jsonify({})

    @app.post(f"{PREFIX}/mishaps")
    def mishap() -> tuple[Response, int]:
        asked: dict[str, Any] = request.get_json()
        met = aws.happen(str(asked["fault"]), str(asked["resource"]))
        if met:
            return jsonify({"happened_to": met}), 200
        return jsonify({"message": "nothing of that name is in a state for it"}), 404

    @app.post(f"{PREFIX}/clock")
    def clock() -> Response:
        aws.advance(float(request.get_json()["seconds"]))
        return jsonify({"now": aws.clock.date().isoformat()})
