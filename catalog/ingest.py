"""Ingest URLs: what is accepted, how one is written, and when two are the same."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# RTMP's from its specification, section 1; RTMPS is RTMP over TLS, for which it names no port of
# its own, and every platform in platforms.yaml uses HTTPS's.
_PORTS = {"rtmp": 1935, "rtmps": 443}
_FORM = "write it as rtmps://host:port/application"
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+")
_APPLICATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")


def normalised(text: str) -> str:
    """Return the URL *text* with scheme and host in small letters and no slash at its end.

    Raises:
        ValueError: for what is no RTMP(S) application URL, or may hold a key; its sentence never
            repeats the URL.
    """
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise ValueError(f"is no URL; {_FORM}") from None
    if url.scheme not in _PORTS or not _HOST.fullmatch(host):
        raise ValueError(f"is no RTMP URL; {_FORM}")
    # Signs in the text, not parts of it: an empty user, query or fragment has none.
    if set(text) & set("@?#"):
        raise ValueError("holds user, query or fragment; a key belongs into stream_key")
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
