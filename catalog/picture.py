"""The picture of a destination, made from that of its source.

MediaLive crops, scales, then places (botocore, VideoDescription: CropRectangle, ScalingBehavior,
OutputPositionRectangle, Border). All pixels are even numbers (botocore, VideoPositionRectangle).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from catalog.logo import Logo
from catalog.presets import Encoding
from catalog.strict_model import StrictModel

_WIDEST, _FARTHEST = 8192, 8190
FEED_PATTERN = r"^arn:aws[a-z-]*:elemental-inference:[a-z0-9-]+:[0-9]{12}:feed/[A-Za-z0-9]{1,19}$"
"""botocore, elementalinference, ResourceArn."""

# The shape of a source whose size is not declared.
_SOURCE_SHAPE = 16 / 9
# Sizes are rounded to even pixels, as 854 x 480.
_SLIGHT = 0.01


class Size(StrictModel):
    """The size of a picture."""

    width_pixels: int = Field(ge=2, le=_WIDEST, multiple_of=2, description="width")
    height_pixels: int = Field(ge=2, le=_WIDEST, multiple_of=2, description="height")


class Area(Size):
    """A rectangle within a picture."""

    left_pixels: int = Field(0, ge=0, le=_FARTHEST, multiple_of=2, description="from the left")
    top_pixels: int = Field(0, ge=0, le=_FARTHEST, multiple_of=2, description="from the top")

    def fits(self, width: int, height: int) -> bool:
        """Tell whether it lies within a picture of this size."""
        return (
            self.left_pixels + self.width_pixels <= width
            and self.top_pixels + self.height_pixels <= height
        )

    @property
    def members(self) -> dict[str, int]:
        """The VideoPositionRectangle."""
        return {
            "X": self.left_pixels,
            "Y": self.top_pixels,
            "Width": self.width_pixels,
            "Height": self.height_pixels,
        }


class Picture(StrictModel):
    """Part of the source that the picture shows, and its place in the picture."""

    fit: Literal["bars", "crop", "stretch", "smart"] = Field(
        "bars",
        description=(
            "how a source of another shape fills the picture: whole between black bars, cropped,"
            " stretched, or cropped where AWS Elemental Inference sees the action"
        ),
    )
    feed: str | None = Field(
        None,
        pattern=FEED_PATTERN,
        description="ARN of an existing feed of AWS Elemental Inference, with `fit: smart`",
    )
    source: Size | None = Field(
        None, description="size of the source; `fit: crop` without `area` shows its middle"
    )
    area: Area | None = Field(None, description="part of the source that `fit: crop` shows")
    position: Area | None = Field(
        None, description="part of the picture that the video fills; the rest is black"
    )
    border_pixels: int = Field(
        0, ge=0, le=100, multiple_of=2, description="black border around the video"
    )
    logo: Logo | None = Field(None, description="image over the picture")

    def members(self, encoding: Encoding) -> dict[str, Any]:
        """Return what of a VideoDescription depends on it."""
        shown = self.shown(encoding)
        return {
            "ScalingBehavior": self._scaling(encoding),
            **({"CropRectangle": shown.members} if shown else {}),
            **({"OutputPositionRectangle": self.position.members} if self.position else {}),
            **({"Border": self.border_pixels} if self.border_pixels else {}),
        }

    def shown(self, encoding: Encoding) -> Area | None:
        """Return the part of the source that is shown; None for all of it."""
        if self.fit != "crop" or self.area is not None or self.source is None:
            return self.area if self.fit == "crop" else None
        return _middle(self.source, *self._frame(encoding))

    def black_share(self, encoding: Encoding) -> float:
        """Return the share of the video's frame that bars fill."""
        if self.fit == "smart" or self._stretches(encoding):
            return 0
        return self._bars(encoding)

    def has_shape_of_source(self, encoding: Encoding) -> bool:
        """Tell whether all of the source fills the picture, as far as its shape is known."""
        return self._bars(encoding) < _SLIGHT

    def _bars(self, encoding: Encoding) -> float:
        width, height = self._frame(encoding)
        source = self.shown(encoding) or self.source
        shape = source.width_pixels / source.height_pixels if source else _SOURCE_SHAPE
        return 1 - min(width / height / shape, shape * height / width)

    def _scaling(self, encoding: Encoding) -> str:
        if self.fit == "smart":
            return "SMART_CROP"
        return "STRETCH_TO_OUTPUT" if self._stretches(encoding) else "DEFAULT"

    def _stretches(self, encoding: Encoding) -> bool:
        """Tell whether the video fills its frame in a shape that may not be its own.

        The middle of a source has the frame's shape but for the rounding to even pixels. To
        scale it in its own shape would leave bars of a line.
        """
        is_middle = self.fit == "crop" and self.area is None
        return self.fit == "stretch" or (is_middle and self.shown(encoding) is not None)

    def _frame(self, encoding: Encoding) -> tuple[int, int]:
        """Return the width and height of the video within the picture."""
        if self.position is not None:
            return self.position.width_pixels, self.position.height_pixels
        return encoding.width - 2 * self.border_pixels, encoding.height - 2 * self.border_pixels


def _middle(source: Size, width: int, height: int) -> Area:
    """Return the largest part around the middle of *source* in the shape *width* x *height*."""
    if source.width_pixels * height > source.height_pixels * width:
        part = (_even(source.height_pixels * width / height), source.height_pixels)
    else:
        part = (source.width_pixels, _even(source.width_pixels * height / width))
    return Area(
        width_pixels=part[0],
        height_pixels=part[1],
        left_pixels=_even_below((source.width_pixels - part[0]) // 2),
        top_pixels=_even_below((source.height_pixels - part[1]) // 2),
    )


def _even(pixels: float) -> int:
    return max(2, 2 * round(pixels / 2))


def _even_below(pixels: int) -> int:
    return pixels - pixels % 2
