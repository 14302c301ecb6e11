"""Rules between a file and its platform: what it refuses, and what it advises."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.model import DestinationSpec
from catalog.rules.per_file import Finding


def check_platform_limits(spec: DestinationSpec) -> Iterator[Finding]:
    """Beyond its limits a platform drops the stream, or degrades it."""
    facts, profile = spec.platform_facts, spec.effective_encoding
    limits = (
        ("bitrate_kbps", profile.video_kbps, facts.max_video_kbps, "kb/s of video"),
        ("audio_bitrate_kbps", profile.audio_kbps, facts.max_audio_kbps, "kb/s of audio"),
        ("keyframe_seconds", profile.keyframe_seconds, facts.max_keyframe_seconds, "s of GOP"),
        ("frames_per_second", profile.frames_per_second, facts.max_frames_per_second, "frames/s"),
        ("height_pixels", profile.lines, facts.max_lines, "lines"),
    )
    for key, value, limit, unit in limits:
        if limit is not None and value > limit:
            yield (
                _place(spec, key),
                f"{value} {unit} is more than the {limit} that {facts.title} takes",
            )


def check_platform_takes_the_protocol(spec: DestinationSpec) -> Iterator[Finding]:
    """Some platforms listen on TLS only."""
    if not spec.platform_facts.needs_rtmps:
        return
    for key, url in (("url", spec.url), ("backup_url", spec.backup_url)):
        if url is not None and not url.startswith("rtmps:"):
            yield key, f"{spec.platform_facts.title} takes only RTMPS; begin it with rtmps://"


def warn_about_encoding(spec: DestinationSpec) -> Iterator[Finding]:
    """What a platform takes is not always what looks best on it."""
    facts, profile = spec.platform_facts, spec.effective_encoding
    advised = facts.advised_video_kbps.get(profile.size_and_rate)
    if advised and not advised[0] <= profile.video_kbps <= advised[1]:
        advice = f"{advised[0]} to {advised[1]} kb/s for {profile.size_and_rate}"
        message = f"{facts.title} advises {advice}, and this is {profile.video_kbps}"
        yield _place(spec, "bitrate_kbps"), message
    if facts.advised_lines and profile.lines > facts.advised_lines:
        yield (
            _place(spec, "height_pixels"),
            f"{facts.title} shows at most {facts.advised_lines} lines of these {profile.lines}",
        )
    if facts.advised_shape and profile.is_upright != (facts.advised_shape == "upright"):
        yield (
            _place(spec, "height_pixels"),
            f"{facts.title} is watched {facts.advised_shape}, and this picture is not",
        )
    yield from _more_than_advised(spec)


def _more_than_advised(spec: DestinationSpec) -> Iterator[Finding]:
    facts, profile = spec.platform_facts, spec.effective_encoding
    keyframes, audio = facts.advised_keyframe_seconds, facts.advised_audio_kbps
    if keyframes and profile.keyframe_seconds > keyframes:
        seconds = f"{keyframes} s, and this is {profile.keyframe_seconds}"
        message = f"{facts.title} advises a key frame every {seconds}"
        yield _place(spec, "keyframe_seconds"), message
    if audio and profile.audio_kbps > audio:
        yield (
            _place(spec, "audio_bitrate_kbps"),
            f"{facts.title} advises {audio} kb/s of audio, and this is {profile.audio_kbps}",
        )


def warn_about_sessions(spec: DestinationSpec) -> Iterator[Finding]:
    """A key that dies with its session makes an always-on destination fail later."""
    facts = spec.platform_facts
    if spec.state == "stopped":
        return
    if facts.per_session_key:
        yield "platform", f"{facts.title} gives a key per session; this one will stop working"
    elif facts.started_by_hand:
        yield "platform", f"{facts.title} shows it only while a broadcast is started there"
    elif facts.max_broadcast_hours:
        hours = facts.max_broadcast_hours
        yield "platform", f"{facts.title} ends a broadcast after {hours} hours"


def _place(spec: DestinationSpec, key: str) -> str:
    return f"encoding.{key}" if getattr(spec.encoding, key) is not None else "preset"
