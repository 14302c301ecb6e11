"""How the former system named its channels, and what that makes of a destination's name."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PLACE = "{name}"


class NamePatternError(Exception):
    """The pattern cannot name anything; the text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A pattern of names, as `old-{name}-channel`."""

    pattern: str

    def __post_init__(self) -> None:
        """Refuse a pattern that does not say where the destination's name is."""
        if self.pattern.count(_PLACE) != 1:
            raise NamePatternError(f"--names has to hold {_PLACE} once, as in old-{_PLACE}-channel")

    def destination(self, channel: str) -> str | None:
        """Return what the destination of *channel* is called; None where the name is another's.

        Capitals become small, and what no destination can have in its name becomes hyphens.
        """
        before, _, after = self.pattern.partition(_PLACE)
        matched = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", channel)
        if matched is None:
            return None
        return re.sub(r"[^a-z0-9]+", "-", matched[1].lower()).strip("-")
