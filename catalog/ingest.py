"""Ingest URLs: what is accepted, how one is written, and when two are the same."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

# RTMP's from its specification, section 1; RTMPS is RTMP over TLS, for which it names no port of
# its own, and every platform in platforms.yaml uses HTTPS's.
_PORTS = {"rtmp": 1935, "rtmps": 443}
_FORM = "write it as rtmps://host:port/application"
TRANSPORTS = frozenset({"srt", "rtp"})
"""What is sent to a host and port, without application."""
_TRANSPORT_FORMS = {"srt": "srt://host:port", "rtp": "rtp://203.0.113.1:5000"}
# RTP-FEC sends on the ports 2 and 4 above as well (MediaConnect user guide, output destinations).
_FEC_PORTS = (0, 2, 4)
HIGHEST_PORT = 65535
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+")
_APPLICATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")


def normalised(text: str) -> str:
    """Return the URL *text* with scheme and host in small letters and no slash at its end.

    Raises:
        ValueError: for what is no RTMP(S) application URL and no address of SRT or RTP, or may
            hold a key; its sentence never repeats the URL.
    """
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise ValueError(f"is no URL; {_FORM}") from None
    if url.scheme in TRANSPORTS:
        return _transport(text, url.scheme, host, port, url.path)
    if url.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise ValueError(f"is no RTMP URL; {_FORM}")
    _refuse_hidden_keys(text)
    segments = [part for part in url.path.split("/") if part]
    if not segments:
        raise ValueError(f"has no application; {_FORM}")
    if len(segments) > 1:
        raise ValueError(
            "has more than an application after the host, which looks like a stream key; a key"
            " belongs into stream_key"
        )
    if not _APPLICATION.fullmatch(segments[0]):
        raise ValueError(
            "has an application of more than letters, digits and . _ ~ -; a key belongs into"
            " stream_key"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{url.scheme}://{shown}{'' if port is None else f':{port}'}/{segments[0]}"


def identity(url: str) -> tuple[str, str, int, str]:
    """Return what a normalised *url* leads to, the same for every way of writing it."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme], parts.path


def scheme(url: str) -> str:
    """Return the scheme of a normalised *url*; empty for none."""
    return url.partition(":")[0]


def ports(url: str, *, fec: bool) -> frozenset[int]:
    """Return all ports that media is sent to at *url*, with or without error correction."""
    _, _, port, _ = identity(url)
    return frozenset(port + more for more in (_FEC_PORTS if fec else (0,)))


def _transport(text: str, kind: str, host: str, port: int | None, path: str) -> str:
    form = _TRANSPORT_FORMS[kind]
    _refuse_hidden_keys(text)
    if not _HOST.fullmatch(host) or not port:
        raise ValueError(f"has no host and port; write it as {form}")
    if path.strip("/"):
        raise ValueError("has a path, which looks like a stream key; a key belongs into stream_key")
    if kind == "rtp" and not _is_ipv4(host):
        raise ValueError(f"has no IPv4 address, which RTP is sent to; write it as {form}")
    return f"{kind}://{f'[{host}]' if ':' in host else host}:{port}"


def _refuse_hidden_keys(text: str) -> None:
    # Signs in the text, not parts of it: an empty user, query or fragment has none.
    if set(text) & set("@?#"):
        raise ValueError("holds user, query or fragment; a key belongs into stream_key")


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
