"""Rules beyond a single key: between keys, between files, and with the flow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from catalog import ingest
from catalog.model import DestinationSpec

# MediaConnect user guide, quotas, of 2022.
OUTPUTS_PER_FLOW = 50

Finding = tuple[str, str]
"""(key, message) about one destination."""


def check_url_is_given(spec: DestinationSpec) -> Iterator[Finding]:
    """Without an ingest the channel would have nowhere to push to."""
    if not spec.ingest_url:
        yield "platform", f"{spec.platform} has no common ingest; give url"


def check_platform_limits(spec: DestinationSpec) -> Iterator[Finding]:
    """Above its limits a platform drops the stream, or degrades it."""
    facts, profile = spec.platform_facts, spec.profile
    limits = (
        ("bitrate_kbps", profile.video_kbps, facts.max_video_kbps, "kb/s of video"),
        ("audio_bitrate_kbps", profile.audio_kbps, facts.max_audio_kbps, "kb/s of audio"),
        ("keyframe_seconds", profile.keyframe_seconds, facts.max_keyframe_seconds, "s of GOP"),
    )
    for key, value, limit, unit in limits:
        if limit is not None and value > limit:
            where = f"encoding.{key}" if getattr(spec.encoding, key) is not None else "preset"
            yield where, f"{value} {unit} is more than the {limit} that {facts.title} takes"


def advise_on_sessions(spec: DestinationSpec) -> Iterator[Finding]:
    """A key that dies with its session makes an always-on destination fail later."""
    facts = spec.platform_facts
    if spec.state == "running" and facts.per_session_key:
        yield "platform", f"{facts.title} gives a key per session; this one will stop working"
    elif spec.state == "running" and facts.max_broadcast_hours:
        hours = facts.max_broadcast_hours
        yield "platform", f"{facts.title} ends a broadcast after {hours} hours"


def check_one_stream_per_key(
    specs: Sequence[DestinationSpec],
) -> Iterator[tuple[DestinationSpec, Finding]]:
    """Two publishers of one key throw each other off the platform."""
    seen: dict[tuple[object, str], list[DestinationSpec]] = defaultdict(list)
    for spec in specs:
        key = spec.stream_key.ssm or spec.stream_key.config or spec.name
        if spec.ingest_url:
            seen[ingest.identity(spec.ingest_url), key].append(spec)
    for same in seen.values():
        for other in same[1:]:
            first = same[0].name
            yield other, ("stream_key", f"{first} sends to the same ingest with the same key")


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
