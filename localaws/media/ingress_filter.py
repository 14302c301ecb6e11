"""The input of a pipeline: admits RTP by its security groups, and counts it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from localaws.media import rtp, transport_stream
from localaws.media.metrics import PipelineGauges
from localaws.media.network import Endpoint


class IngressFilter(asyncio.DatagramProtocol):
    """Filter of datagrams by their source address.

    Args:
        allows: tells whether what comes from a loopback address may enter.
        gauges: what it measures.
        now: the emulator's time.
        feed: gets the transport stream that entered.
    """

    def __init__(
        self,
        allows: Callable[[Endpoint], bool],
        gauges: PipelineGauges,
        now: Callable[[], float],
        feed: Callable[[bytes], None],
    ) -> None:
        self._is_allowed, self._gauges = allows, gauges
        self._now, self._feed = now, feed
        self._last: int | None = None

    def datagram_received(self, data: bytes, addr: Endpoint) -> None:
        """Let a datagram in, or count it as refused."""
        now, packet = self._now(), rtp.parsed(data)
        if packet is None or not self._is_allowed(addr):
            self._gauges.refused.add(now, 1)
            return
        if self._last is not None:
            self._gauges.lost.add(now, rtp.lost_between(self._last, packet.sequence))
        self._last = packet.sequence
        self._gauges.packets.add(now, 1)
        self._gauges.received_bytes.add(now, len(packet.payload))
        self._gauges.pictures.add(now, transport_stream.pictures(packet.payload))
        self._feed(packet.payload)
