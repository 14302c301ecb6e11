"""What one look of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass

from lunora.ops.health import Severity


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found.

    Attributes:
        about: what was looked at.
        severity: `ok`, `warning` (nobody knows, or it will matter soon) or `critical`.
        finding: what was found, and what to do where it is not right.
    """

    about: str
    severity: Severity
    finding: str
