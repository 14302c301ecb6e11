"""The keys of SRT and RTP in a destination file."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from catalog import stream_key
from catalog.diagnostics import invalid_value
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


def _networks(value: tuple[str, ...]) -> tuple[str, ...]:
    """Require IPv4 networks in CIDR form, which an input security group takes."""
    for network in value:
        try:
            ipaddress.IPv4Network(network, strict=True)
        except ValueError:
            raise invalid_value(
                "LUN103", "must be IPv4 networks in CIDR form, as in [198.51.100.7/32]"
            ) from None
    return value


class Srt(StrictModel):
    """Settings of SRT.

    The latency is within both ranges that MediaConnect documents: its user guide, adding outputs
    (100 to 15000 of a listener, 2000 if not given), and its API reference,
    SrtCallerRouterOutputConfiguration (10 to 10000). MediaLive takes 40 to 16000 (botocore).
    """

    latency_ms: int = Field(
        2000, ge=100, le=10000, description="milliseconds to make up for lost packets in"
    )
    passphrase: Passphrase | None = Field(
        None, description="what encrypts it; a channel sends nothing in clear"
    )
    key_bits: Literal[128, 192, 256] = Field(
        128, description="length of the encryption's key with `route: channel`"
    )
    callers: Annotated[tuple[str, ...], AfterValidator(_networks)] = Field(
        (), strict=False, description="networks that may call a channel at `url: srt://:port`"
    )


class Rtp(StrictModel):
    """Settings of RTP; ranges of the MediaConnect user guide, adding outputs."""

    fec: bool = Field(
        False,  # noqa: FBT003 - a default
        description="forward error correction, on the ports 2 and 4 above as well",
    )
    smoothing_ms: int | None = Field(
        None, ge=100, le=1000, description="milliseconds of delay that even out a jittery source"
    )
