"""What a channel encodes, in the words of a destination file: preset, `encoding` and `retry`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import ValidationError

from catalog.model import EncodingOverrides, Retry
from catalog.presets import Encoding, presets

# By the keys of the file that can only be given together: the figures of an encoding.
_KEYS: tuple[Mapping[str, str], ...] = (
    {"width_pixels": "width", "height_pixels": "height"},
    {"frames_per_second": "frames_per_second"},
    {"bitrate_kbps": "video_kbps"},
    {"audio_bitrate_kbps": "audio_kbps"},
    {"keyframe_seconds": "keyframe_seconds"},
)
# What counts where the channel takes a figure from its source.
_OF_ANY_SOURCE = {"width": 1920.0, "height": 1080.0, "frames_per_second": 30.0}
_RETRY = {
    "attempts": "NumRetries",
    "interval_seconds": "ConnectionRetryInterval",
    "restart_delay_seconds": "RestartDelay",
    "cache_seconds": "CacheLength",
}
# What a file never says otherwise, by the member of H264Settings.
_USUAL = {
    "FramerateControl": "SPECIFIED",
    "Profile": "HIGH",
    "RateControlMode": "CBR",
    "ScanType": "PROGRESSIVE",
    "SceneChangeDetect": "DISABLED",
}


@dataclass(frozen=True, slots=True)
class InWords:
    """A part of a destination file.

    Attributes:
        keys: what the file says.
        remarks: what it cannot say, a phrase each.
    """

    keys: Mapping[str, Any]
    remarks: tuple[str, ...]


def encoding(video: Mapping[str, Any], audio: Mapping[str, Any]) -> InWords:
    """Return the nearest preset and what differs from it.

    Args:
        video: the channel's video description; H.264.
        audio: its audio description; AAC.
    """
    h264 = video["CodecSettings"]["H264Settings"]
    found = _figures(video, audio)
    key, preset = min(presets().items(), key=lambda one: _distance(one[1], found))
    overrides: dict[str, int] = {}
    remarks = [
        f"{member} {h264[member]}"
        for member, usual in _USUAL.items()
        if h264.get(member, usual) != usual
    ]
    for keys in _KEYS:
        said = {name: _nearest(name, found[figure]) for name, figure in keys.items()}
        exact = all(said[name] == found[figure] for name, figure in keys.items())
        if not exact or not _is_allowed(said):
            remarks += [f"{_words(figure)} {found[figure]:.5g}" for figure in keys.values()]
        differs = any(said[name] != getattr(preset, figure) for name, figure in keys.items())
        if differs and _is_allowed(said):
            overrides |= said
    return InWords({"preset": key, **({"encoding": overrides} if overrides else {})}, (*remarks,))


def retry(group: Mapping[str, Any], output: Mapping[str, Any]) -> InWords:
    """Return what of the settings of an RTMP group and of its output differs from the defaults."""
    told, keys, remarks = {**group, **output}, dict[str, int](), list[str]()
    for key, member in _RETRY.items():
        if member not in told or told[member] == getattr(Retry(), key):
            continue
        try:
            Retry.model_validate({key: told[member]})
        except ValidationError:
            remarks.append(f"{member} {told[member]}")
        else:
            keys[key] = told[member]
    return InWords({"retry": keys} if keys else {}, tuple(remarks))


def _figures(video: Mapping[str, Any], audio: Mapping[str, Any]) -> dict[str, float]:
    h264 = video["CodecSettings"]["H264Settings"]
    given = {
        "width": video.get("Width"),
        "height": video.get("Height"),
        "frames_per_second": _ratio(h264),
    }
    found = {**_OF_ANY_SOURCE, **{key: float(value) for key, value in given.items() if value}}
    gop, in_seconds = float(h264.get("GopSize", 0)), h264.get("GopSizeUnits") == "SECONDS"
    return {
        **found,
        "video_kbps": h264.get("Bitrate", h264.get("MaxBitrate", 0)) / 1000,
        "audio_kbps": audio["CodecSettings"]["AacSettings"].get("Bitrate", 0) / 1000,
        "keyframe_seconds": gop if in_seconds else gop / found["frames_per_second"],
    }


def _ratio(h264: Mapping[str, Any]) -> float:
    return float(h264.get("FramerateNumerator", 0)) / float(h264.get("FramerateDenominator", 1))


def _distance(preset: Encoding, found: Mapping[str, float]) -> tuple[float, ...]:
    if not preset.has_video:
        return (float("inf"),)
    return (
        abs(preset.width - found["width"]) + abs(preset.height - found["height"]),
        abs(preset.frames_per_second - found["frames_per_second"]),
        abs(preset.video_kbps - found["video_kbps"]),
    )


def _nearest(name: str, value: float) -> int:
    choices = tuple(_choices(name))
    return min(choices, key=lambda one: abs(one - value)) if choices else round(value)


def _choices(name: str) -> Iterator[int]:
    """Yield what the key *name* can be, where it is one of a few figures."""
    for part in get_args(EncodingOverrides.model_fields[name].annotation):
        yield from get_args(part)


def _is_allowed(said: Mapping[str, int]) -> bool:
    try:
        EncodingOverrides.model_validate(said)
    except ValidationError:
        return False
    return True


def _words(figure: str) -> str:
    return figure.replace("_", " ")
