"""A static image over the picture: the key `picture.logo`.

MediaLive lays it over one output after it has scaled the picture (MediaLive user guide,
image-overlay-features, per-output), so that places are those of the picture, whatever its source
is. An action of the channel's schedule shows it, which changes while the channel runs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

from catalog import s3_url
from catalog.diagnostics import invalid_value
from catalog.strict_model import StrictModel

IMAGE_PATTERN = (
    r"^(s3://[a-z0-9][a-z0-9-]{1,61}[a-z0-9]|https://[A-Za-z0-9.-]+(:[0-9]{1,5})?)"
    r"/[\w!.*'()/-]+\.(png|bmp|tga)$"
)
"""An object of S3 in a bucket without dots, or a file of a server without user and query.

MediaLive user guide, image-overlay-prepare-step: "32-bit bmp, png, or tga format"; the name of a
bucket "mustn't use dot notation".
"""

FEATURE: Final = {"OutputStaticImageOverlayScheduleActions": "ENABLED"}
"""The FeatureActivations of a channel that takes such actions (botocore, FeatureActivations)."""

_MOST_PIXELS, _FARTHEST, _TOP_LAYER = 8192, 8190, 7


def _image(value: str) -> str:
    if not re.fullmatch(IMAGE_PATTERN, value, re.ASCII):
        raise invalid_value(
            "LUN162",
            "must be a png, bmp or tga image, as in s3://bucket/logo.png or"
            " https://example.org/logo.png; the bucket's name has no dots",
        )
    return value


class Logo(StrictModel):
    """The image, and its place in the picture."""

    image: Annotated[str, AfterValidator(_image)] = Field(
        description="s3://bucket/key or https:// address of a png, bmp or tga image with alpha"
    )
    left_pixels: int = Field(0, ge=0, le=_FARTHEST, description="from the left")
    top_pixels: int = Field(0, ge=0, le=_FARTHEST, description="from the top")
    width_pixels: int | None = Field(
        None, ge=1, le=_MOST_PIXELS, description="width; the image's own if not given"
    )
    height_pixels: int | None = Field(
        None, ge=1, le=_MOST_PIXELS, description="height; the image's own if not given"
    )
    opacity_percent: int = Field(100, ge=0, le=100, description="100 is opaque")
    layer: int = Field(
        0, ge=0, le=_TOP_LAYER, description="layer of MediaLive; higher ones cover lower ones"
    )

    @property
    def s3_object(self) -> str | None:
        """The image as `bucket/key`; None where it is not in S3."""
        return s3_url.object_of(self.image) if s3_url.is_s3(self.image) else None

    def members(self, outputs: Sequence[str]) -> dict[str, Any]:
        """Return the StaticImageOutputActivateSettings for *outputs* of these names."""
        size = {"Width": self.width_pixels, "Height": self.height_pixels}
        return {
            "Image": {"Uri": s3_url.for_medialive(self.image)},
            "OutputNames": list(outputs),
            "ImageX": self.left_pixels,
            "ImageY": self.top_pixels,
            **{name: pixels for name, pixels in size.items() if pixels is not None},
            "Opacity": self.opacity_percent,
            "Layer": self.layer,
        }
