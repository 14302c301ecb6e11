"""Rules that MediaLive documents of a channel's audio, in the form of `provider.channel_rules`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Members = Mapping[str, Any]
SettingsProblem = tuple[str, str]

# Coding mode -> sample rate in Hz -> lowest and highest bitrate in kb/s of AAC-LC (MediaLive user
# guide, aac-four-characteristics, read 2026-11-30), of the rates that television and platforms use.
_AAC_LC: Mapping[str, Mapping[int, tuple[int, int]]] = {
    "CODING_MODE_1_0": {32000: (32, 192), 44100: (56, 256), 48000: (56, 288)},
    "CODING_MODE_2_0": {32000: (40, 384), 44100: (96, 512), 48000: (64, 576)},
    "CODING_MODE_5_1": {32000: (160, 768), 44100: (256, 640), 48000: (256, 768)},
}
_MOST_SELECTORS = 20


def contradictions(members: Members) -> Iterator[SettingsProblem]:
    """Yield the problems of the audio of a CreateChannel."""
    yield from _selectors(members)
    yield from _aac_bitrates(members.get("EncoderSettings") or {})


def _selectors(members: Members) -> Iterator[SettingsProblem]:
    """Yield too many selectors, and those with the name of another of their input.

    MediaLive user guide, input-audio-selectors: "a maximum of 20 audio selectors in one channel";
    botocore, AudioSelector.Name: "Selector names should be unique per input".
    """
    total = 0
    for index, attachment in enumerate(members.get("InputAttachments") or []):
        selectors = (attachment.get("InputSettings") or {}).get("AudioSelectors") or []
        names = [selector.get("Name") for selector in selectors]
        total += len(names)
        for number, name in enumerate(names):
            if name in names[:number]:
                path = f"inputAttachments[{index}].inputSettings.audioSelectors[{number}].name"
                yield path, f"another selector of the input is named {name}"
    if total > _MOST_SELECTORS:
        yield "inputAttachments", f"a channel has at most {_MOST_SELECTORS} audio selectors"


def _aac_bitrates(settings: Members) -> Iterator[SettingsProblem]:
    """Yield the bitrates of AAC-LC outside the range of coding mode and sample rate."""
    for index, audio in enumerate(settings.get("AudioDescriptions") or []):
        aac = (audio.get("CodecSettings") or {}).get("AacSettings") or {}
        if aac.get("Profile") != "LC" or not aac.get("Bitrate"):
            continue
        rates = _AAC_LC.get(str(aac.get("CodingMode")), {})
        limits = rates.get(int(aac.get("SampleRate") or 0))
        if limits and not limits[0] <= aac["Bitrate"] / 1000 <= limits[1]:
            yield (
                f"audioDescriptions[{index}].codecSettings.aacSettings.bitrate",
                f"must be {limits[0]} to {limits[1]} kb/s in this coding mode at this sample rate",
            )
