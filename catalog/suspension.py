"""The tag of a channel that suspends its restarts: by whom, since when and until when.

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

KEY: Final = "Suspended"
"""The tag's key."""

DEPLOYMENT: Final = "a deployment"
"""Name under which a deployment suspends restarts."""

UNKNOWN: Final = "somebody"
"""Name in place of that of an unknown person."""

_VALUE = re.compile(r"since=(?P<since>\S+)(?: until=(?P<until>\S+))? by=(?P<by>.+)")
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
    """

    by: str
    since: dt.datetime | None
    until: dt.datetime | None = None

    def __str__(self) -> str:
        """Return it as the end of a message: `by alice until 2026-11-30 18:00 UTC`."""
        until = f" until {self.until.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC" if self.until else ""
        return f"by {self.by}{until}"

    def applies(self, now: dt.datetime) -> bool:
        """Tell whether restarts are suspended at the time *now*."""
        return self.until is None or now < self.until

    def tag_value(self) -> str:
        """Return the value of the tag."""
        until = f" until={_format(self.until)}" if self.until else ""
        by = _OTHER_CHARACTER.sub("-", self.by).strip()[:_NAME_LENGTH] or UNKNOWN
        return f"since={_format(self.since)}{until} by={by}"


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
    return Suspension(match["by"], since, ends)


def _format(time: dt.datetime | None) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else "unknown"


def _parse(text: str) -> dt.datetime | None:
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo else None
