"""Ingest of all platforms: their hosts resolve to one stand-in on loopback."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from localaws.media.network import LOOPBACK

APPLICATION = "ingest"
# The stand-in's certificate is made out to this name, which belongs to nobody (RFC 2606).
HOST_NAME = "ingest.invalid"


@dataclass(frozen=True, slots=True)
class Ingest:
    """The stand-in's addresses.

    The application's name and the platform's host, which connections carry as RTMP's tcUrl, are
    how it tells the platforms apart.

    Attributes:
        rtmp_port: on loopback.
        rtmps_port: on loopback.
        certificate: the stand-in's, which a push over TLS is checked against; in a folder of
            its own.
        asking_port: on loopback, where user and password are asked for.
        asking_tls_port: likewise, over TLS.
    """

    rtmp_port: int
    rtmps_port: int
    certificate: Path
    asking_port: int = 0
    asking_tls_port: int = 0

    def url_for(self, url: str, *, asking: bool = False) -> str:
        """Return where a push to a platform's *url* goes, which may be *asking* for a password."""
        is_tls = urlsplit(url).scheme == "rtmps"
        plain, tls = (
            (self.asking_port, self.asking_tls_port)
            if asking
            else (self.rtmp_port, self.rtmps_port)
        )
        port = tls if is_tls else plain
        return f"{'rtmps' if is_tls else 'rtmp'}://{LOOPBACK}:{port}/{APPLICATION}"

    def options(self, url: str) -> tuple[str, ...]:
        """Return ffmpeg's options for such a push: over TLS, the certificate is checked."""
        if urlsplit(url).scheme != "rtmps":
            return ()
        return ("-tls_verify", "1", "-verifyhost", HOST_NAME, "-ca_file", str(self.certificate))

    def view_url(self, stream: str) -> str:
        """Return where the stream that arrived as *stream* can be watched."""
        return f"rtmp://{LOOPBACK}:{self.rtmp_port}/{APPLICATION}/{stream}"
