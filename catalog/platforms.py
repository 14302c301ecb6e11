"""The platforms, from platforms.yaml."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Mapping
from typing import Any, Literal

from catalog import package_data
from catalog.package_data import DataModel


class Citation(DataModel):
    """The source of facts.

    Attributes:
        title: the title of the page.
        url: its address.
        date: the day of reading, YYYY-MM-DD.
    """

    title: str
    url: str
    date: str


class Platform(DataModel):
    """Limits and recommendations of a platform; None where it has none or none is known.

    The platform refuses or degrades a stream beyond a `max_` or short of a `needs_`; `advised_` is
    its recommendation.

    Attributes:
        title: its name for people.
        ingest: RTMP(S) application URL without key; None where it differs by account or event.
        ingest_example: the form of an ingest that differs by account or event.
        backup_ingest: a second one for the same broadcast.
        hls_ingest: URL for files of HLS, with `{key}` for the key; None where it takes none.
        hls_backup_ingest: a second one for the same broadcast.
        hls_media_playlist_only: whether it refuses a master playlist.
        max_segment_seconds: longest segment of HLS.
        hosts: names of the ingest's hosts, and of its backup's; `*` stands for part of a label.
        queries: queries of ingest URLs that are the platform's own and hold no key.
        needs_rtmps: whether it takes RTMP only over TLS.
        min_video_kbps: lowest video bitrate in kb/s.
        max_video_kbps: highest video bitrate in kb/s.
        max_audio_kbps: highest audio bitrate in kb/s.
        max_keyframe_seconds: longest distance of key frames.
        max_frames_per_second: highest frame rate.
        max_lines: greatest length of the shorter side in pixels.
        advised_video_kbps: lowest and highest video bitrate by size and rate, as in `1080p60`.
        advised_max_video_kbps: video bitrate in kb/s that is enough at any size and rate.
        advised_audio_kbps: audio bitrate in kb/s that is enough.
        advised_keyframe_seconds: distance of key frames.
        advised_audio_hz: sample rate of the audio.
        advised_profile: profile of H.264.
        advised_lines: length of the shorter side beyond which viewers see no difference.
        advised_shape: orientation of its players.
        takes_audio_only: whether it takes a stream without a picture.
        max_broadcast_hours: after which it ends a broadcast.
        per_session_key: whether keys expire with a session, so that a stream cannot be always on.
        key_lifetime_hours: age in hours beyond which a key starts no broadcast.
        started_by_hand: whether a person has to start each broadcast on the platform.
        notice: a doubt about the platform as a whole, as a sentence without its end.
        read_in: the facts by the key of the source they were read in.
        unverified: the facts that no such page was read for.
    """

    title: str
    ingest: str | None
    ingest_example: str | None = None
    backup_ingest: str | None = None
    hls_ingest: str | None = None
    hls_backup_ingest: str | None = None
    hls_media_playlist_only: bool = False
    max_segment_seconds: int | None = None
    hosts: Mapping[Literal["primary", "backup"], tuple[str, ...]] = {}
    queries: tuple[str, ...] = ()
    needs_rtmps: bool = False
    min_video_kbps: int | None = None
    max_video_kbps: int | None = None
    max_audio_kbps: int | None = None
    max_keyframe_seconds: int | None = None
    max_frames_per_second: int | None = None
    max_lines: int | None = None
    advised_video_kbps: Mapping[str, tuple[int, int]] = {}
    advised_max_video_kbps: int | None = None
    advised_audio_kbps: int | None = None
    advised_keyframe_seconds: int | None = None
    advised_audio_hz: int | None = None
    advised_profile: Literal["main", "high"] | None = None
    advised_lines: int | None = None
    advised_shape: Literal["wide", "upright"] | None = None
    takes_audio_only: bool = False
    max_broadcast_hours: int | None = None
    per_session_key: bool = False
    key_lifetime_hours: int | None = None
    started_by_hand: bool = False
    notice: str | None = None
    read_in: Mapping[str, tuple[str, ...]] = {}
    unverified: tuple[str, ...] = ()

    @property
    def is_always_on(self) -> bool:
        """True where a destination can stream without an action for each broadcast."""
        return not self.per_session_key and not self.started_by_hand


@dataclasses.dataclass(frozen=True, slots=True)
class IngestHost:
    """The ingest that a host belongs to.

    Attributes:
        platform: the key of its platform.
        role: primary or backup.
        queries: the platform's own queries.
    """

    platform: str
    role: str
    queries: tuple[str, ...]


@functools.cache
def ingest_host(host: str) -> IngestHost | None:
    """Return the platform's ingest at *host*; None for a host of no listed one."""
    for key, facts in platforms().items():
        for role, patterns in facts.hosts.items():
            if any(_label_pattern(pattern).fullmatch(host) for pattern in patterns):
                return IngestHost(key, role, facts.queries)
    return None


@functools.cache
def _label_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", "[a-z0-9-]+"))


@functools.cache
def platforms() -> Mapping[str, Platform]:
    """Return all platforms by the key that destination files use."""
    return {key: Platform.model_validate(value) for key, value in _data()["platforms"].items()}


@functools.cache
def sources() -> Mapping[str, Citation]:
    """Return where the facts were read, by the key that `Platform.read_in` uses."""
    return {key: Citation.model_validate(value) for key, value in _data()["sources"].items()}


@functools.cache
def _data() -> Any:
    return package_data.read("platforms.yaml")
