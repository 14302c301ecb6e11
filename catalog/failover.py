"""Automatic failover between the two inputs of a channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import Field

from catalog.strict_model import StrictModel

BLACK_SHARE_OF_WHITE: Final = 0.1
"""Threshold of black.

Ours: in video of limited range, black is 16 of 255, which is 6 % of white. AWS gives 0.1 as its
example (botocore, VideoBlackFailoverSettings.BlackDetectThreshold).
"""


class Failover(StrictModel):
    """Conditions under which the backup flow takes over, and the return from it.

    The defaults are ours. Loss has to last longer than the second in which a stream recovers by
    itself, and health long enough that the channel does not go to and fro. Minimums are those of
    botocore's model.
    """

    input_loss_ms: int = Field(
        1500,
        ge=100,
        le=60_000,
        description="milliseconds without input before the backup takes over",
    )
    black_seconds: int | None = Field(
        None, ge=1, le=3600, description="seconds of black picture before the backup takes over"
    )
    silence_seconds: int | None = Field(
        None, ge=1, le=3600, description="seconds of silence before the backup takes over"
    )
    recovery_seconds: int = Field(
        30,
        ge=1,
        le=3600,
        description="seconds without these before the first flow takes over again",
    )

    def members(self, *, secondary: Any, audio_selector: str) -> dict[str, Any]:
        """Return the AutomaticInputFailoverSettings of the first input.

        Args:
            secondary: id of the second input.
            audio_selector: the one whose silence counts.
        """
        return {
            "SecondaryInputId": secondary,
            "InputPreference": "PRIMARY_INPUT_PREFERRED",
            "ErrorClearTimeMsec": self.recovery_seconds * 1000,
            "FailoverConditions": [
                {"FailoverConditionSettings": settings}
                for settings in self._conditions(audio_selector)
            ],
        }

    def _conditions(self, audio_selector: str) -> Iterator[dict[str, Any]]:
        yield {"InputLossSettings": {"InputLossThresholdMsec": self.input_loss_ms}}
        if self.black_seconds is not None:
            yield {
                "VideoBlackSettings": {
                    "BlackDetectThreshold": BLACK_SHARE_OF_WHITE,
                    "VideoBlackThresholdMsec": self.black_seconds * 1000,
                }
            }
        if self.silence_seconds is not None:
            yield {
                "AudioSilenceSettings": {
                    "AudioSelectorName": audio_selector,
                    "AudioSilenceThresholdMsec": self.silence_seconds * 1000,
                }
            }
