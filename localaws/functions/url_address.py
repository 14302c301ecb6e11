"""Addresses of function URLs: `http://<id>.lambda-url.<region>.localhost:<port>/`.

They have the form of AWS's, so that each function is an origin of its own. curl and browsers take
every name under `localhost` to loopback without asking a resolver (RFC 6761, section 6.3); where
a library does not, a client connects to 127.0.0.1 and sends the name as Host.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_HOST = re.compile(
    r"(?P<id>[0-9a-z]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.localhost(:\d+)?", re.IGNORECASE
)
_PORT = [0]


class Named(NamedTuple):
    """A function URL, as a Host header names it."""

    url_id: str
    region: str


def serve_at(port: int) -> None:
    """Let the addresses be those of the emulator at *port*; the last one of a process wins."""
    _PORT[0] = port


def of(url_id: str, region: str) -> str:
    """Return the address of a function URL."""
    return f"http://{url_id}.lambda-url.{region}.localhost:{_PORT[0]}/"


def named_by(host: str) -> Named | None:
    """Return the function URL that a Host header names; None for other hosts."""
    match = _HOST.fullmatch(host)
    return Named(match["id"].lower(), match["region"].lower()) if match else None
