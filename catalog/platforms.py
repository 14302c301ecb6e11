"""The platforms, from platforms.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Platform(BaseModel):
    """What a platform takes; None where it sets no limit or none is known.

    Attributes:
        title: its name for people.
        ingest: RTMP(S) application URL without key; None where it differs by account or event.
        max_video_kbps: highest video bitrate in kb/s.
        max_keyframe_seconds: longest distance of key frames.
        max_audio_kbps: highest audio bitrate in kb/s.
        max_broadcast_hours: after which it ends a broadcast.
        per_session_key: whether keys expire with a session, so that a stream cannot be always on.
        source: where the figures were read.
        date: when.
        unverified: figures that no page was read for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    ingest: str | None
    max_video_kbps: int | None = None
    max_keyframe_seconds: int | None = None
    max_audio_kbps: int | None = None
    max_broadcast_hours: int | None = None
    per_session_key: bool = False
    source: str
    date: str
    unverified: tuple[str, ...]


@functools.cache
def platforms() -> Mapping[str, Platform]:
    """Return all platforms by the key that destination files use."""
    text = Path(__file__).with_name("platforms.yaml").read_text(encoding="utf-8")
    listed = yaml.safe_load(text)["platforms"]
    return {key: Platform.model_validate(value) for key, value in listed.items()}
