"""Contexts of the templates: everything that a page shows."""

from __future__ import annotations

from typing import Any

from catalog.model import AUTO_PRESET
from catalog.platforms import platforms
from catalog.presets import presets
from lunora.console import changes, markdown, views
from lunora.console.parts import Console
from lunora.console.poller import Snapshot
from lunora.render.tables import ago


def overview(console: Console) -> dict[str, Any]:
    """Return what the overview shows."""
    snapshot = console.poller.snapshot
    reading = snapshot.reading
    return {
        **_frame(console, snapshot),
        "cards": views.cards(reading, console.operations.last()) if reading else (),
        "flows": views.flow_cards(reading) if reading else (),
        "incidents": reading.timeline.incidents if reading else (),
        "notes": reading.notes if reading else (),
        "ago": ago,
    }


def history(console: Console) -> dict[str, Any]:
    """Return what the timeline shows."""
    snapshot = console.poller.snapshot
    timeline = snapshot.reading.timeline if snapshot.reading else None
    return {
        **_frame(console, snapshot),
        "days": views.days(timeline.events) if timeline else (),
        "incidents": timeline.incidents if timeline else (),
        "ago": ago,
    }


def changed(console: Console) -> dict[str, Any]:
    """Return what the page of changes shows: what git and the last preview say of the files."""
    preview = console.previews.last
    return {
        **_frame(console, console.poller.snapshot),
        "difference": changes.uncommitted(console.stack.folder),
        "preview": preview,
        "plan": markdown.html(preview.markdown) if preview.markdown else "",
    }


def file(console: Console, name: str, text: str, known: str | None) -> dict[str, Any]:
    """Return what the form of a file shows, with all changes; *known* is the file's digest."""
    return {
        **changed(console),
        "name": name,
        "text": text,
        "known": known,
        "platforms": sorted(platforms()),
        "presets": [AUTO_PRESET, *presets()],
        "flow_keys": [ref.key for ref in console.stack.flows],
    }


def _frame(console: Console, snapshot: Snapshot) -> dict[str, Any]:
    """Return what every page shows."""
    reading = snapshot.reading
    return {
        "stack": console.stack,
        "snapshot": snapshot,
        "reading": reading,
        "now": console.clock(),
        "summary": reading.overview.summary if reading else "",
        "severity": reading.overview.severity if reading else "ok",
    }
