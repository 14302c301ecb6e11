"""HLS push: the keys of a destination file, and its output group."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field

from catalog.strict_model import StrictModel

LONGEST_RESTART_DELAY = 15
"""Seconds: the greatest RestartDelay of HlsBasicPutSettings and HlsWebdavSettings (botocore)."""

NAME_MODIFIER: Final = "_media"
"""The end of the media playlist's name; MediaLive requires one (user guide, HLS destinations)."""

_USERNAME_PATTERN = r"^[A-Za-z0-9._@-]{1,64}$"
# As the MediaLive user guide shows it for a live playlist: segments stay for a while after they
# left the playlist, as a slow player may still ask for them.
_KEPT_LONGER = 11


class Hls(StrictModel):
    """Settings of HLS."""

    segment_seconds: int = Field(
        4, ge=1, le=30, description="length of a segment, a multiple of encoding.keyframe_seconds"
    )
    playlist_segments: int = Field(
        10, ge=3, le=60, description="segments that the live playlist names"
    )
    method: Literal["put", "webdav"] = Field(
        "put", description="how a server takes files: HTTP PUT alone, or WebDAV"
    )
    username: str | None = Field(
        None,
        pattern=_USERNAME_PATTERN,
        description="user of the server, for which the stream key is the password",
    )


def group_settings(
    hls: Hls, url: str, destination: str, *, master_playlist: bool, retry: tuple[int, int, int]
) -> dict[str, Any]:
    """Return HlsGroupSettings.

    Args:
        hls: the keys of the file.
        url: where it sends.
        destination: id of the channel's destination.
        master_playlist: whether a master playlist goes with the media playlist.
        retry: seconds between connections, seconds before a restart, and seconds of cache.
    """
    return {
        "Destination": {"DestinationRefId": destination},
        "HlsCdnSettings": _cdn_settings(hls, url, *retry),
        "IndexNSegments": hls.playlist_segments,
        "KeepSegments": hls.playlist_segments + _KEPT_LONGER,
        "ManifestDurationFormat": "FLOATING_POINT",
        "Mode": "LIVE",
        "OutputSelection": (
            "MANIFESTS_AND_SEGMENTS" if master_playlist else "VARIANT_MANIFESTS_AND_SEGMENTS"
        ),
        "SegmentLength": hls.segment_seconds,
    }


def output_settings() -> dict[str, Any]:
    """Return HlsOutputSettings: segments of MPEG-2 TS."""
    return {
        "HlsSettings": {"StandardHlsSettings": {"M3u8Settings": {}}},
        "NameModifier": NAME_MODIFIER,
    }


def _cdn_settings(
    hls: Hls, url: str, interval_seconds: int, restart_delay_seconds: int, cache_seconds: int
) -> dict[str, Any]:
    if url.startswith("s3:"):
        return {"HlsS3Settings": {}}
    # NumRetries is left out: over HTTP "the value is always 3" (botocore).
    connection = {
        "ConnectionRetryInterval": interval_seconds,
        "FilecacheDuration": cache_seconds,
        "RestartDelay": restart_delay_seconds,
    }
    if hls.method == "webdav":
        return {"HlsWebdavSettings": {**connection, "HttpTransferMode": "NON_CHUNKED"}}
    return {"HlsBasicPutSettings": connection}
