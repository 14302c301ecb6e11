"""Rules between the files and the flow that feeds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

# MediaConnect user guide, quotas, of 2022.
OUTPUTS_PER_FLOW = 50


def flow_has_room(flow: str, *, existing: Iterable[str], planned: Collection[str]) -> str | None:
    """Say that *flow* cannot take the *planned* outputs beside those it has; None when it can."""
    others = set(existing) - set(planned)
    wanted = len(others) + len(planned)
    if wanted <= OUTPUTS_PER_FLOW:
        return None
    return (
        f"flow {flow} would have {wanted} outputs, but a flow takes {OUTPUTS_PER_FLOW}"
        f" ({len(others)} are not of this stack); use another flow for some destinations"
    )
