"""What a flow output is told that sends a destination's stream by itself."""

from __future__ import annotations

from typing import Any

from catalog import ingest
from catalog.model import DestinationSpec


def address(spec: DestinationSpec) -> tuple[str, int]:
    """Return host and port of the ingest."""
    _, host, port, _ = ingest.identity(spec.ingest_url)
    return host, port


def rtmp_push(spec: DestinationSpec, *, stream_key: str) -> dict[str, Any]:
    """Return the settings of an RTMP push; holds the key in clear, as MediaConnect wants it."""
    scheme, _, _, path = ingest.identity(spec.ingest_url)
    return {
        "application": path.lstrip("/"),
        "streamName": stream_key,
        "tls": scheme == "rtmps",
    }
