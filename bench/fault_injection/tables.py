"""Tables that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from bench.figures import Table

T = TypeVar("T")


def counted(
    caption: str,
    names: tuple[str, ...],
    found: Iterable[T],
    of: Callable[[T], tuple[str, ...]],
    counts: Mapping[str, Callable[[T], bool]],
) -> Table:
    """Return a row for each key that *of* gives what was *found*, under *names*.

    It tells how many there are, and for how many each of *counts* holds.
    """
    groups: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for one in found:
        groups[of(one)].append(one)
    rows = [
        (*key, str(len(group)), *(str(sum(map(holds, group))) for holds in counts.values()))
        for key, group in sorted(groups.items())
    ]
    return Table(caption=caption, columns=(*names, "cases", *counts), rows=tuple(rows))
