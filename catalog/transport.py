"""The keys of SRT and RTP in a destination file."""

from __future__ import annotations

from pydantic import Field

from catalog import stream_key
from catalog.strict_model import StrictModel


class Passphrase(StrictModel):
    """Source of the passphrase: a secret of the stack."""

    config: str | None = Field(
        None,
        pattern=stream_key.NAME_PATTERN,
        description=(
            "name of a secret under passphrases of the stack, which encrypts the stream;"
            " `passphrase: {}` takes the one of the file's name, or the first of previous_names"
        ),
    )


class Srt(StrictModel):
    """Settings of SRT.

    The latency is within both ranges that MediaConnect documents: its user guide, adding outputs
    (100 to 15000 of a listener, 2000 if not given), and its API reference,
    SrtCallerRouterOutputConfiguration (10 to 10000).
    """

    latency_ms: int = Field(
        2000, ge=100, le=10000, description="milliseconds to make up for lost packets in"
    )
    passphrase: Passphrase | None = Field(None, description="what encrypts it")


class Rtp(StrictModel):
    """Settings of RTP; ranges of the MediaConnect user guide, adding outputs."""

    fec: bool = Field(
        False,  # noqa: FBT003 - a default
        description="forward error correction, on the ports 2 and 4 above as well",
    )
    smoothing_ms: int | None = Field(
        None, ge=100, le=1000, description="milliseconds of delay that even out a jittery source"
    )
