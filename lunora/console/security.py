"""Access to the console: only the browser of the operator who started it.

Any page that the browser shows can send requests to 127.0.0.1, and reads the answers where it
points a name of its own there (DNS rebinding). Any user of the machine can connect. Therefore the
name and the origin of each request are checked, and each needs the cookie of the session.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from werkzeug.datastructures import Headers

from catalog.errors import LunoraError

ADDRESS = "127.0.0.1"
OPENING = "/open"
"""The path that exchanges the ticket of the address for the cookie of the session."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
        " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers of every answer: the page loads nothing from elsewhere, and nobody frames it."""

_READING = frozenset({"GET", "HEAD"})
_SAME = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site of own requests, and of an address that a person opened."""


def _token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Access:
    """Access to the console on one port.

    Attributes:
        port: the port.
    """

    port: int
    _ticket: str | None = field(default_factory=_token, repr=False)
    _session: str = field(default_factory=_token, repr=False)

    @property
    def origin(self) -> str:
        """The origin of the console's own pages."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def address(self) -> str:
        """The address to open, which works once."""
        return f"{self.origin}{OPENING}?ticket={self._ticket}"

    @property
    def cookie(self) -> str:
        """The name of the cookie: cookies have no ports, so that of another console differs."""
        return f"lunora-console-{self.port}"

    def redeem(self, ticket: str) -> str:
        """Return the value of the cookie for the *ticket* of the address.

        The address works once: it stays in the browser's history, and in the list of processes
        while the browser starts.

        Raises:
            LunoraError: for another ticket, and for a ticket that was used.
        """
        if self._ticket is None or not secrets.compare_digest(_bytes(ticket), _bytes(self._ticket)):
            raise _refused("this address was used, or is of another console")
        self._ticket = None
        return self._session

    def check(self, method: str, headers: Headers) -> None:
        """Raise the error of a request that no page of this console, and no person, made."""
        if headers.get("Host") != f"{ADDRESS}:{self.port}":
            raise _refused(f"the console has no other name than {ADDRESS}:{self.port}")
        origin, site = headers.get("Origin"), headers.get("Sec-Fetch-Site")
        if origin != self.origin and (origin is not None or method not in _READING):
            raise _refused("the console takes no requests of other pages")
        # A link on another page may open a page of the console, which shows nothing to that page.
        opens = method in _READING and headers.get("Sec-Fetch-Mode") == "navigate"
        if site is not None and site not in _SAME and not opens:
            raise _refused("the console takes no requests of other pages")

    def check_session(self, cookie: str | None) -> None:
        """Raise the error of a request without the *cookie* of the session."""
        if cookie is None or not secrets.compare_digest(_bytes(cookie), _bytes(self._session)):
            raise _refused("this browser has not opened the console's address")


def _bytes(text: str) -> bytes:
    # Headers may hold other than ASCII characters, which compare_digest refuses in texts.
    return text.encode(errors="surrogateescape")


def _refused(message: str) -> LunoraError:
    return LunoraError("LUN460", message, remedy="run `lunora console` and open its new address")
