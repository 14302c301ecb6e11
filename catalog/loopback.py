"""Addresses on this machine, which plain HTTP may reach."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def is_loopback(url: str) -> bool:
    """Return whether the host of *url* is this machine.

    Raises:
        ValueError: for text that is no URL.
    """
    return urlsplit(url).hostname in _HOSTS
