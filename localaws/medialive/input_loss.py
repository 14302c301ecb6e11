"""Pictures that a channel encodes while its input is lost, and output groups that drop them.

MediaLive user guide, feature-input-loss: the last frame, then black, then a slate or a colour,
until the input is back; by default a second each of the first two, then "a black slate
indefinitely".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# User guide: "The value 1,000,000 means repeat ... forever".
_FOREVER_MS = 1_000_000
_DEFAULT_MS = 1000
_BLACK = "000000"
# botocore, InputLossAction of RTMP, HLS and Smooth: "Stop transmitting data until input returns";
# of UDP and SRT: "the entire transport stream will stop being emitted", or its program is "replaced
# with null packets".
_DROPPING = frozenset({"DROP_PROGRAM", "DROP_TS", "PAUSE_OUTPUT"})


@dataclass(frozen=True, slots=True)
class InputLoss:
    """The pictures of a lost input, one after the other.

    Attributes:
        repeat_seconds: of the last frame; infinite for good.
        black_seconds: of black afterwards; likewise.
        color: of the picture that follows, as RRGGBB.
        slate: of the picture that follows instead; None where there is none, or none can be read.
    """

    repeat_seconds: float = 1.0
    black_seconds: float = 1.0
    color: str = _BLACK
    slate: Path | None = None

    @classmethod
    def of(cls, encoder: Mapping[str, Any], file: Callable[[str], Path | None]) -> InputLoss:
        """Return that of EncoderSettings; *file* returns the file of an image by its URI."""
        settings = (encoder.get("GlobalConfiguration") or {}).get("InputLossBehavior") or {}
        is_slate = settings.get("InputLossImageType") == "SLATE"
        return cls(
            repeat_seconds=_seconds(settings.get("RepeatFrameMsec", _DEFAULT_MS)),
            black_seconds=_seconds(settings.get("BlackFrameMsec", _DEFAULT_MS)),
            color=settings.get("InputLossImageColor") or _BLACK,
            slate=file(settings["InputLossImageSlate"]["Uri"]) if is_slate else None,
        )


def drops(group: Mapping[str, Any]) -> bool:
    """Tell whether an output group sends nothing once the last frame of a lost input is over."""
    settings = group["OutputGroupSettings"].values()
    return any(kind.get("InputLossAction") in _DROPPING for kind in settings)


def _seconds(milliseconds: int) -> float:
    return math.inf if milliseconds >= _FOREVER_MS else milliseconds / 1000
