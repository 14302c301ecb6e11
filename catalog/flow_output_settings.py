"""Settings of flow outputs with `route: flow`."""

from __future__ import annotations

from typing import Any, Literal

from catalog import ingest
from catalog.model import DestinationSpec

Protocol = Literal["rtmp-push", "srt-caller", "rtp", "rtp-fec"]


def address(spec: DestinationSpec) -> tuple[str, int]:
    """Return host and port of the ingest."""
    _, host, port, _ = ingest.components(spec.ingest_url)
    return host, port


def protocol(spec: DestinationSpec) -> Protocol:
    """Return the protocol of the output."""
    match spec.scheme:
        case "srt":
            return "srt-caller"
        case "rtp":
            return "rtp-fec" if spec.rtp.fec else "rtp"
        case _:
            return "rtmp-push"


def rtmp_push(spec: DestinationSpec, *, stream_key: str) -> dict[str, Any]:
    """Return the settings of an RTMP push, with the stream key in clear."""
    scheme, _, _, path = ingest.components(spec.ingest_url)
    return {
        "application": path.lstrip("/"),
        "streamName": stream_key,
        "tls": scheme == "rtmps",
    }


def srt_call(spec: DestinationSpec, *, stream_key: str | None) -> dict[str, Any]:
    """Return the settings of an SRT caller, with the stream key in clear as its stream id."""
    return {
        "minLatency": spec.srt.latency_ms,
        **({} if stream_key is None else {"streamId": stream_key}),
    }
