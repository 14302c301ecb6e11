"""The application of a console: its routes behind its guard."""

from __future__ import annotations

from flask import Flask

from lunora.console import api, controls, guard, pages
from lunora.console.parts import Console

_MOST_BYTES = 256 * 1024


def create_app(console: Console) -> Flask:
    """Return the application over the parts of *console*."""
    app = Flask("lunora.console")
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    guard.add_guard(app, console)
    pages.add_overview(app, console)
    pages.add_history(app, console)
    pages.add_live(app, console)
    controls.add_controls(app, console)
    controls.add_drafts(app, console)
    api.add_api(app, console)
    return app
