"""Rules between the files and the account they are deployed to."""

from __future__ import annotations

from collections.abc import Collection

# Aggregate of a flow's outputs that the MediaConnect user guide recommends not to exceed, of 2022.
FLOW_MBPS = 400


def quota_has_room(
    what: str, *, existing: Collection[str], planned: Collection[str], limit: int | None
) -> str | None:
    """Say that the account may not have all of *what* a run needs; None when it may.

    What goes is removed only after the new is there, so both count.

    Args:
        what: the quota's name, as in `channels`.
        existing: the names of those there are now, of this stack and of others.
        planned: the names of those of this stack after the run.
        limit: the account's quota; None where it is not known.
    """
    wanted = set(existing) | set(planned)
    if limit is None or len(wanted) <= limit or not set(planned) - set(existing):
        return None
    others = len(set(existing) - set(planned))
    return (
        f"the run needs {len(wanted)} {what} ({others} are there beside those of the files), but"
        f" the account's quota is {limit}; raise it in Service Quotas, or remove some in a run of"
        " their own first"
    )


def flow_carries(flow: str, *, outputs: int, mbps: int) -> str | None:
    """Say that *outputs* copies of a source of *mbps* Mb/s are more than is recommended."""
    if outputs * mbps <= FLOW_MBPS:
        return None
    return (
        f"flow {flow} would send {outputs} x {mbps} = {outputs * mbps} Mb/s, and MediaConnect"
        f" recommends at most {FLOW_MBPS}; use another flow for some destinations"
    )
