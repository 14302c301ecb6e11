"""Rules of RTMP credentials."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.model import DestinationSpec
from catalog.rules.finding import Finding


def check_authentication(spec: DestinationSpec) -> Iterator[Finding]:
    """Refuse an authentication scheme that has no effect.

    MediaLive ignores it without TLS (user guide, creating an RTMP output group).
    """
    authentication = spec.authentication
    if authentication is None or authentication.scheme == "common" or spec.route == "flow":
        return
    if any(url and not url.startswith("rtmps:") for url in spec.ingests):
        message = "has no effect with rtmp://; begin the URL with rtmps://"
        yield Finding("LUN155", "authentication.scheme", message)
