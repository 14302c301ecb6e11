"""Rules of protocols: routes, keys, ports and hosts."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from catalog import ingest, srt_output
from catalog.model import DestinationSpec
from catalog.rules.finding import Finding

_SENDER, _UNUSED, _LISTENER = "LUN122", "LUN123", "LUN147"
# MediaConnect API reference, RtmpPushRouterOutputConfiguration, destinationPort. No page names the
# ports of a flow's own RTMP output.
_LOWEST_PORT = 1024
_TLS_PORT = 443


def check_url_has_a_sender(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse a URL that neither the route nor the platform takes.

    A flow sends RTMP, SRT and RTP; a channel RTMP, SRT and HLS. A listed platform takes RTMP, and
    HLS where it has an ingest of it.
    """
    refused = ingest.HLS if spec.route == "flow" else frozenset({"rtp"})
    others = {"flow": "channel", "channel": "flow"}
    for key, url in (("url", spec.ingest_url), ("backup_url", spec.backup_url or "")):
        scheme = ingest.scheme(url)
        name = "HLS" if scheme in ingest.HLS else scheme.upper()
        if scheme in refused:
            other = others[spec.route]
            message = f"is {name}, which no {spec.route} sends; use route: {other}"
            yield Finding(_SENDER, key, message)
        if spec.platform != "custom" and scheme in _only_custom(spec):
            title = spec.platform_facts.title
            message = f"is {name}, and {title} takes RTMP; use platform: custom for other ingests"
            yield Finding(_SENDER, key, message)
    first, second = ingest.scheme(spec.ingest_url), ingest.scheme(spec.backup_url or "")
    if second and _family(first) != _family(second):
        message = "has another protocol than url; both pipelines of a channel send the same"
        yield Finding(_SENDER, "backup_url", message)


def _only_custom(spec: DestinationSpec) -> frozenset[str]:
    return ingest.TRANSPORTS | (
        frozenset() if spec.platform_facts.hls_ingest is not None else ingest.HLS
    )


def _family(scheme: str) -> str:
    """Return the protocol of an output group that sends to URLs of *scheme*."""
    return {"rtmps": "rtmp"}.get(scheme, scheme)


def check_transport_has_its_keys(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse keys that have no effect with the scheme of the URL."""
    given, scheme = spec.model_fields_set, spec.scheme
    for key in sorted(ingest.TRANSPORTS & given):
        if scheme != key:
            message = f"is only for a url that begins with {key}://; remove it"
            yield Finding(_UNUSED, key, message)
    if "hls" in given and scheme not in ingest.HLS:
        yield Finding(_UNUSED, "hls", "is only for a url that begins with https:// or s3://")
    if scheme in ingest.TRANSPORTS | ingest.HLS and spec.instance is not None:
        message = "is only for a url that begins with rtmps:// or rtmp://; remove it"
        yield Finding(_UNUSED, "instance", message)
    if scheme == "srt" and spec.route == "channel" and "retry" in given:
        message = "is not for SRT, of which MediaLive has no such settings; remove it"
        yield Finding(_UNUSED, "retry", message)
    if scheme in {"rtp", "s3"} and "stream_key" in given:
        message = f"has no effect, as {scheme}:// takes no key; remove it"
        yield Finding(_UNUSED, "stream_key", message)


def check_srt_is_encrypted(spec: DestinationSpec) -> Iterator[Finding]:
    """Require a passphrase of SRT out of a channel.

    MediaLive user guide, creating an SRT output group: "The output content must be encrypted".
    """
    if spec.route == "channel" and spec.scheme == "srt" and spec.srt.passphrase is None:
        message = "SRT out of a channel is always encrypted; give srt.passphrase, or route: flow"
        yield Finding("LUN146", "srt", message)


def check_listener(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse a listener without callers or beyond MediaLive's ports, and callers without one."""
    listeners = [
        (key, url)
        for key, url in (("url", spec.ingest_url), ("backup_url", spec.backup_url or ""))
        if ingest.is_listener(url)
    ]
    if not listeners:
        if spec.srt.callers:
            message = "is only for url: srt://:port, at which a channel waits; remove it"
            yield Finding(_LISTENER, "srt.callers", message)
        return
    if spec.route == "flow":
        yield Finding(_LISTENER, "url", "has no host; only route: channel waits for callers")
        return
    ports = srt_output.LISTENER_PORTS
    for key, url in listeners:
        if ingest.components(url)[2] not in ports:
            message = f"needs a port from {ports[0]} to {ports[-1]}, at which MediaLive listens"
            yield Finding(_LISTENER, key, message)
    if len(listeners) < len(spec.ingests):
        yield Finding(_LISTENER, "backup_url", "both pipelines call, or both wait for callers")
    if not spec.srt.callers:
        message = "waits for callers; name their networks in srt.callers"
        yield Finding(_LISTENER, "url", message)


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
    if spec.scheme != "srt" or spec.route == "channel":
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
