"""`preset: auto`: the preset of 1080 lines that has the frame rate of the flow's source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog.flow_source import FlowSource
from catalog.frame_rate import FRAME_RATES, FrameRate
from catalog.model import AUTO_PRESET, DestinationSpec
from catalog.rules.finding import Finding
from catalog.stack_settings import setting

_SIZE = "1080p"


def resolved(spec: DestinationSpec, sources: Mapping[str, FlowSource]) -> DestinationSpec:
    """Return *spec* with the preset that `auto` stands for; unchanged where the rate is unknown.

    Where the platform takes fewer frames, every second one is sent: 25 of 50.

    Args:
        spec: the destination.
        sources: the declared sources of the stack's flows.
    """
    source = sources.get(spec.flow)
    if spec.preset != AUTO_PRESET or source is None or source.frames_per_second is None:
        return spec
    rate = _accepted(source.frames_per_second, spec.platform_facts.max_frames_per_second)
    return spec.model_copy(update={"preset": f"{_SIZE}{rate}"})


def check_source_is_declared(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse `auto` that the declared sources did not resolve."""
    if spec.preset == AUTO_PRESET:
        key = setting(f"flows.{spec.flow}.source.framesPerSecond")
        message = f"auto needs the frame rate of flow {spec.flow}; set {key}, or name a preset"
        yield Finding("LUN220", "preset", message)


def _accepted(rate: FrameRate, limit: int | None) -> FrameRate:
    half = FrameRate(rate / 2)
    return half if limit is not None and rate > limit and half in FRAME_RATES else rate
