"""Rules on the picture of a destination."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.model import DestinationSpec
from catalog.picture import Picture
from catalog.presets import Encoding
from catalog.rules.finding import Finding, encoding_key

_PICTURE, _BARS = "LUN137", "LUN145"
_MOST_BLACK = 0.2


def check_picture(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse areas outside of the picture that they are part of, and keys without effect.

    MediaLive checks a crop against the source only when it arrives (botocore,
    VideoDescription.CropRectangle).
    """
    if spec.effective_encoding.has_video:
        yield from _check_area(spec.picture)
        yield from _check_place(spec.picture, spec.effective_encoding)
    elif "picture" in spec.model_fields_set:
        yield Finding(_PICTURE, "picture", f"preset {spec.preset} has no video; remove picture")


def _check_area(picture: Picture) -> Iterator[Finding]:
    area, source = picture.area, picture.source
    if source is not None and source.height_pixels > source.width_pixels:
        # MediaLive user guide, inputs-video-audio-characteristics: "only ingests landscape video".
        yield _finding("source", "is upright, and MediaLive turns such a source; send it wide")
    if picture.fit == "crop" and area is None and source is None:
        yield _finding("fit", "crop needs the part of the source; give area, or source's size")
    if picture.fit != "crop" and area is not None:
        yield _finding("area", f"has no effect with fit: {picture.fit}; use fit: crop")
    if area and source and not area.fits(source.width_pixels, source.height_pixels):
        yield _finding("area", "is not within source; correct one of them")


def _check_place(picture: Picture, encoding: Encoding) -> Iterator[Finding]:
    position, border = picture.position, picture.border_pixels
    if position is not None and not position.fits(encoding.width, encoding.height):
        size = f"{encoding.width} x {encoding.height}"
        yield _finding("position", f"is not within the picture of {size} pixels; correct it")
    if position is not None and border:
        yield _finding("border_pixels", "cannot be used with position; remove one of them")
    if 2 * border >= min(encoding.width, encoding.height):
        yield _finding("border_pixels", "leaves nothing of the picture; make it smaller")


def warn_about_bars(spec: DestinationSpec) -> Iterator[Finding]:
    """Warn about a picture that its source fills only in part.

    MediaLive adds bars around a source of another shape (API reference, VideoDescription,
    ScalingBehavior DEFAULT).
    """
    encoding = spec.effective_encoding
    if not encoding.has_video:
        return
    picture = spec.picture
    black = picture.black_share(encoding)
    if black < _MOST_BLACK:
        return
    if picture.area is not None:
        yield Finding(_BARS, "picture.area", f"{black:.0%} of the picture is black")
    else:
        where = "" if picture.source else " where the source is 16:9"
        message = f"{black:.0%} of the picture is black{where}; picture.fit can crop the source"
        yield Finding(_BARS, encoding_key(spec, "width_pixels"), message)


def _finding(key: str, message: str) -> Finding:
    return Finding(_PICTURE, f"picture.{key}", message)
