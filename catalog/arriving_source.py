"""The source that arrives at a flow, compared with what the configuration declares of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from catalog.errors import LunoraError
from catalog.flow_source import FlowSource
from catalog.frame_rate import FRAME_RATES, FrameRate, reported_rate

# MediaConnect's scan modes (botocore's model of it): progressive-segmented-frame carries a
# progressive picture as two fields.
_SCANS: dict[str, Literal["progressive", "interlaced"]] = {
    "progressive": "progressive",
    "interlace": "interlaced",
}
_CODECS = frozenset({"MPEG2", "AVC", "HEVC"})
_HD_LINES, _FULL_HD_LINES = 720, 1080
_RESOLUTIONS = ("SD", "HD", "UHD")


@dataclass(frozen=True, slots=True)
class ArrivingSource:
    """The video that arrives; None for what is not known.

    Attributes:
        codec: its codec.
        frames_per_second: its frame rate.
        scan: whether its frames consist of two fields.
        resolution: the class of its size.
    """

    codec: str | None = None
    frames_per_second: FrameRate | None = None
    scan: Literal["progressive", "interlaced"] | None = None
    resolution: str | None = None

    @classmethod
    def reported(
        cls,
        *,
        codec: str | None,
        frame_rate: str | None,
        scan_mode: str | None,
        size: tuple[int | None, int | None],
    ) -> ArrivingSource:
        """Return what MediaConnect reports of a source, in its words."""
        return cls(
            codec=codec if codec in _CODECS else None,
            frames_per_second=reported_rate(frame_rate or ""),
            scan=_SCANS.get(scan_mode or ""),
            resolution=_resolution(size),
        )

    def completed(self, declared: FlowSource) -> FlowSource:
        """Return *declared* with the frame rate and scan of this one where it declares none."""
        if declared.frames_per_second is not None or self.frames_per_second not in FRAME_RATES:
            return declared
        rate = {"frames_per_second": self.frames_per_second, "scan": declared.scan or self.scan}
        return declared.model_copy(update=rate)

    def difference(self, flow: str, declared: FlowSource) -> LunoraError | None:
        """Return the warning of a source of *flow* other than *declared*; None where it agrees.

        A smaller picture than declared agrees: the declaration is the largest that arrives.
        """
        differences = [
            f"{actual} {noun} instead of {expected}"
            for noun, actual, expected in (
                ("frames/s", self.frames_per_second, declared.frames_per_second),
                ("scan", self.scan, declared.scan),
                ("codec", self.codec, declared.codec),
                ("resolution", self._larger_than(declared), declared.resolution),
            )
            if actual is not None and expected is not None and actual != expected
        ]
        if not differences:
            return None
        return LunoraError(
            "LUN221",
            f"flow {flow} receives {', '.join(differences)}",
            remedy=f"correct flows.{flow}.source, or the encoder that sends it",
        )

    def _larger_than(self, declared: FlowSource) -> str | None:
        if self.resolution is None:
            return None
        larger = _RESOLUTIONS.index(self.resolution) > _RESOLUTIONS.index(declared.resolution)
        return self.resolution if larger else None


def _resolution(size: tuple[int | None, int | None]) -> str | None:
    width, height = size
    if not width or not height:
        return None
    lines = min(width, height)
    if lines < _HD_LINES:
        return "SD"
    return "HD" if lines <= _FULL_HD_LINES else "UHD"
