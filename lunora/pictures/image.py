"""Images of thumbnails: their brightness on a coarse grid, and PNG.

Pillow is imported where a picture is there: most commands have none.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

_COLUMNS, _ROWS = 64, 36


def grid(jpeg: bytes) -> bytes | None:
    """Return the mean brightness of each cell of a picture, 0 to 255; None for no picture."""
    from PIL.Image import Resampling  # noqa: PLC0415 - as said above

    image = _decoded(jpeg, "L")
    return image.resize((_COLUMNS, _ROWS), Resampling.BOX).tobytes() if image else None


def png(jpeg: bytes) -> bytes | None:
    """Return a picture as PNG; None for no picture."""
    image = _decoded(jpeg, "RGB")
    if image is None:
        return None
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def _decoded(jpeg: bytes, mode: str) -> Image | None:
    from PIL import Image  # noqa: PLC0415 - as said above

    try:
        return Image.open(io.BytesIO(jpeg), formats=["JPEG"]).convert(mode)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
