"""Rules between the files and the flow that feeds them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from catalog import ingest
from catalog.diagnostics import did_you_mean
from catalog.errors import LunoraError
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

# MediaConnect user guide, quotas, of 2022.
OUTPUTS_PER_FLOW = 50


def flow_has_room(
    flow: str, *, existing: Iterable[str], planned: Collection[str]
) -> LunoraError | None:
    """Return the error of more outputs than *flow* takes; None where all fit.

    Args:
        flow: the flow's name.
        existing: names of the outputs that it has.
        planned: names of the outputs of this stack after the run.
    """
    others = len(set(existing) - set(planned))
    total = others + len(planned)
    if total <= OUTPUTS_PER_FLOW:
        return None
    return LunoraError(
        "LUN251",
        f"flow {flow} would have {total} outputs, but a flow takes {OUTPUTS_PER_FLOW}"
        f" ({others} are not of this stack)",
        remedy="use another flow for some destinations",
    )


def check_flows(spec: DestinationSpec, flows: Collection[str]) -> Iterator[Finding]:
    """Refuse flows that are none of *flows*, the stack's."""
    for key in spec.flows:
        if key not in flows:
            message = f'"{key}" is no flow of the stack{did_you_mean(key, flows)}'
            yield Finding("LUN205", "flow", message)


def duplicate_flows(arns: Mapping[str, str]) -> LunoraError | None:
    """Return the error of two keys of *arns* for one flow; None where all flows differ.

    Each key has its own security group, which the flow's address identifies.
    """
    keys: dict[str, str] = {}
    for key, arn in arns.items():
        if keys.setdefault(arn, key) != key:
            return LunoraError(
                "LUN255",
                f"flows {keys[arn]} and {key} of the configuration are one flow",
                remedy="keep one key",
            )
    return None


def one_zone(spec: DestinationSpec, zones: Mapping[str, str]) -> LunoraError | None:
    """Return the warning of two pipelines of *spec* that depend on one Availability Zone.

    A MediaConnect flow runs in one zone (API reference, Flow.AvailabilityZone), and two pipelines
    survive the failure of a zone only where their flows are in two.

    Args:
        spec: the destination.
        zones: the Availability Zones of the stack's flows.
    """
    if spec.route != "channel" or spec.redundancy != "standard":
        return None
    (zone, *others) = {zones[key] for key in spec.flows}
    if others:
        return None
    flows = " and ".join(spec.flows)
    return LunoraError(
        "LUN224",
        f"{spec.name}: both pipelines take flow {flows}, in Availability Zone {zone} alone",
        remedy="name a second flow of another zone, as in flow: [main, backup]",
    )


def zones_fit(spec: DestinationSpec, zones: Mapping[str, str]) -> LunoraError | None:
    """Return the error of flows in zones from which MediaLive does not take them; None if it does.

    One input takes two flows of different zones (MediaLive user guide, setup-emx-flows). Two inputs
    of one channel take their flows from the same zones (MediaConnect user guide,
    distribution-to-medialive).

    Args:
        spec: the destination.
        zones: the Availability Zones of the stack's flows.
    """
    if spec.route != "channel" or spec.input_type != "mediaconnect" or spec.backup_flow is None:
        return None
    is_one_input = len(spec.input_flows) == 1
    used = [zones[key] for key in spec.flows]
    if (len(set(used)) > 1) == is_one_input:
        return None
    needed = "different zones for two pipelines" if is_one_input else "one zone for a failover"
    return LunoraError(
        "LUN225",
        f"{spec.name}: flows {' and '.join(spec.flows)} are in {' and '.join(used)}, and input:"
        f" mediaconnect needs {needed}",
        remedy="name other flows, or use input: push",
    )


def source_fits(spec: DestinationSpec, source: FlowSource) -> LunoraError | None:
    """Return the error of a *source* that the platform of *spec* does not take; None if it fits.

    RTMP carries H.264 (Adobe's RTMP and FLV specifications). SRT and RTP carry any transport
    stream.
    """
    if spec.scheme in ingest.TRANSPORTS:
        return None
    facts = spec.platform_facts
    limit = facts.max_video_kbps
    if source.codec != "AVC":
        cause = f"RTMP carries AVC, and flow {spec.flow} carries {source.codec}"
    elif limit is not None and source.mbps * 1000 > limit:
        rate = f"up to {source.mbps} Mb/s"
        cause = f"{facts.title} takes {limit} kb/s, and flow {spec.flow} carries {rate}"
    else:
        return None
    remedy = "correct flows.<key>.source, or use route: channel"
    return LunoraError("LUN256", f"{spec.name}: {cause}", remedy=remedy)
