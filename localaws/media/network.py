"""The internet of the media plane: public addresses that lead to loopback ports.

Inputs keep the documentation addresses that the API shows; each leads to a port of its own on
127.0.0.1. A flow sends from a socket that stands for its egress IP, so a receiver can tell it
from a stranger, who has only the address that the datagram came from.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable

LOOPBACK = "127.0.0.1"

Endpoint = tuple[str, int]


class Network:
    """Addresses of listeners and senders."""

    def __init__(self) -> None:
        self._ports: dict[Endpoint, int] = {}
        self._origins: dict[Endpoint, str] = {}

    @contextlib.asynccontextmanager
    async def listening(
        self, endpoint: Endpoint, protocol: asyncio.DatagramProtocol
    ) -> AsyncIterator[None]:
        """Let *protocol* get what is sent to *endpoint*."""
        listening = _udp()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: protocol, sock=listening
        )
        self._ports[endpoint] = listening.getsockname()[1]
        try:
            yield
        finally:
            del self._ports[endpoint]
            transport.close()

    def sender(self, address: str) -> socket.socket:
        """Return a UDP socket whose datagrams come from *address*."""
        sending = _udp()
        self._origins[sending.getsockname()] = address
        return sending

    def forget(self, sending: socket.socket) -> None:
        """Close a sender."""
        self._origins.pop(sending.getsockname(), None)
        sending.close()

    def way_to(self, endpoint: Endpoint) -> Endpoint | None:
        """Return the loopback address of *endpoint*; None when nothing listens there."""
        port = self._ports.get(endpoint)
        return None if port is None else (LOOPBACK, port)

    def origin(self, peer: Endpoint) -> str:
        """Return the address that a datagram from the loopback address *peer* comes from."""
        return self._origins.get(peer, peer[0])


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine, so that its address leads where it says."""
    return host in {LOOPBACK, "localhost"}


def is_allowed(address: str, rules: Iterable[str]) -> bool:
    """Tell whether *address* is in one of the CIDR blocks *rules*."""
    return any(ipaddress.ip_address(address) in ipaddress.ip_network(rule) for rule in rules)


def free_port(kind: socket.SocketKind) -> int:
    """Return a port of 127.0.0.1 that nobody uses now, for a program that has to be told one."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _udp() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(0)
    made.bind((LOOPBACK, 0))
    return made
