"""Pages of the console, with the fragments that the page's script renews."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from flask import Flask, Response, render_template, request

from lunora.console import contexts
from lunora.console.parts import Console
from lunora.console.poller import Poller
from lunora.console.security import OPENING

_SECONDS_BETWEEN_SIGNS = 15.0
"""Seconds between signs of life of a stream of events, by which a closed page is noticed."""


def add_overview(app: Flask, console: Console) -> None:
    """Add the opening and the overview."""

    @app.get(OPENING)
    def opened() -> Response:
        session = console.access.redeem(request.args.get("ticket", ""))
        # A page and no redirection: a browser that follows a link of another site here sends the
        # cookie only with a request that this page makes.
        response = Response(render_template("opened.html"))
        response.set_cookie(console.access.cookie, session, httponly=True, samesite="Strict")
        return response

    @app.get("/")
    def overview() -> str:
        return render_template("overview.html", **contexts.overview(console))

    @app.get("/fragments/overview")
    def overview_fragment() -> str:
        return render_template("_overview.html", **contexts.overview(console))


def add_history(app: Flask, console: Console) -> None:
    """Add the timeline and the changes of files."""

    @app.get("/history")
    def history() -> str:
        return render_template("history.html", **contexts.history(console))

    @app.get("/fragments/history")
    def history_fragment() -> str:
        return render_template("_history.html", **contexts.history(console))

    @app.get("/changes")
    def changed() -> str:
        return render_template("changes.html", **contexts.changed(console))

    @app.get("/fragments/changes")
    def changed_fragment() -> str:
        return render_template("_changes.html", **contexts.changed(console))


def add_live(app: Flask, console: Console) -> None:
    """Add the pictures, and the stream of events."""

    @app.get("/pictures/<kind>/<name>/<pipeline>")
    def picture(kind: str, name: str, pipeline: str) -> Response:
        reading = console.poller.snapshot.reading
        for each in reading.pictures if reading else ():
            if (each.kind, each.name, each.pipeline or "0") == (kind, name, pipeline) and each.jpeg:
                return Response(each.jpeg, mimetype="image/jpeg")
        return Response("", HTTPStatus.NOT_FOUND)

    @app.get("/events")
    def events() -> Response:
        return Response(_events(console.poller), mimetype="text/event-stream")


def _events(poller: Poller) -> Iterator[str]:
    """Yield the version of the snapshot whenever it changes, as server-sent events."""
    version = -1
    while not poller.ended:
        snapshot = poller.wait(version, _SECONDS_BETWEEN_SIGNS)
        poller.view()
        if snapshot.version == version:
            yield ": still there\n\n"
        else:
            version = snapshot.version
            yield f"data: {version}\n\n"
