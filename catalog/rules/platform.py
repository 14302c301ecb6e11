"""Rules between a file and its platform: limits and recommendations."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.ingest import HLS
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding, encoding_key

_LIMIT, _PROTOCOL, _ADVICE, _SESSION, _NOTICE = "LUN126", "LUN127", "LUN142", "LUN143", "LUN153"
_FULL_HD_LINES = 1080


def check_platform_limits(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse an encoding beyond the limits of the platform, which drops or degrades it."""
    facts, encoding = spec.platform_facts, spec.effective_encoding
    limits = (
        ("bitrate_kbps", encoding.video_kbps, facts.max_video_kbps, "kb/s of video"),
        ("audio_bitrate_kbps", encoding.audio_kbps, facts.max_audio_kbps, "kb/s of audio"),
        ("keyframe_seconds", encoding.keyframe_seconds, facts.max_keyframe_seconds, "s of GOP"),
        ("frames_per_second", encoding.frames_per_second, facts.max_frames_per_second, "frames/s"),
        ("height_pixels", encoding.lines, facts.max_lines, "lines"),
    )
    for key, value, limit, unit in limits:
        if limit is not None and value > limit:
            message = f"{value} {unit} is more than the {limit} that {facts.title} takes"
            yield Finding(_LIMIT, encoding_key(spec, key), message)
    least = facts.min_video_kbps
    if encoding.has_video and least is not None and encoding.video_kbps < least:
        rate = f"{encoding.video_kbps} kb/s of video"
        message = f"{rate} is less than the {least} that {facts.title} takes"
        yield Finding(_LIMIT, encoding_key(spec, "bitrate_kbps"), message)
    longest = facts.max_segment_seconds
    if spec.scheme in HLS and longest is not None and spec.hls.segment_seconds > longest:
        message = f"{facts.title} takes segments of at most {longest} s"
        yield Finding(_LIMIT, "hls.segment_seconds", message)


def check_platform_takes_the_size(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse more than 1080 lines where no source says that the platform takes them.

    `custom` may be any platform, so its files decide.
    """
    facts, encoding = spec.platform_facts, spec.effective_encoding
    if spec.platform == "custom" or facts.max_lines is not None or encoding.lines <= _FULL_HD_LINES:
        return
    message = f"{facts.title} is not known to take {encoding.lines} lines by RTMP; use at most 1080"
    yield Finding(_LIMIT, encoding_key(spec, "height_pixels"), message)


def check_platform_takes_the_protocol(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse plain RTMP where the platform takes TLS only."""
    if not spec.platform_facts.needs_rtmps:
        return
    for key, url in (("url", spec.url), ("backup_url", spec.backup_url)):
        if url is not None and not url.startswith("rtmps:"):
            message = f"{spec.platform_facts.title} takes only RTMPS; begin it with rtmps://"
            yield Finding(_PROTOCOL, key, message)


def warn_about_encoding(spec: DestinationSpec) -> Iterator[Finding]:
    """Warn about an encoding that differs from the recommendations of the platform."""
    facts, encoding = spec.platform_facts, spec.effective_encoding
    advised = facts.advised_video_kbps.get(encoding.size_and_rate)
    if advised and not advised[0] <= encoding.video_kbps <= advised[1]:
        rates = dict.fromkeys(str(rate) for rate in advised)
        advice = f"{' to '.join(rates)} kb/s for {encoding.size_and_rate}"
        message = f"{facts.title} advises {advice}, and this is {encoding.video_kbps}"
        yield Finding(_ADVICE, encoding_key(spec, "bitrate_kbps"), message)
    if facts.advised_lines and encoding.lines > facts.advised_lines:
        message = f"{facts.title} shows at most {facts.advised_lines} lines of {encoding.lines}"
        yield Finding(_ADVICE, encoding_key(spec, "height_pixels"), message)
    if facts.advised_shape and encoding.is_upright != (facts.advised_shape == "upright"):
        message = f"{facts.title} is watched {facts.advised_shape}, and this picture is not"
        yield Finding(_ADVICE, encoding_key(spec, "height_pixels"), message)
    yield from _more_than_advised(spec)


def _more_than_advised(spec: DestinationSpec) -> Iterator[Finding]:
    facts, encoding = spec.platform_facts, spec.effective_encoding
    keyframes, audio = facts.advised_keyframe_seconds, facts.advised_audio_kbps
    most = facts.advised_max_video_kbps
    if most and encoding.video_kbps > most:
        message = f"{facts.title} advises {most} kb/s at most, and this is {encoding.video_kbps}"
        yield Finding(_ADVICE, encoding_key(spec, "bitrate_kbps"), message)
    if keyframes and encoding.keyframe_seconds > keyframes:
        seconds = f"{keyframes} s, and this is {encoding.keyframe_seconds}"
        message = f"{facts.title} advises a key frame every {seconds}"
        yield Finding(_ADVICE, encoding_key(spec, "keyframe_seconds"), message)
    if audio and encoding.audio_kbps > audio:
        message = f"{facts.title} advises {audio} kb/s of audio, and this is {encoding.audio_kbps}"
        yield Finding(_ADVICE, encoding_key(spec, "audio_bitrate_kbps"), message)


def warn_about_sessions(spec: DestinationSpec) -> Iterator[Finding]:
    """Warn where the platform ends a broadcast or its key, so that it cannot be always on."""
    facts = spec.platform_facts
    if spec.state == "stopped":
        return
    if facts.notice is not None:
        yield Finding(_NOTICE, "platform", f"{facts.notice}; check that the account gets one")
    if facts.per_session_key:
        message = f"{facts.title} gives a key per session; set each with `lunora key {spec.name}`"
    elif facts.started_by_hand:
        message = f"{facts.title} shows it only while a broadcast is started there"
    elif facts.max_broadcast_hours:
        message = f"{facts.title} ends a broadcast after {facts.max_broadcast_hours} hours"
    else:
        return
    yield Finding(_SESSION, "platform", message)
