"""Result of one check of the doctor."""

from __future__ import annotations

from dataclasses import dataclass

from lunora.ops.health import Severity


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check.

    Attributes:
        about: the subject of the check.
        severity: `ok`, `warning` (unknown, or soon relevant) or `critical`.
        finding: the finding, with its remedy where something is wrong.
    """

    about: str
    severity: Severity
    finding: str
