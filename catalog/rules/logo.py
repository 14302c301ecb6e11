"""Rules on the logo of a destination."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding
from catalog.stack_settings import setting

_OUTSIDE, _UNWATCHED = "LUN163", "LUN164"


def check_logo(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse a logo that is not within the picture; MediaLive would cut it off.

    The size of an image is known only where the file declares it.
    """
    logo, encoding = spec.picture.logo, spec.effective_encoding
    if logo is None or not encoding.has_video:
        return
    right = logo.left_pixels + (logo.width_pixels or 1)
    bottom = logo.top_pixels + (logo.height_pixels or 1)
    if right > encoding.width or bottom > encoding.height:
        size = f"{encoding.width} x {encoding.height}"
        message = f"is not within the picture of {size} pixels; correct its place or size"
        yield Finding(_OUTSIDE, "picture.logo", message)


def unwatched_logo(spec: DestinationSpec, *, watched: bool) -> LunoraError | None:
    """Return the warning of a logo that nothing shows again after a start; None without.

    Args:
        spec: the destination.
        watched: whether the stack has a watchdog.
    """
    if watched or spec.picture.logo is None:
        return None
    return LunoraError(
        _UNWATCHED,
        f"the logo of {spec.name} may be missing after a start that no deployment makes",
        remedy=f"enable {setting('watchdog')}, which shows it after every start",
    )
