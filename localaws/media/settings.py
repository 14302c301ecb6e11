"""Settings of the media plane; imports nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog.errors import LunoraError

# What may happen to a channel where there is real media: its platform forgets its key.
KEY_REVOKED = "key-revoked"


class MediaError(LunoraError):
    """The media plane cannot run."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__("LUN515", message, remedy=remedy)


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Settings of the media plane.

    Attributes:
        srt_port: where the first flow listens for SRT on loopback; 0 takes a free port.
        rtmp_port: where the platforms' stand-in listens and shows what arrives; 0 likewise.
        knows: tells whether the platform of a URL knows a key; None knows all that channels use.
        password_of: returns the password of a user of RTMP at its platform, None for an unknown
            one; without it platforms know those that channels use.
    """

    srt_port: int = 0
    rtmp_port: int = 0
    knows: Callable[[str, str], bool] | None = None
    password_of: Callable[[str], str | None] | None = None
