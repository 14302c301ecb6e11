"""The tag of a channel that suspends its restarts: by whom, since when, until when and why.

An operator who stops a channel and a deployment that stops one leave it. The watchdog does not
start such a channel, and the status says who stopped it. It is a tag because ListChannels returns
tags, so that everybody who lists channels reads it without another call.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from catalog.errors import LunoraError

KEY: Final = "Suspended"
"""The tag's key."""

DEPLOYMENT: Final = "a deployment"
"""Name under which a deployment suspends restarts."""

UNKNOWN: Final = "somebody"
"""Name in place of that of an unknown person."""

MOST_REASON_CHARACTERS: Final = 90
"""Length of a reason: a tag's value has 256 characters, and the other parts need the rest."""

# A name has no equals sign, so it ends where the reason begins.
_VALUE = re.compile(
    r"since=(?P<since>\S+)(?: until=(?P<until>\S+))? by=(?P<by>.+?)(?: why=(?P<why>.+))?"
)
# Tags take letters, digits, spaces and _.:/=+-@ (MediaLive user guide, tagging resources).
_OTHER_CHARACTER = re.compile(r"[^\w .:/+@-]", re.ASCII)
_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Suspension:
    """A suspension of restarts.

    Attributes:
        by: who suspended them, for example a role's session name.
        since: when; None where the tag does not say.
        until: when restarts begin again; None is never.
        why: the reason that was given; empty without one.
    """

    by: str
    since: dt.datetime | None
    until: dt.datetime | None = None
    why: str = ""

    def __str__(self) -> str:
        """Return it as the end of a message: `by alice until 2026-11-30 18:00 UTC (rehearsal)`."""
        until = f" until {self.until.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC" if self.until else ""
        why = f" ({self.why})" if self.why else ""
        return f"by {self.by}{until}{why}"

    def applies(self, now: dt.datetime) -> bool:
        """Tell whether restarts are suspended at the time *now*."""
        return self.until is None or now < self.until

    def tag_value(self) -> str:
        """Return the value of the tag."""
        until = f" until={_format(self.until)}" if self.until else ""
        by = _plain(self.by, _NAME_LENGTH) or UNKNOWN
        why = _plain(self.why, MOST_REASON_CHARACTERS)
        return f"since={_format(self.since)}{until} by={by}{f' why={why}' if why else ''}"


def reason(text: str) -> str:
    """Return *text* as the reason of a stop.

    Raises:
        LunoraError: LUN482, when it is empty or too long, or not one line.
    """
    stripped = text.strip()
    if 0 < len(stripped) <= MOST_REASON_CHARACTERS and stripped.isprintable():
        return stripped
    remedy = f"give one line of 1 to {MOST_REASON_CHARACTERS} characters"
    raise LunoraError("LUN482", "the reason cannot be noted", remedy=remedy)


def read(tags: Mapping[str, str]) -> Suspension | None:
    """Return the suspension in *tags*; None without one.

    Anybody may write the tag. A value that cannot be read suspends without an end, because a wrong
    restart does more harm than a missing one.
    """
    value = tags.get(KEY)
    if value is None:
        return None
    match = _VALUE.fullmatch(value)
    if match is None:
        return Suspension(UNKNOWN, None)
    since, until = _parse(match["since"]), match["until"]
    ends = _parse(until) if until else None
    return Suspension(match["by"], since, ends, match["why"] or "")


def _plain(text: str, longest: int) -> str:
    """Return the beginning of *text* in the characters that tags take."""
    return _OTHER_CHARACTER.sub("-", text).strip()[:longest].strip()


def _format(time: dt.datetime | None) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else "unknown"


def _parse(text: str) -> dt.datetime | None:
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else None
