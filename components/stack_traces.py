"""How much of Python's stack the engine keeps with every resource."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

# The SDK's own frames down to the constructor of a resource, and what called it.
_FRAMES = 7


@contextlib.contextmanager
def brief() -> Iterator[None]:
    """Keep stacks that are taken in this block down to what tells a resource's place.

    The SDK sends a whole stack with every resource, with the interpreter's and its own frames at
    the bottom, and the engine keeps it: a third of a state that a file or S3 backend writes anew
    at every step. What is raised out of the block still shows where it comes from.
    """
    before = getattr(sys, "tracebacklimit", None)
    sys.tracebacklimit = _FRAMES
    try:
        yield
    finally:
        if before is None:
            del sys.tracebacklimit
        else:
            sys.tracebacklimit = before
