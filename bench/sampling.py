"""Cases drawn by lot, where all of them take too long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def sample(cases: Sequence[T], every: int) -> tuple[Sequence[T], tuple[str, ...]]:
    """Return one in *every* of *cases*, and what has to be said of that."""
    if every == 1:
        return cases, ()
    # Cases stand in the order of calls and kinds, so that every so manyth would be of one kind.
    chosen = random.Random(0).sample(cases, -(-len(cases) // every))  # noqa: S311 - no secret
    return chosen, (f"Measured at {len(chosen)} of {len(cases)}, drawn by lot.",)
