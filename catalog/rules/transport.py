"""Rules of SRT and RTP: routes, keys, ports and hosts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from catalog import ingest
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_SENDER, _UNUSED = "LUN122", "LUN123"
# MediaConnect API reference, RtmpPushRouterOutputConfiguration, destinationPort. No page names the
# ports of a flow's own RTMP output.
_LOWEST_PORT = 1024
_TLS_PORT = 443


def check_transport_is_sent_by_a_flow(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse SRT and RTP from a channel or to a listed platform, which use RTMP."""
    if spec.backup_url is not None and ingest.scheme(spec.backup_url) in ingest.TRANSPORTS:
        message = "is for channels, which send RTMP; begin it with rtmps:// or rtmp://"
        yield Finding(_SENDER, "backup_url", message)
    if spec.scheme not in ingest.TRANSPORTS:
        return
    name = spec.scheme.upper()
    if spec.route == "channel":
        message = f"is {name}, which only a flow sends; add route: flow, or give an RTMP URL"
        yield Finding(_SENDER, "url", message)
    if spec.platform != "custom":
        title = spec.platform_facts.title
        message = f"is {name}, and {title} takes RTMP; use platform: custom for other ingests"
        yield Finding(_SENDER, "url", message)


def check_transport_has_its_keys(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse keys that have no effect with the scheme of the URL."""
    for key in sorted(ingest.TRANSPORTS & spec.model_fields_set):
        if spec.scheme != key:
            message = f"is only for a url that begins with {key}://; remove it"
            yield Finding(_UNUSED, key, message)
    if spec.scheme in ingest.TRANSPORTS and spec.instance is not None:
        message = "is only for a url that begins with rtmps:// or rtmp://; remove it"
        yield Finding(_UNUSED, "instance", message)
    if spec.scheme == "rtp" and "stream_key" in spec.model_fields_set:
        yield Finding(_UNUSED, "stream_key", "RTP sends no key; remove it")


def check_ports_exist(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse error correction on ports beyond the highest."""
    if spec.scheme != "rtp":
        return
    highest = max(ingest.ports(spec.ingest_url, fec=spec.rtp.fec))
    if highest > ingest.HIGHEST_PORT:
        message = f"needs port {highest} for rtp.fec; the highest port is {ingest.HIGHEST_PORT}"
        yield Finding("LUN124", "url", message)


def warn_about_hosts(spec: DestinationSpec) -> Iterator[Finding]:
    """Warn about a host name: MediaConnect's API reference names only IP addresses."""
    if spec.scheme != "srt":
        return
    _, host, _, _ = ingest.components(spec.ingest_url)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        cause = "is a host name, and MediaConnect's reference requires an IP address"
        yield Finding("LUN144", "url", f"{cause}; give the address if AWS refuses the output")


def warn_about_ports(spec: DestinationSpec) -> Iterator[Finding]:
    """Warn about a port that MediaConnect documents for no RTMP push."""
    if spec.route == "channel" or spec.scheme in {"", *ingest.TRANSPORTS}:
        return
    scheme, _, port, _ = ingest.components(spec.ingest_url)
    if port >= _LOWEST_PORT or (scheme == "rtmps" and port == _TLS_PORT):
        return
    ports = f"{_TLS_PORT} and {_LOWEST_PORT}" if scheme == "rtmps" else f"{_LOWEST_PORT}"
    cause = f"has port {port}, and MediaConnect documents {ports} to {ingest.HIGHEST_PORT}"
    message = f"{cause} for {scheme.upper()}; use route: channel if AWS refuses the output"
    yield Finding("LUN154", "url", message)
