"""Refusal of requests that a web page in this machine's browser made.

A page of any site can send requests to loopback. With a name of its own that it points at loopback
(DNS rebinding), it can read the answers too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from localaws.errors import AwsError, forbidden

_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
# What a browser says of a request by another page (Fetch Metadata Request Headers, W3C).
_FOREIGN_SITES = frozenset({"cross-site", "same-site"})


def refusal(environ: Mapping[str, Any]) -> AwsError | None:
    """Return the error of a request that a foreign web page made; None for any other."""
    host = str(environ.get("HTTP_HOST", ""))
    if host and _name(f"//{host}") not in _NAMES:
        return forbidden(f"the emulator has no name {host!r}; use 127.0.0.1")
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and origin.partition("://")[2] != host:
        return forbidden("the emulator takes no requests of other web pages")
    # Without Origin: pictures, frames and links of another page. A link may open the page.
    foreign = environ.get("HTTP_SEC_FETCH_SITE") in _FOREIGN_SITES
    if foreign and environ.get("HTTP_SEC_FETCH_MODE") != "navigate":
        return forbidden("the emulator takes no requests of other web pages")
    return None


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
