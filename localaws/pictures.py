"""Thumbnails: frames of real video, or a drawn slate with a name and the time."""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass

# Ours: no document names the size of a thumbnail (unverified).
_WIDTH, _HEIGHT = 640, 360
_BARS = ("#c0c0c0", "#c0c000", "#00c0c0", "#00c000", "#c000c0", "#c00000", "#0000c0")
_LETTERS, _LETTER_HEIGHT = 34, 36


@dataclass(slots=True)
class Pictures:
    """Pictures of what runs.

    Attributes:
        captured: returns the last frame of real video, by a flow's ARN or by a channel's id and a
            pipeline's number; None without real video.
    """

    captured: Callable[[tuple[str, ...]], bytes | None] | None = None

    def jpeg(self, key: tuple[str, ...], title: str, time: dt.datetime) -> bytes | None:
        """Return a picture of *key*; None where its real video has not brought one yet."""
        return slate(title, time) if self.captured is None else self.captured(key)


def slate(title: str, time: dt.datetime) -> bytes:
    """Draw colour bars with *title* and *time*, as a JPEG."""
    # Imported by those who asked for it: no other call of the emulator needs it.
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415

    image = Image.new("RGB", (_WIDTH, _HEIGHT), "black")
    draw = ImageDraw.Draw(image)
    bar = _WIDTH / len(_BARS)
    for index, colour in enumerate(_BARS):
        draw.rectangle((index * bar, 0, (index + 1) * bar, _HEIGHT / 3), fill=colour)
    lines = [*textwrap.wrap(title, _LETTERS)[:4], time.strftime("%Y-%m-%d %H:%M:%S UTC")]
    font = ImageFont.load_default(size=_LETTER_HEIGHT - 4)
    for index, line in enumerate(lines):
        place = (24, _HEIGHT / 3 + 16 + index * _LETTER_HEIGHT)
        draw.text(place, line, fill="white", font=font)
    stream = io.BytesIO()
    image.save(stream, "JPEG")
    return stream.getvalue()
