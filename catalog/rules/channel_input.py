"""Rules on the inputs of a channel."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_FAILOVER = "LUN138"


def check_failover(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse failover without a backup, and black as a condition of sound alone."""
    if "failover" not in spec.model_fields_set:
        return
    if spec.backup_flow is None:
        message = "needs a second flow that takes over; name it, as in flow: [main, backup]"
        yield Finding(_FAILOVER, "failover", message)
    if spec.failover.black_seconds is not None and not spec.effective_encoding.has_video:
        message = f"preset {spec.preset} has no video; remove it"
        yield Finding(_FAILOVER, "failover.black_seconds", message)
