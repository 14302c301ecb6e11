"""Settings of a channel without a source: the key `on_input_loss`.

MediaLive repeats the last frame, then encodes black, then an image, and goes on once the source is
back (MediaLive user guide, feature-input-loss).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from catalog import s3_url
from catalog.diagnostics import invalid_value
from catalog.strict_model import StrictModel

LONGEST_SECONDS: Final = 1000
"""botocore's model takes up to 1,000,000 ms, and CloudFormation's reads that as without end."""

COLOR_PATTERN = r"^#[0-9a-fA-F]{6}$"
SLATE_PATTERN = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[\w!.*'()/-]+\.(png|bmp)$"
"""An object of S3 (its user guide, bucket names and safe characters of keys).

The reference of MediaLive's other slates: "Only bmp and png images are supported".
"""

_CONTRADICTION, _SLATE = "LUN133", "LUN134"
_BLACK = "#000000"
# What follows the last frame.
_FOLLOWING = frozenset({"black_seconds", "then"})


def _milliseconds(value: float) -> float:
    if abs(value * 1000 - round(value * 1000)) > 1e-6:  # noqa: PLR2004 - a rounding error
        raise invalid_value("LUN103", "takes whole milliseconds, as in 0.5")
    return value


def _slate(value: str) -> str:
    if not re.fullmatch(SLATE_PATTERN, value, re.ASCII):
        message = "must be a png or bmp image in S3, as in s3://bucket/slates/back-soon.png"
        raise invalid_value(_SLATE, message)
    return value


_Seconds = Annotated[float, Field(ge=0, le=LONGEST_SECONDS), AfterValidator(_milliseconds)]


class InputLoss(StrictModel):
    """The picture of a channel without a source, and whether it is sent.

    The defaults are MediaLive's own (user guide, feature-input-loss): a second each of the last
    frame and of black, then black without end.
    """

    repeat_seconds: _Seconds = Field(
        1, description="seconds for which the last frame stays; 1000 is without end"
    )
    black_seconds: _Seconds = Field(
        1, description="seconds of black afterwards; 1000 is without end"
    )
    then: Literal["black", "color", "slate"] = Field(
        "black", description="what follows until the source is back"
    )
    color: str | None = Field(
        None, pattern=COLOR_PATTERN, description="#rrggbb, with `then: color`"
    )
    slate: Annotated[str, AfterValidator(_slate)] | None = Field(
        None, description="s3://bucket/key of a png or bmp image, with `then: slate`"
    )
    drop: bool = Field(
        False,  # noqa: FBT003 - a default
        description="send nothing once the last frame is over; the connection stays open",
    )

    @model_validator(mode="after")
    def _keys_have_an_effect(self) -> InputLoss:
        for key in ("color", "slate"):
            given, used = getattr(self, key) is not None, self.then == key
            if given and not used:
                raise invalid_value(_CONTRADICTION, f"{key} needs `then: {key}`; add or remove it")
            if used and not given:
                raise invalid_value(_CONTRADICTION, f"`then: {key}` needs {key}; give it")
        unused = sorted(_FOLLOWING & self.model_fields_set) if self.drop else []
        if unused:
            message = f"{unused[0]} has no effect with `drop: true`; remove one of them"
            raise invalid_value(_CONTRADICTION, message)
        if self.never_ends(self.repeat_seconds) and _FOLLOWING & self.model_fields_set:
            message = "`repeat_seconds: 1000` is without end, so nothing follows; lower it"
            raise invalid_value(_CONTRADICTION, message)
        if self.never_ends(self.black_seconds) and self.then != "black":
            message = f"`black_seconds: 1000` is without end, so no {self.then} follows; lower it"
            raise invalid_value(_CONTRADICTION, message)
        return self

    @staticmethod
    def never_ends(seconds: float) -> bool:
        """Return whether MediaLive takes *seconds* for without end."""
        return seconds >= LONGEST_SECONDS

    @property
    def output_action(self) -> str:
        """The InputLossAction of an RTMP group."""
        return "PAUSE_OUTPUT" if self.drop else "EMIT_OUTPUT"

    @property
    def slate_object(self) -> str | None:
        """The slate as `bucket/key`; None without one."""
        return s3_url.object_of(self.slate) if self.slate else None

    @property
    def members(self) -> dict[str, Any]:
        """The InputLossBehavior of the encoder settings."""
        timing = {
            "RepeatFrameMsec": round(self.repeat_seconds * 1000),
            "BlackFrameMsec": round(self.black_seconds * 1000),
        }
        if self.slate is not None:
            slate = {"Uri": s3_url.for_medialive(self.slate)}
            return {**timing, "InputLossImageType": "SLATE", "InputLossImageSlate": slate}
        color = (self.color or _BLACK).removeprefix("#").upper()
        return {**timing, "InputLossImageType": "COLOR", "InputLossImageColor": color}
