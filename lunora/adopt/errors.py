"""Why something of a former system cannot be adopted."""

from __future__ import annotations


class NotAdoptableError(Exception):
    """No destination file can declare it; the text is why, as a clause without secrets."""
