"""Measurements of the media plane on each flow and pipeline, and their last values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from localaws.media.program_tables import ProgramTables
from localaws.media.rate_counter import RateCounter


@dataclass(slots=True)
class FlowGauges:
    """A flow's source.

    Attributes:
        packets: of SRT that arrived.
        recovered: of these, those that were asked for again.
        dropped: that were given up.
        received_bytes: of the transport stream.
        round_trip_ms: to the source and back, when last seen.
        tables: of the transport stream.
    """

    packets: RateCounter = field(default_factory=RateCounter)
    recovered: RateCounter = field(default_factory=RateCounter)
    dropped: RateCounter = field(default_factory=RateCounter)
    received_bytes: RateCounter = field(default_factory=RateCounter)
    round_trip_ms: float = 0.0
    tables: ProgramTables = field(default_factory=ProgramTables)


@dataclass(slots=True)
class OutputGauges:
    """An RTMP output: frames and bytes sent, frames dropped."""

    frames: RateCounter = field(default_factory=RateCounter)
    dropped: RateCounter = field(default_factory=RateCounter)
    sent_bytes: RateCounter = field(default_factory=RateCounter)


@dataclass(slots=True)
class PipelineGauges:
    """A pipeline of a channel.

    Attributes:
        packets: that came in.
        lost: that were missing between them.
        refused: that came from an address the security group does not allow, or were no
            transport stream in RTP.
        received_bytes: of those that came in.
        pictures: that came in.
        outputs: by name of the output group.
    """

    packets: RateCounter = field(default_factory=RateCounter)
    lost: RateCounter = field(default_factory=RateCounter)
    refused: RateCounter = field(default_factory=RateCounter)
    received_bytes: RateCounter = field(default_factory=RateCounter)
    pictures: RateCounter = field(default_factory=RateCounter)
    outputs: defaultdict[str, OutputGauges] = field(
        default_factory=lambda: defaultdict(OutputGauges)
    )


@dataclass(slots=True)
class Gauges:
    """All of them: flows by ARN, pipelines by channel id and number."""

    flows: defaultdict[str, FlowGauges] = field(default_factory=lambda: defaultdict(FlowGauges))
    pipelines: defaultdict[tuple[str, str], PipelineGauges] = field(
        default_factory=lambda: defaultdict(PipelineGauges)
    )
