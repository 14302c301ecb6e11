"""SRT out of a channel: members of its output group and of its destination."""

from __future__ import annotations

from typing import Any

from catalog import ingest
from catalog.transport import Srt

LISTENER_PORTS = range(5000, 5201)
"""Ports of listeners (MediaLive user guide, validation rules for listener mode)."""


def output_settings(srt: Srt, destination: str) -> dict[str, Any]:
    """Return SrtOutputSettings; the *destination* is the id of the channel's destination."""
    return {
        "ContainerSettings": {"M2tsSettings": {}},
        "Destination": {"DestinationRefId": destination},
        "EncryptionType": f"AES{srt.key_bits}",
        "Latency": srt.latency_ms,
    }


def destination_settings(
    url: str, *, stream_id: str | None, passphrase_arn: str | None
) -> dict[str, Any]:
    """Return the settings of a pipeline's destination: a caller, or a listener on a port."""
    settings: dict[str, Any] = (
        {"ConnectionMode": "LISTENER", "ListenerPort": ingest.components(url)[2]}
        if ingest.is_listener(url)
        else {"ConnectionMode": "CALLER", "Url": url}
    )
    secrets = {"StreamId": stream_id, "EncryptionPassphraseSecretArn": passphrase_arn}
    return settings | {key: value for key, value in secrets.items() if value is not None}
