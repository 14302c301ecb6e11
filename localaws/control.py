"""The emulator's own address: health, reset, faults, time, and a page that shows it live."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, jsonify, render_template, request
from pydantic import BaseModel, Field, RootModel, ValidationError

from catalog.errors import LunoraError
from localaws import snapshot
from localaws.clock import Clock
from localaws.faults import FaultPlan, StateFaultName
from localaws.mails import Mailbox
from localaws.mediaconnect.state_faults import STATE_FAULTS as FLOW_FAULTS
from localaws.medialive.readings import Readings
from localaws.medialive.state_faults import STATE_FAULTS as CHANNEL_FAULTS

PREFIX = "/_localaws"


class Media(Protocol):
    """The real media of an emulator."""

    @property
    def receiver(self) -> Receiver:
        """The platforms' stand-in."""

    def shown(self) -> dict[str, Any]:
        """Return the state of all streams."""


class Receiver(Protocol):
    """The platforms' stand-in."""

    def asked(self, form: Mapping[str, str]) -> str | None:
        """Return the name of a stream that is let in, else None."""


class ControlledAws(snapshot.SnapshotSource, Protocol):
    """An emulator, as far as its own address controls it."""

    clock: Clock
    readings: Readings

    @property
    def media(self) -> Media | None:
        """The real media, if there is any."""

    @property
    def mailbox(self) -> Mailbox:
        """The mails that it sent."""

    @property
    def home(self) -> str | None:
        """Folder of its state file."""

    def reset(self) -> None:
        """Return to the state of a new emulator."""

    def load_faults(self, plan: FaultPlan) -> None:
        """Let *plan* begin."""

    def trigger(self, fault: str, resource: str) -> list[str]:
        """Apply *fault* to the resources that match the pattern *resource*; returns their names."""

    def advance(self, seconds: float) -> None:
        """Advance the clock."""


def application(aws: ControlledAws) -> Flask:
    """Return the WSGI application for *aws*; it is reached without a signature."""
    app = Flask("localaws", root_path=str(Path(__file__).parent))
    _show(app, aws)
    _steer(app, aws)
    _choose(app, aws)
    _play(app, aws)
    return app


def _show(app: Flask, aws: ControlledAws) -> None:
    @app.get("/")
    def page() -> str:
        faults = {"of channels": sorted(CHANNEL_FAULTS), "of flows": sorted(FLOW_FAULTS)}
        return render_template("page.html", state=snapshot.of(aws), faults=faults)

    @app.get(f"{PREFIX}/tables")
    def tables() -> str:
        return render_template("tables.html", state=snapshot.of(aws))

    @app.get(f"{PREFIX}/state")
    def state() -> Response:
        return jsonify(snapshot.of(aws))

    @app.get(f"{PREFIX}/health")
    def health() -> Response:
        return jsonify({"home": aws.home})

    @app.get(f"{PREFIX}/mails")
    def mails() -> Response:
        return jsonify([mail.shown() for mail in aws.mailbox.mails])

    @app.get(f"{PREFIX}/faults")
    def faults() -> Response:
        plan = aws.faults.plan.model_dump(mode="json", exclude_none=True)
        return jsonify({"plan": plan, "happened": aws.faults.happened})


def _steer(app: Flask, aws: ControlledAws) -> None:
    @app.post(f"{PREFIX}/reset")
    def reset() -> Response:
        aws.reset()
        return jsonify({})

    @app.put(f"{PREFIX}/faults")
    def load_faults() -> tuple[Response, int]:
        try:
            aws.load_faults(FaultPlan.parse(request.get_data(as_text=True)))
        except LunoraError as invalid:
            return jsonify({"message": str(invalid)}), 400
        return jsonify({}), 200

    @app.delete(f"{PREFIX}/faults")
    def clear_faults() -> Response:
        aws.load_faults(FaultPlan())
        return jsonify({})

    @app.post(f"{PREFIX}/mishaps")
    def mishap() -> tuple[Response, int]:
        try:
            fault = _StateFault.model_validate_json(request.get_data())
        except ValidationError as invalid:
            return _refused(invalid)
        met = aws.trigger(fault.fault, fault.resource)
        if met:
            return jsonify({"happened_to": met}), 200
        error = LunoraError("LUN518", "nothing of that name is in a state for it")
        return jsonify({"message": str(error)}), 404

    @app.post(f"{PREFIX}/clock")
    def clock() -> tuple[Response, int]:
        try:
            step = _Advance.model_validate_json(request.get_data())
        except ValidationError as invalid:
            return _refused(invalid)
        aws.advance(step.seconds)
        return jsonify({"now": aws.clock.date().isoformat()}), 200


def _choose(app: Flask, aws: ControlledAws) -> None:
    @app.get(f"{PREFIX}/readings")
    def readings() -> Response:
        return jsonify(aws.readings.in_force())

    @app.put(f"{PREFIX}/readings")
    def choose_readings() -> tuple[Response, int]:
        try:
            aws.readings.choose(_Readings.model_validate_json(request.get_data()).root)
        except ValidationError as invalid:
            return _refused(invalid)
        except LunoraError as unknown:
            return jsonify({"message": str(unknown)}), 400
        return jsonify(aws.readings.in_force()), 200


class _StateFault(BaseModel):
    fault: StateFaultName
    resource: str


class _Readings(RootModel[dict[str, str]]):
    pass


class _Advance(BaseModel):
    # A year: schedules within are run one by one.
    seconds: float = Field(ge=0, le=366 * 86400)


def _refused(invalid: ValidationError) -> tuple[Response, int]:
    first = invalid.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return jsonify({"message": str(LunoraError("LUN514", f"{place}: {first['msg']}"))}), 400


def _play(app: Flask, aws: ControlledAws) -> None:
    @app.get(f"{PREFIX}/media")
    def media() -> tuple[Response, int]:
        if aws.media is None:
            error = LunoraError("LUN515", "there is no real media", remedy="serve with --media")
            return jsonify({"message": str(error)}), 404
        return jsonify(aws.media.shown()), 200

    @app.post(f"{PREFIX}/media")
    def ask_media() -> Response:
        name = aws.media.receiver.asked(request.form) if aws.media else None
        if name is None:
            return Response(status=403)
        # nginx shows the stream under the name that it is redirected to.
        return Response(status=302, headers={"Location": name})
