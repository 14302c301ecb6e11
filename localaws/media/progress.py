"""Parser of ffmpeg's `-progress`: blocks of `key=value` lines."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One block.

    Attributes:
        frames: sent since the start.
        dropped: frames dropped since the start.
        sent_bytes: since the start.
    """

    frames: int
    dropped: int
    sent_bytes: int


class ProgressReader:
    """Collects lines to blocks."""

    def __init__(self) -> None:
        self._block: dict[str, str] = {}

    def line(self, text: str) -> Progress | None:
        """Take a line; return the block that it ends, if it ends one."""
        key, _, value = text.strip().partition("=")
        self._block[key] = value.strip()
        if key != "progress":
            return None
        block, self._block = self._block, {}
        return Progress(
            frames=_count(block.get("frame")),
            dropped=_count(block.get("drop_frames")),
            sent_bytes=_count(block.get("total_size")),
        )


def _count(text: str | None) -> int:
    # ffmpeg writes N/A for what it does not know yet.
    return int(text) if text and text.isdigit() else 0
