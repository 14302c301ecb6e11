"""Names of destinations, from the names of a former system's channels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.errors import LunoraError

_PLACE = "{name}"


class NamePatternError(LunoraError):
    """The pattern has no place for a name."""


@dataclass(frozen=True, slots=True)
class Naming:
    """A pattern of names, as `old-{name}-channel`."""

    pattern: str

    def __post_init__(self) -> None:
        """Refuse a pattern without a place for the destination's name."""
        if self.pattern.count(_PLACE) != 1:
            raise NamePatternError(
                "LUN431",
                f"cannot use the pattern of --names: it does not contain {_PLACE} once",
                remedy=f"give one like old-{_PLACE}-channel",
            )

    def destination(self, channel: str) -> str | None:
        """Return the destination's name for *channel*; None where the name does not match.

        Capitals become small, and characters that destinations cannot have become hyphens.
        """
        before, _, after = self.pattern.partition(_PLACE)
        match = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", channel)
        if match is None:
            return None
        return re.sub(r"[^a-z0-9]+", "-", match[1].lower()).strip("-")
