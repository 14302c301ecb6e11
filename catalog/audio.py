"""The sound of a destination: the key `audio`."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field, model_validator

from catalog.diagnostics import invalid_value
from catalog.strict_model import StrictModel

LANGUAGE_PATTERN = r"^[a-z]{3}$"
MONO_MAXIMUM_KBPS: Final = 288
"""MediaLive user guide, aac-four-characteristics: AAC-LC of one channel at 48 kHz."""

_SELECTIONS: Final = ("track", "language", "pid")
_CODING_MODES: Final = {"mono": "CODING_MODE_1_0", "stereo": "CODING_MODE_2_0"}


class Loudness(StrictModel):
    """Loudness normalization by ITU-R BS.1770, which MediaLive bills."""

    target_lkfs: float = Field(
        ge=-59, le=0, description="loudness to correct to: -23 is EBU R 128, -24 ATSC A/85"
    )
    algorithm: Literal["1770-1", "1770-2", "1770-3", "1770-4"] = Field(
        "1770-2", description="version of ITU-R BS.1770; 1770-1 has no gate"
    )
    peak_dbtp: float | None = Field(None, ge=-8, le=0, description="highest true peak, in dBTP")

    @property
    def members(self) -> dict[str, Any]:
        """The AudioNormalizationSettings of an audio description."""
        peak = (
            {"PeakCalculation": "TRUE_PEAK", "PeakLimiterThreshold": float(self.peak_dbtp)}
            if self.peak_dbtp is not None
            else {}
        )
        return {
            "Algorithm": f"ITU_{self.algorithm.replace('-', '_')}",
            "AlgorithmControl": "CORRECT_AUDIO",
            "TargetLkfs": float(self.target_lkfs),
            **peak,
        }


class Audio(StrictModel):
    """The sound that is taken from the source, and its form.

    An RTMP output carries one audio (MediaLive user guide, audio-only-outputs-and-outputgroups), so
    a destination selects one.
    """

    track: int | None = Field(
        None, ge=1, le=64, description="number of the audio track in the source, from 1"
    )
    language: str | None = Field(
        None,
        pattern=LANGUAGE_PATTERN,
        description="ISO 639 code of three letters in the source, as in deu; its first audio",
    )
    pid: int | None = Field(
        None, ge=16, le=8190, description="PID of the audio in the source's transport stream"
    )
    channels: Literal["mono", "stereo"] = Field("stereo", description="channels that are sent")
    loudness: Loudness | None = Field(None, description="loudness normalization")

    @model_validator(mode="after")
    def _one_selection(self) -> Audio:
        given = [key for key in _SELECTIONS if getattr(self, key) is not None]
        if len(given) > 1:
            raise invalid_value("LUN135", f"give {' or '.join(given)}, not both; remove one")
        return self

    @property
    def coding_mode(self) -> str:
        """The CodingMode of AAC."""
        return _CODING_MODES[self.channels]

    @property
    def selector_settings(self) -> dict[str, Any] | None:
        """The SelectorSettings of an audio selector; None takes the first audio of the source.

        User guide, input-audio-selectors: "MediaLive selects the first audio it encounters".
        """
        if self.track is not None:
            return {"AudioTrackSelection": {"Tracks": [{"Track": self.track}]}}
        if self.pid is not None:
            return {"AudioPidSelection": {"Pid": self.pid}}
        if self.language is not None:
            selection = {"LanguageCode": self.language, "LanguageSelectionPolicy": "LOOSE"}
            return {"AudioLanguageSelection": selection}
        return None
