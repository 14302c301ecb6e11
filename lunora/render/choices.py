"""Render data of the catalog as tables: platforms, presets and unverified facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from catalog.platforms import Platform
from catalog.presets import Encoding
from catalog.unverified import UnverifiedFact
from lunora.render.tables import plain


def platforms(known: Mapping[str, Platform]) -> Table:
    """Return a table of the platforms and their limits."""
    table = _by_key("platform", "ingest", "video", "audio", "key frames", "picture", "always on")
    for key, facts in known.items():
        table.add_row(
            key,
            "known" if facts.ingest else "give url",
            _upto(facts.max_video_kbps, "kb/s"),
            _upto(facts.max_audio_kbps, "kb/s"),
            _upto(facts.max_keyframe_seconds, "s"),
            _picture(facts),
            _always_on(facts),
        )
    return table


def presets(known: Mapping[str, Encoding]) -> Table:
    """Return a table of the presets."""
    table = _by_key("preset", "picture", "frames/s", "video", "audio", "key frames")
    for key, preset in known.items():
        table.add_row(
            key,
            f"{preset.width} x {preset.height}" if preset.has_video else "none",
            str(preset.frames_per_second) if preset.has_video else "",
            f"{preset.video_kbps} kb/s" if preset.has_video else "",
            f"{preset.audio_kbps} kb/s",
            f"{preset.keyframe_seconds} s" if preset.has_video else "",
        )
    return table


def unverified(facts: Sequence[UnverifiedFact]) -> Table:
    """Return a table of what was not checked, a row for each reading."""
    table = plain("fact", "reading", "what the product does", "marked in", wrap=True)
    for fact in facts:
        for place, (reading, behaviour) in enumerate(fact.readings.items()):
            first = (fact.fact, ", ".join(fact.marked_in)) if place == 0 else ("", "")
            table.add_row(first[0], reading, behaviour, first[1])
    return table


def _by_key(*headings: str) -> Table:
    """Return an empty table that folds all columns but the first, whose values people copy."""
    table = plain(*headings, wrap=True)
    table.columns[0].no_wrap = True
    return table


def _upto(limit: int | None, unit: str) -> str:
    return "" if limit is None else f"{limit} {unit}"


def _picture(facts: Platform) -> str:
    limits = (_upto(facts.max_lines, "lines"), _upto(facts.max_frames_per_second, "frames/s"))
    return ", ".join(filter(None, (*limits, facts.advised_shape)))


def _always_on(facts: Platform) -> str:
    if facts.per_session_key:
        return "no: a key per session"
    if facts.started_by_hand:
        return "no: started by hand"
    hours = facts.max_broadcast_hours
    return "yes" if hours is None else f"yes, cut every {hours} h"
