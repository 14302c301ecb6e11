"""Calls that interrupt a stream."""

from __future__ import annotations

from tests.support.workspace import Workspace


def interrupted(live: Workspace, mark: int) -> dict[str, list[str]]:
    """Return, by channel, the calls since *mark* that interrupt a stream."""
    found: dict[str, list[str]] = {}
    for call in live.aws.calls[mark:]:
        if call.operation in {"StopChannel", "DeleteChannel", "RestartChannelPipelines"}:
            found.setdefault(call.resource, []).append(call.operation)
    return found
