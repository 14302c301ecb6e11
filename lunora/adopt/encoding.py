"""Map a channel's encoding to keys of a file: `preset`, `encoding`, `picture` and `retry`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, get_args

from pydantic import ValidationError

from catalog.frame_rate import FRAME_RATES, FrameRate, nearest_rate
from catalog.model import EncodingOverrides, Retry
from catalog.presets import Encoding, presets

_Figure = float | Fraction

# Groups of keys that a file declares together, each with its figure of an encoding.
_KEYS: tuple[Mapping[str, str], ...] = (
    {"width_pixels": "width", "height_pixels": "height"},
    {"frames_per_second": "frames_per_second"},
    {"bitrate_kbps": "video_kbps"},
    {"audio_bitrate_kbps": "audio_kbps"},
    {"keyframe_seconds": "keyframe_seconds"},
)
# Figures for a channel that takes them from its source.
_OF_ANY_SOURCE: Mapping[str, _Figure] = {
    "width": 1920.0,
    "height": 1080.0,
    "frames_per_second": FrameRate(30),
}
# MediaLive bills a frame rate that it takes from the source in its class of 30-60 fps.
_FASTEST = FrameRate(60)
_RETRY = {
    "attempts": "NumRetries",
    "interval_seconds": "ConnectionRetryInterval",
    "restart_delay_seconds": "RestartDelay",
    "cache_seconds": "CacheLength",
}
# Members of H264Settings with the key of `encoding` and its values; others are remarked.
_WORDS: Mapping[str, tuple[str, Mapping[str, str | None]]] = {
    "Profile": ("profile", {"MAIN": "main", "HIGH": None}),
    "QualityLevel": ("quality", {"ENHANCED_QUALITY": "enhanced", "STANDARD_QUALITY": None}),
}
# Members of H264Settings that no file can declare, with their values in our channels.
_FIXED = {
    "FramerateControl": "SPECIFIED",
    "RateControlMode": "CBR",
    "ScanType": "PROGRESSIVE",
    "SceneChangeDetect": "DISABLED",
}


@dataclass(frozen=True, slots=True)
class FileKeys:
    """Part of a destination file.

    Attributes:
        keys: its keys and values.
        remarks: settings that no file can declare, a phrase each.
    """

    keys: Mapping[str, Any]
    remarks: tuple[str, ...]


def encoding(video: Mapping[str, Any], audio: Mapping[str, Any]) -> FileKeys:
    """Return the nearest preset and the differences from it.

    Args:
        video: the channel's video description; H.264.
        audio: its audio description; AAC.
    """
    h264 = video["CodecSettings"]["H264Settings"]
    figures = _figures(video, audio)
    key, preset = min(presets().items(), key=lambda item: _distance(item[1], figures))
    overrides: dict[str, float | str] = {}
    remarks = [
        f"{member} {h264[member]}"
        for member, value in _FIXED.items()
        if h264.get(member, value) != value
    ]
    for keys in _KEYS:
        values = {name: _nearest(name, figures[figure]) for name, figure in keys.items()}
        exact = all(values[name] == figures[figure] for name, figure in keys.items())
        if not exact or not _is_allowed(values):
            remarks += [
                f"{figure.replace('_', ' ')} {float(figures[figure]):.5g}"
                for figure in keys.values()
            ]
        differs = any(values[name] != getattr(preset, figure) for name, figure in keys.items())
        if differs and _is_allowed(values):
            overrides |= {name: _number(value) for name, value in values.items()}
    for member, (name, words) in _WORDS.items():
        word = str(h264.get(member, ""))
        if value := words.get(word):
            overrides[name] = value
        elif word and word not in words:
            remarks.append(f"{member} {word}")
    return FileKeys({"preset": key, **({"encoding": overrides} if overrides else {})}, (*remarks,))


def picture(video: Mapping[str, Any]) -> FileKeys:
    """Return what the video description shows of its source, and where."""
    crop, scaling = video.get("CropRectangle"), video.get("ScalingBehavior", "DEFAULT")
    stretches = scaling == "STRETCH_TO_OUTPUT"
    keys: dict[str, Any] = {}
    if crop:
        keys |= {"fit": "crop", "area": _area(crop)}
    elif stretches:
        keys["fit"] = "stretch"
    if position := video.get("OutputPositionRectangle"):
        keys["position"] = _area(position)
    if border := video.get("Border"):
        keys["border_pixels"] = border
    # An area is scaled in its own shape.
    is_declarable = scaling == "DEFAULT" or (stretches and not crop)
    remarks = () if is_declarable else (f"ScalingBehavior {scaling}",)
    return FileKeys({"picture": keys} if keys else {}, remarks)


def _area(rectangle: Mapping[str, int]) -> dict[str, int]:
    return {
        "left_pixels": rectangle["X"],
        "top_pixels": rectangle["Y"],
        "width_pixels": rectangle["Width"],
        "height_pixels": rectangle["Height"],
    }


def billed_encoding(video: Mapping[str, Any], audio: Mapping[str, Any]) -> Encoding:
    """Return what a channel is billed by; a frame rate taken from the source counts as 60."""
    figures = _figures(video, audio)
    h264 = video["CodecSettings"]["H264Settings"]
    rate = _ratio(h264) or _FASTEST
    whole: dict[str, Any] = {name: round(figure) for name, figure in figures.items()}
    billed = rate if rate in FRAME_RATES else FrameRate(math.ceil(rate))
    enhanced = h264.get("QualityLevel") == "ENHANCED_QUALITY"
    quality = "enhanced" if enhanced else "standard"
    return Encoding.model_validate(whole | {"frames_per_second": billed, "quality": quality})


def retry(group: Mapping[str, Any], output: Mapping[str, Any]) -> FileKeys:
    """Return the settings of an RTMP group and its output that differ from the defaults."""
    settings, keys, remarks = {**group, **output}, dict[str, int](), list[str]()
    for key, member in _RETRY.items():
        if member not in settings or settings[member] == getattr(Retry(), key):
            continue
        try:
            Retry.model_validate({key: settings[member]})
        except ValidationError:
            remarks.append(f"{member} {settings[member]}")
        else:
            keys[key] = settings[member]
    return FileKeys({"retry": keys} if keys else {}, tuple(remarks))


def _figures(video: Mapping[str, Any], audio: Mapping[str, Any]) -> dict[str, _Figure]:
    h264 = video["CodecSettings"]["H264Settings"]
    declared = {
        "width": video.get("Width"),
        "height": video.get("Height"),
        "frames_per_second": _ratio(h264),
    }
    figures = {**_OF_ANY_SOURCE, **{key: value for key, value in declared.items() if value}}
    gop, in_seconds = float(h264.get("GopSize", 0)), h264.get("GopSizeUnits") == "SECONDS"
    return {
        **figures,
        "video_kbps": h264.get("Bitrate", h264.get("MaxBitrate", 0)) / 1000,
        "audio_kbps": audio["CodecSettings"]["AacSettings"].get("Bitrate", 0) / 1000,
        "keyframe_seconds": gop if in_seconds else gop / figures["frames_per_second"],
    }


def _ratio(h264: Mapping[str, Any]) -> FrameRate:
    rate = (h264.get("FramerateNumerator", 0), h264.get("FramerateDenominator", 1))
    return FrameRate(*map(int, rate))


def _distance(preset: Encoding, figures: Mapping[str, _Figure]) -> tuple[float, ...]:
    if not preset.has_video:
        return (float("inf"),)
    return (
        abs(preset.width - figures["width"]) + abs(preset.height - figures["height"]),
        abs(float(preset.frames_per_second) - float(figures["frames_per_second"])),
        abs(preset.video_kbps - figures["video_kbps"]),
    )


def _nearest(name: str, value: _Figure) -> int | FrameRate:
    if name == "frames_per_second":
        return nearest_rate(Fraction(value))
    choices = tuple(_choices(name))
    return min(choices, key=lambda choice: abs(choice - value)) if choices else round(value)


def _choices(name: str) -> Iterator[int]:
    """Yield the values of the key *name*, where these are a few figures."""
    for part in get_args(EncodingOverrides.model_fields[name].annotation):
        yield from get_args(part)


def _number(value: float | FrameRate) -> float:
    return value.number if isinstance(value, FrameRate) else value


def _is_allowed(values: Mapping[str, float | FrameRate]) -> bool:
    try:
        EncodingOverrides.model_validate(values)
    except ValidationError:
        return False
    return True
