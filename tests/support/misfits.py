"""Requests of CreateChannel that do not fit botocore's model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def h264(request: dict[str, Any]) -> dict[str, Any]:
    codec: dict[str, Any] = request["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]
    return codec["H264Settings"]  # type: ignore[no-any-return]


H264 = "EncoderSettings.VideoDescriptions[0].CodecSettings.H264Settings"
MISFITS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a bitrate below the range": (lambda r: h264(r).update(Bitrate=999), f"{H264}.Bitrate"),
    "a frame rate of nothing": (
        lambda r: h264(r).update(FramerateNumerator=0),
        f"{H264}.FramerateNumerator",
    ),
    "a sharpness above the range": (
        lambda r: r["EncoderSettings"]["VideoDescriptions"][0].update(Sharpness=101),
        "EncoderSettings.VideoDescriptions[0].Sharpness",
    ),
    "a bitrate beyond all numbers": (
        lambda r: h264(r).update(Bitrate=10**400),
        f"{H264}.Bitrate",
    ),
    "a GOP beyond all numbers": (lambda r: h264(r).update(GopSize=10**400), f"{H264}.GopSize"),
    "a GOP that is no number": (lambda r: h264(r).update(GopSize=math.nan), f"{H264}.GopSize"),
    "a fraction of a bit": (lambda r: h264(r).update(Bitrate=3000000.5), f"{H264}.Bitrate"),
    "an unknown rate control": (
        lambda r: h264(r).update(RateControlMode="XBR"),
        f"{H264}.RateControlMode",
    ),
    "a failover without a second input": (
        lambda r: r["InputAttachments"][0].update(AutomaticInputFailoverSettings={}),
        "InputAttachments[0].AutomaticInputFailoverSettings.SecondaryInputId",
    ),
    "an unknown member": (lambda r: h264(r).update(Bitrat=1), "bitrat"),
    "a member in another casing": (lambda r: r.update(NAME="one"), "nAME"),
    "a text for a list": (lambda r: r.update(Destinations="all"), "Destinations"),
    "a list for an object": (lambda r: r.update(EncoderSettings=[]), "EncoderSettings"),
    "a number for a text": (lambda r: r.update(Name=7), "Name"),
    "a word for true or false": (lambda r: r.update(DryRun="yes"), "DryRun"),
    "a list for a map": (lambda r: r.update(Tags=["a"]), "Tags"),
    "a number in a map of texts": (lambda r: r.update(Tags={"a": 1}), "Tags.a"),
}
"""By case: what spoils an accepted request, and the member that is named."""


def wire_form(value: Any) -> Any:
    """Return members under their names on the wire: MediaLive begins them small."""
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: wire_form(item) for key, item in value.items()}
    return [wire_form(item) for item in value] if isinstance(value, list) else value
