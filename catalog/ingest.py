"""Ingest URLs: validation, normal form and identity."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from catalog.diagnostics import invalid_value
from catalog.platforms import ingest_host

_NO_URL, _HIDDEN_KEY = "LUN112", "LUN113"

# RTMP's from its specification, section 1; RTMPS is RTMP over TLS, for which it names no port of
# its own, and every platform in platforms.yaml uses HTTPS's.
_PORTS = {"rtmp": 1935, "rtmps": 443, "https": 443, "s3": 443}
_RTMP = frozenset({"rtmp", "rtmps"})
_FORM = "write it as rtmps://host:port/application"
TRANSPORTS = frozenset({"srt", "rtp"})
"""Schemes that are sent to a host and port, without application."""
HLS = frozenset({"https", "s3"})
"""Schemes that files of HLS are sent to: a server, and a bucket."""
KEY_PLACE = "{key}"
"""Stands for the stream key in the URL of a server that takes it there."""
_HLS_FORMS = {"https": "https://host/folder/name", "s3": "s3://bucket/folder/name"}
_PLAYLIST = ".m3u8"
BUCKET_PATTERN = r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"
"""A bucket that MediaLive writes to; it refuses a name with a dot (user guide, HLS output group to
Amazon S3, and archive output group)."""
# `{key}` may be a part of a path or of a query.
_HLS_PATH = re.compile(r"(/([A-Za-z0-9._~-]|{key})+)+")
_HLS_QUERY = re.compile(r"([A-Za-z0-9._~=&-]|{key})+")
# A key pasted into a path: groups as YouTube's, or a long word.
_LIKE_A_KEY = re.compile(r"[A-Za-z0-9]{4}(-[A-Za-z0-9]{4}){3,}|[A-Za-z0-9_-]{24,}")
_TRANSPORT_FORMS = {"srt": "srt://host:port", "rtp": "rtp://203.0.113.1:5000"}
# RTP-FEC sends on the ports 2 and 4 above as well (MediaConnect user guide, output destinations).
_FEC_PORTS = (0, 2, 4)
HIGHEST_PORT = 65535
# Names of hosts as in RFC 1123; one of digits and dots only has to be an IPv4 address.
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
INSTANCE_PATTERN = r"^[A-Za-z0-9_][A-Za-z0-9._~-]{0,63}$"
_APPLICATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*")
# The instance that Wowza Streaming Engine means where a URL names none.
_DEFAULT_INSTANCE = "_definst_"


def normalised(text: str) -> str:
    """Return the URL *text* with scheme and host in small letters and no slash at its end.

    Raises:
        ValueError: for text that is no RTMP(S) application URL, no address of SRT or RTP and no
            place for files of HLS, or may hold a key; its message never repeats the URL.
    """
    try:
        url = urlsplit(text)
        host, port = url.hostname or "", url.port
    except ValueError:
        raise invalid_value(_NO_URL, f"is no URL; {_FORM}") from None
    if url.scheme in TRANSPORTS:
        return _transport(text, url.scheme, host, port, url.path)
    if url.scheme in HLS:
        return _files(url, host, port)
    if url.scheme not in _RTMP or not _is_host(host) or port == 0:
        raise invalid_value(_NO_URL, f"is no RTMP URL; {_FORM}")
    query = url.query if _is_own_query(host, url.query) else ""
    _refuse_hidden_keys(text.removesuffix(f"?{query}") if query else text)
    segments = [part for part in url.path.split("/") if part]
    if not segments:
        raise invalid_value(_NO_URL, f"has no application; {_FORM}")
    if len(segments) > 1 and segments[1:] != [_DEFAULT_INSTANCE]:
        raise invalid_value(
            _HIDDEN_KEY,
            "has more than an application after the host, which may be a stream key; move a key to"
            " stream_key, and the instance of an application to instance",
        )
    if not _APPLICATION.fullmatch(segments[0]):
        raise invalid_value(
            _HIDDEN_KEY,
            "has an application of more than letters, digits and . _ ~ -; move a key to stream_key",
        )
    place = f"{_authority(host, port)}/{'/'.join(segments)}"
    return f"{url.scheme}://{place}{query and f'?{query}'}"


def with_instance(url: str, instance: str | None) -> str:
    """Return a normalised *url* with the *instance* of its application."""
    if not url or instance is None:
        return url
    place, mark, query = url.partition("?")
    return f"{place.removesuffix(f'/{_DEFAULT_INSTANCE}')}/{instance}{mark}{query}"


def components(url: str) -> tuple[str, str, int, str]:
    """Return scheme, host, port and path of a normalised *url*; a query belongs to the path."""
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme], path


def identity(url: str) -> tuple[str, ...]:
    """Return what identifies the ingest at a normalised *url*, whatever its spelling.

    All hosts and ports of a platform's ingest have the same identity. So have RTMP and RTMPS on
    the default ports of one host.
    """
    kind, host, port, path = components(url)
    if kind in TRANSPORTS:
        return kind, host, str(port)
    if kind in HLS:
        return kind, host, str(port), path
    application = path.partition("?")[0].removesuffix(f"/{_DEFAULT_INSTANCE}")
    known = ingest_host(host)
    if known is not None:
        return known.platform, known.role, application
    return (
        host,
        "" if port == _PORTS[kind] else str(port),
        path.replace(f"/{_DEFAULT_INSTANCE}", ""),
    )


def is_listener(url: str) -> bool:
    """Tell whether a normalised *url* is a port at which callers of SRT are waited for."""
    return url.startswith("srt://:")


def scheme(url: str) -> str:
    """Return the scheme of a normalised *url*; empty for none."""
    return url.partition(":")[0]


def ports(url: str, *, fec: bool) -> frozenset[int]:
    """Return all ports that media is sent to at *url*, with or without error correction."""
    _, _, port, _ = components(url)
    return frozenset(port + more for more in (_FEC_PORTS if fec else (0,)))


def _transport(text: str, kind: str, host: str, port: int | None, path: str) -> str:
    form = _TRANSPORT_FORMS[kind]
    _refuse_hidden_keys(text)
    is_valid_host = _is_host(host) or (kind == "srt" and text.startswith("srt://:"))
    if not is_valid_host or not port:
        raise invalid_value(_NO_URL, f"has no host and port; write it as {form}")
    if path.strip("/"):
        message = "has a path, which may be a stream key; move the key to stream_key"
        raise invalid_value(_HIDDEN_KEY, message)
    if kind == "rtp" and not _is_ipv4(host):
        message = f"has no IPv4 address, which RTP is sent to; write it as {form}"
        raise invalid_value(_NO_URL, message)
    return f"{kind}://{_authority(host, port)}"


def _files(url: SplitResult, host: str, port: int | None) -> str:
    """Return the normal form of a place for files of HLS, without the playlist's extension."""
    form = _HLS_FORMS[url.scheme]
    path, query = url.path.removesuffix(_PLAYLIST), url.query.removesuffix(_PLAYLIST)
    is_bucket = url.scheme == "s3"
    is_place = (
        re.fullmatch(BUCKET_PATTERN, url.netloc) if is_bucket else _is_host(host) and port != 0
    )
    if not is_place:
        raise invalid_value(_NO_URL, f"has no {'bucket' if is_bucket else 'host'}; use {form}")
    if "@" in url.netloc or url.fragment or (query and (is_bucket or KEY_PLACE not in query)):
        raise invalid_value(
            _HIDDEN_KEY,
            f"has a user, query or fragment; move a key to stream_key and write {KEY_PLACE} for it",
        )
    if not _HLS_PATH.fullmatch(path) or (query and not _HLS_QUERY.fullmatch(query)):
        raise invalid_value(_NO_URL, f"is no place for a playlist; use {form}")
    if not is_bucket and any(map(_LIKE_A_KEY.fullmatch, re.split("[/=&]", f"{path}&{query}"))):
        raise invalid_value(
            _HIDDEN_KEY,
            f"has what looks like a stream key; move it to stream_key and write {KEY_PLACE} for it",
        )
    if (path + query).count(KEY_PLACE) > (0 if is_bucket else 1):
        raise invalid_value(_HIDDEN_KEY, f"may have {KEY_PLACE} once, and none in a bucket")
    place = url.netloc if is_bucket else _authority(host, port)
    return f"{url.scheme}://{place}{path}{query and f'?{query}'}"


def _authority(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None else f"{shown}:{port}"


def _is_own_query(host: str, query: str) -> bool:
    known = ingest_host(host)
    return known is not None and query in known.queries


def _refuse_hidden_keys(text: str) -> None:
    # Signs in the text, not parts of it: an empty user, query or fragment has none.
    if set(text) & set("@?#"):
        message = "has a user, query or fragment; move a key to stream_key"
        raise invalid_value(_HIDDEN_KEY, message)


def _is_host(host: str) -> bool:
    if ":" in host or not set(host) - set("0123456789."):
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return "%" not in host
    return _HOST_NAME.fullmatch(host) is not None


def _is_ipv4(host: str) -> bool:
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True
