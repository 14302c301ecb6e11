"""Rule between a destination's frame rate and the rate of the source that feeds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from catalog.flow_source import FlowSource
from catalog.frame_rate import FRAME_RATES, FrameRate, nearest_rate
from catalog.model import DestinationSpec
from catalog.presets import presets
from catalog.rules.finding import Finding, encoding_key

_FIELDS_PER_FRAME = 2


def warn_about_conversion(
    spec: DestinationSpec, sources: Mapping[str, FlowSource]
) -> Iterator[Finding]:
    """Warn about a frame rate that repeats or drops frames of the source.

    A whole multiple either way is regular (MediaLive user guide, pipeline-locking-verify-input,
    calls it a simple conversion), and every second frame of a source may be left out on purpose.
    Twice the rate is of use for an interlaced source alone, whose fields become frames.

    Args:
        spec: the destination, with a channel.
        sources: the sources of its flows, as declared or as they arrive.
    """
    encoding = spec.effective_encoding
    if not encoding.has_video:
        return
    for flow in spec.flows:
        source = sources.get(flow)
        if source is None or source.frames_per_second is None:
            continue
        rate = source.frames_per_second
        change = _change(rate, encoding.frames_per_second, interlaced=source.is_interlaced)
        if change is None:
            continue
        key = encoding_key(spec, "frames_per_second")
        message = f"flow {flow} carries {rate} frames/s, of which {change}; {_remedy(spec, source)}"
        yield Finding("LUN152", key, message)


def _change(source: FrameRate, sent: FrameRate, *, interlaced: bool) -> str | None:
    """Return what *sent* frames a second do to those of the source; None where they fit."""
    ratio = Fraction(sent) / source
    if (1 / ratio).denominator == 1:
        return None
    if ratio.denominator == 1:
        if interlaced and ratio == _FIELDS_PER_FRAME:
            return None
        return f"each is sent {ratio} times for {sent}"
    return f"some are {'repeated' if sent > source else 'dropped'} for {sent}, which stutters"


def _remedy(spec: DestinationSpec, source: FlowSource) -> str:
    """Return the advice that names the nearest rate or preset without such a conversion."""
    encoding = spec.effective_encoding
    limit = spec.platform_facts.max_frames_per_second
    fitting = [
        rate
        for rate in FRAME_RATES
        if source.frames_per_second is not None
        and _change(source.frames_per_second, rate, interlaced=source.is_interlaced) is None
        and (limit is None or rate <= limit)
    ]
    if not fitting:
        return "no rate that the platform takes fits"
    rate = nearest_rate(encoding.frames_per_second, fitting)
    if spec.encoding.frames_per_second is None:
        for name, preset in presets().items():
            size = (preset.width, preset.height)
            if size == (encoding.width, encoding.height) and preset.frames_per_second == rate:
                return f"use preset {name}"
    return f"set encoding.frames_per_second: {rate}"
