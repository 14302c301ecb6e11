"""Outputs of a channel beside RTMP: where they go, from the channel's settings."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from localaws.media.network import Endpoint

Settings = Mapping[str, Any]
ReadSecret = Callable[[str], str | None]
"""Returns the text of a secret, or of a parameter of SSM, by its ARN; None where there is none."""

_AES = "AES"
# botocore, SegmentLength and IndexNSegments have no defaults there; the user guide's example.
_SEGMENT_SECONDS, _LISTED_SEGMENTS = 10, 10
# The example of the MediaLive user guide, archive.
_ROLLOVER_SECONDS = 300
_RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Srt:
    """SRT as a caller or as a listener.

    Attributes:
        address: that is called, or at which callers are waited for.
        listens: whether it waits.
        latency_ms: proposed in the handshake.
        key_bits: length of the encryption's key.
        passphrase: None where it cannot be read.
    """

    address: Endpoint
    listens: bool
    latency_ms: int
    key_bits: int
    passphrase: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Hls:
    """Files of HLS on a server or in a bucket.

    Attributes:
        name: of the master playlist, without extension.
        modifier: of the media playlist.
        seconds: length of a segment.
        listed: segments in the playlist.
        kept: segments that stay.
        master: whether a master playlist is written.
    """

    name: str
    modifier: str
    seconds: int
    listed: int
    kept: int
    master: bool


@dataclass(frozen=True, slots=True)
class Archive:
    """Files of an archive in a bucket.

    Attributes:
        modifier: of their names, in which `$dt$` is the time of the start.
        seconds: length of a file.
    """

    modifier: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Outlet:
    """The place that an output goes to.

    Attributes:
        url: without what may be a key.
        key: the rest, which may be secret.
        settings: of its kind.
        retry_seconds: from a lost connection to the next try.
    """

    url: str
    key: str = field(repr=False)
    settings: Srt | Hls | Archive
    retry_seconds: float = _RETRY_SECONDS


def srt(channel: Settings, pipeline: int, group: Settings, read_secret: ReadSecret) -> Outlet:
    """Return the outlet of an SRT output group of *channel*."""
    output = group["Outputs"][0]["OutputSettings"]["SrtOutputSettings"]
    end = _end(channel, output["Destination"], "SrtSettings", pipeline)
    listens = end.get("ConnectionMode") == "LISTENER"
    if listens:
        address = (channel["EgressEndpoints"][pipeline]["SourceIp"], int(end["ListenerPort"]))
    else:
        parts = urlsplit(end["Url"])
        address = (parts.hostname or "", parts.port or 0)
    settings = Srt(
        address,
        listens,
        latency_ms=output.get("Latency", 1000),
        key_bits=int(output.get("EncryptionType", "AES128").removeprefix(_AES)),
        passphrase=read_secret(end.get("EncryptionPassphraseSecretArn", "")),
    )
    return Outlet(f"srt://{address[0]}:{address[1]}", end.get("StreamId", ""), settings)


def hls(channel: Settings, pipeline: int, group: Settings) -> Outlet:
    """Return the outlet of an HLS output group of *channel*."""
    settings = group["OutputGroupSettings"]["HlsGroupSettings"]
    output = group["Outputs"][0]["OutputSettings"]["HlsOutputSettings"]
    url = str(_end(channel, settings["Destination"], "Settings", pipeline)["Url"])
    listed = settings.get("IndexNSegments", _LISTED_SEGMENTS)
    parts = urlsplit(url)
    return Outlet(
        f"{parts.scheme}://{parts.netloc}",
        url,
        Hls(
            name=re.split("[/=]", url)[-1],
            modifier=output.get("NameModifier", ""),
            seconds=settings.get("SegmentLength", _SEGMENT_SECONDS),
            listed=listed,
            kept=settings.get("KeepSegments", listed),
            master=settings.get("OutputSelection") != "VARIANT_MANIFESTS_AND_SEGMENTS",
        ),
    )


def archive(channel: Settings, pipeline: int, group: Settings) -> Outlet:
    """Return the outlet of an archive output group of *channel*."""
    settings = group["OutputGroupSettings"]["ArchiveGroupSettings"]
    output = group["Outputs"][0]["OutputSettings"]["ArchiveOutputSettings"]
    url = str(_end(channel, settings["Destination"], "Settings", pipeline)["Url"])
    seconds = settings.get("RolloverInterval", _ROLLOVER_SECONDS)
    return Outlet(url, "", Archive(output.get("NameModifier", ""), seconds))


def _end(channel: Settings, reference: Settings, kind: str, pipeline: int) -> Settings:
    ends = {destination["Id"]: destination for destination in channel["Destinations"]}
    end: Settings = ends[reference["DestinationRefId"]][kind][pipeline]
    return end
