"""Rules between the files and the flow that feeds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from catalog import ingest
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec

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


def duplicate_flows(arns: Mapping[str, str]) -> str | None:
    """Say that two keys of *arns* name one flow; None when each names another.

    Each key has a security group of its own, known by the flow's address and nothing else.
    """
    first: dict[str, str] = {}
    for key, arn in arns.items():
        if first.setdefault(arn, key) != key:
            return f"flows {first[arn]} and {key} of the configuration are one flow; keep one key"
    return None


def source_fits(spec: DestinationSpec, source: FlowSource) -> str | None:
    """Say that the platform of *spec* does not take *source* as it is; None when it may.

    RTMP carries H.264 (Adobe's RTMP and FLV specifications). SRT and RTP carry the transport stream
    whatever it holds.
    """
    if spec.scheme in ingest.TRANSPORTS:
        return None
    facts, remedy = spec.platform_facts, "correct flows.<key>.source, or use route: channel"
    if source.codec != "AVC":
        return (
            f"{spec.name}: RTMP carries AVC, and flow {spec.flow} carries {source.codec}; {remedy}"
        )
    limit = facts.max_video_kbps
    if limit is not None and source.mbps * 1000 > limit:
        return (
            f"{spec.name}: {facts.title} takes {limit} kb/s, and flow {spec.flow} carries up to"
            f" {source.mbps} Mb/s; {remedy}"
        )
    return None
