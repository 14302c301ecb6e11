"""The source of a flow, declared in the stack's configuration and billed with every channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from catalog.frame_rate import FrameRate, broadcast_rate_or_text

Function = Literal["watchdog", "api"]
"""A function of a stack that serves its flows."""

# MediaLive's classes of InputSpecification.MaximumBitrate, in Mb/s.
MAXIMUM_BITRATES = (10, 20, 50)


class FlowSource(BaseModel):
    """The stream that a flow carries.

    MediaLive sizes and bills an input by what its channel declares, not by what arrives: too
    much costs more, too little starves the decoder. Not described, a source counts as AVC in HD
    with up to 20 Mb/s, which takes what SRT contribution usually is.

    Attributes:
        codec: its video codec.
        resolution: SD below 1280x720, HD up to 1920x1080, else UHD.
        mbps: its highest bitrate in Mb/s.
        frames_per_second: its frame rate; None where it is not declared.
        scan: whether its frames consist of two fields; None where it is not declared.
        minimum_mbps: the bitrate in Mb/s that it stays above while all is well; None is unknown.
        sound: whether silence is a fault of it.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, validate_by_name=True
    )

    codec: Literal["MPEG2", "AVC", "HEVC"] = "AVC"
    resolution: Literal["SD", "HD", "UHD"] = "HD"
    mbps: int = Field(20, ge=1, le=50)
    frames_per_second: Annotated[FrameRate, BeforeValidator(broadcast_rate_or_text)] | None = Field(
        None, alias="framesPerSecond"
    )
    scan: Literal["progressive", "interlaced"] | None = None
    minimum_mbps: float | None = Field(None, alias="minimumMbps", gt=0)
    sound: bool = True

    @model_validator(mode="after")
    def _stays_below_its_maximum(self) -> FlowSource:
        if self.minimum_mbps is not None and self.minimum_mbps >= self.mbps:
            raise PydanticCustomError("minimum", "minimumMbps must be less than mbps")
        return self

    def document(self) -> dict[str, Any]:
        """Return what is not the default, as JSON: the variables of a function have 4 kB."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def is_interlaced(self) -> bool:
        """True where it is declared as interlaced."""
        return self.scan == "interlaced"

    @property
    def maximum_bitrate(self) -> str:
        """MediaLive's name of the lowest class that takes it, for example `MAX_20_MBPS`."""
        fitting = next(limit for limit in MAXIMUM_BITRATES if self.mbps <= limit)
        return f"MAX_{fitting}_MBPS"


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """Facts about a flow from the stack's configuration.

    Attributes:
        region: its region.
        source: its source.
        measured_mbps: its bitrate as measured, in Mb/s; None where it was not.
        functions: the functions of the stack that run in its region.
        keeps_token: whether the token of `api.repository` is kept in its region.
    """

    region: str
    source: FlowSource
    measured_mbps: float | None = None
    functions: frozenset[Function] = frozenset()
    keeps_token: bool = False
