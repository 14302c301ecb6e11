"""Audio descriptions of a channel as ffmpeg's arguments: selection, loudness and AAC."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localaws.media.unencodable import UnencodableError

Settings = Mapping[str, Any]

_CHANNELS = {"CODING_MODE_1_0": "1", "CODING_MODE_2_0": "2", "CODING_MODE_5_1": "6"}
_AAC_PROFILES = {"LC": "aac_low"}
# Of ffmpeg's loudnorm.
_LOUDNESS, _PEAK = (-70.0, -5.0), (-9.0, 0.0)
# API reference, TargetLkfs: "a default value will be used according to the chosen algorithm", with
# the recommendations of the CALM Act and of EBU R 128. Which one is unverified.
_DEFAULT_LKFS = -24.0


def selectors(channel: Settings) -> dict[str, Settings]:
    """Return the audio selectors of a *channel* by name; the same name selects alike."""
    return {
        selector["Name"]: selector.get("SelectorSettings") or {}
        for attachment in channel.get("InputAttachments") or []
        for selector in (attachment.get("InputSettings") or {}).get("AudioSelectors") or []
    }


def arguments(description: Settings, selector: Settings) -> Iterator[str]:
    """Yield ffmpeg's arguments for an audio *description* of what its *selector* selects.

    Raises:
        UnencodableError: for codecs other than AAC-LC, and for several tracks.
    """
    aac = description.get("CodecSettings", {}).get("AacSettings")
    if aac is None or aac["Profile"] not in _AAC_PROFILES:
        raise UnencodableError("the media plane encodes audio as AAC-LC only")
    filters = list(_loudness(description.get("AudioNormalizationSettings")))
    if language := selector.get("AudioLanguageSelection"):
        # A mapping would take all audio of the language, a graph takes the first.
        source = f"[0:a:m:language:{language['LanguageCode']}]"
        yield from ("-filter_complex", f"{source}{','.join(filters or ['anull'])}[audio]")
        yield from ("-map", "[audio]")
    else:
        yield from ("-map", _stream(selector))
        if filters:
            yield from ("-af", ",".join(filters))
    yield from ("-c:a", "aac", "-profile:a", _AAC_PROFILES[aac["Profile"]])
    yield from ("-b:a", f"{aac['Bitrate']:.0f}", "-ar", f"{aac['SampleRate']:.0f}")
    yield from ("-ac", _CHANNELS[aac["CodingMode"]])


def _stream(selector: Settings) -> str:
    if tracks := (selector.get("AudioTrackSelection") or {}).get("Tracks"):
        if len(tracks) > 1:
            raise UnencodableError("the media plane encodes one audio track only")
        # User guide, input-audio-selectors, names PID and language for RTP; a track is unverified.
        return f"0:a:{tracks[0]['Track'] - 1}"
    if "AudioPidSelection" in selector:
        return f"0:i:{selector['AudioPidSelection']['Pid']}"
    # User guide, input-audio-selectors: "MediaLive selects the first audio it encounters".
    return "0:a:0"


def _loudness(settings: Settings | None) -> Iterator[str]:
    if not settings or settings.get("AlgorithmControl") != "CORRECT_AUDIO":
        return
    target = _within(_LOUDNESS, settings.get("TargetLkfs", _DEFAULT_LKFS))
    peak = _within(_PEAK, settings.get("PeakLimiterThreshold", 0.0))
    yield f"loudnorm=I={target:g}:TP={peak:g}"


def _within(bounds: tuple[float, float], value: float) -> float:
    return min(max(value, bounds[0]), bounds[1])
