"""Parser of srt-live-transmit's `-pf:json`: one line for each interval of packets."""

from __future__ import annotations

from typing import Self

from pydantic import AliasPath, BaseModel, ConfigDict, Field, ValidationError


class SrtStatistics(BaseModel):
    """One stretch.

    Attributes:
        packets: that arrived, repeated ones among them.
        recovered: of these, those that were asked for again.
        dropped: that were given up.
        round_trip_ms: to the source and back.
    """

    model_config = ConfigDict(frozen=True)

    packets: int = Field(validation_alias=AliasPath("recv", "packets"))
    recovered: int = Field(validation_alias=AliasPath("recv", "packetsRetransmitted"))
    dropped: int = Field(validation_alias=AliasPath("recv", "packetsDropped"))
    round_trip_ms: float = Field(validation_alias=AliasPath("link", "rtt"))

    @classmethod
    def parse(cls, line: bytes) -> Self | None:
        """Return what *line* says; None when it says something else."""
        try:
            return cls.model_validate_json(line)
        except ValidationError:
            return None
