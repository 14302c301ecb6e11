"""The calls of a run, by the destination that each is about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Final

from localaws.faults import CallFault, Faults

SHARED: Final = ""
"""Stands for the owner of what belongs to no single destination."""

Calls = Counter[tuple[str, str]]
"""Numbers of calls by operation and owner, in the order of the first of each."""


class CallLog(Faults):
    """Counts the calls of a run; no call fails.

    Args:
        names: first names of destinations.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"
        self._owner = re.compile(rf"(?<![a-z0-9])({listed})(?![0-9])")
        self.calls: Calls = Counter()

    def owner(self, about: Collection[str]) -> str:
        """Return the destination that a call is about, or `SHARED`."""
        owners = {match[1] for word in about if (match := self._owner.search(word))}
        return owners.pop() if len(owners) == 1 else SHARED

    def of_call(self, operation: str, about: Collection[str]) -> CallFault | None:
        """Count a call of *operation* about a resource of these names."""
        self.calls[operation, self.owner(about)] += 1
        return None


def is_read(operation: str) -> bool:
    """Return whether an operation such as `medialive:ListChannels` changes nothing."""
    return operation.partition(":")[2].startswith(("Describe", "Get", "GET", "List"))
