"""Senders that an input admits, over real datagrams on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from localaws.media import rtp
from localaws.media.ingress_filter import IngressFilter
from localaws.media.metrics import PipelineGauges
from localaws.media.network import Network, is_allowed

ENDPOINT = ("198.51.100.7", 5000)
FLOW = "203.0.113.10"
PAYLOAD = bytes(rtp.CHUNK_BYTES)
DEADLINE_SECONDS = 10


class WatchedGate(IngressFilter):
    """Filter that reports each datagram after it has processed it."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.dealt_with: asyncio.Queue[None] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        super().datagram_received(data, addr)
        self.dealt_with.put_nowait(None)


class Input:
    """An input that keeps what entered."""

    def __init__(self, *rules: str) -> None:
        self.network, self.gauges = Network(), PipelineGauges()
        self.rules, self.entered = rules, list[bytes]()
        self.gate = WatchedGate(
            lambda peer: is_allowed(self.network.origin(peer), self.rules),
            self.gauges,
            lambda: 1.0,
            self.entered.append,
        )

    @property
    def refused(self) -> float:
        return self.gauges.refused.counted(1, 1)

    async def send(self, sender: socket.socket, datagram: bytes) -> None:
        """Send, and wait until it was let in or refused."""
        way = self.network.way_to(ENDPOINT)
        assert way is not None
        sender.sendto(datagram, way)
        await self.gate.dealt_with.get()


def while_open(item: Input, work: Callable[[], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(DEADLINE_SECONDS), item.network.listening(ENDPOINT, item.gate):
            await work()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("rules", "entered"),
    [((f"{FLOW}/32",), 1), (("203.0.113.11/32",), 0)],
    ids=["its own flow", "another flow"],
)
def test_a_flow_enters_where_its_egress_address_is_allowed(
    rules: tuple[str, ...], entered: int
) -> None:
    item = Input(*rules)
    flow = item.network.sender(FLOW)

    async def work() -> None:
        await item.send(flow, rtp.Packetiser(1).packet(PAYLOAD, 0.0))

    while_open(item, work)
    item.network.forget(flow)
    assert item.entered == [PAYLOAD] * entered
    assert item.refused == 1 - entered


def test_a_stranger_does_not_enter() -> None:
    item = Input(f"{FLOW}/32")

    async def work() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            await item.send(stranger, rtp.Packetiser(1).packet(PAYLOAD, 0.0))

    while_open(item, work)
    assert item.entered == []


def test_changed_rules_hold_for_the_next_packet() -> None:
    item = Input(f"{FLOW}/32")
    flow, packetiser = item.network.sender(FLOW), rtp.Packetiser(1)

    async def work() -> None:
        await item.send(flow, packetiser.packet(PAYLOAD, 0.0))
        item.rules = ("192.0.2.0/24",)
        await item.send(flow, packetiser.packet(PAYLOAD, 0.0))

    while_open(item, work)
    item.network.forget(flow)
    assert len(item.entered) == 1


def test_what_is_no_rtp_does_not_enter_and_gaps_are_counted() -> None:
    item = Input(f"{FLOW}/32")
    flow, packetiser = item.network.sender(FLOW), rtp.Packetiser(1)
    packets = [packetiser.packet(PAYLOAD, 0.0) for _ in range(4)]

    async def work() -> None:
        for datagram in (packets[0], b"no rtp", packets[3]):
            await item.send(flow, datagram)

    while_open(item, work)
    item.network.forget(flow)
    assert (len(item.entered), item.refused) == (2, 1)
    assert item.gauges.lost.counted(1, 1) == 2


def test_nothing_leads_to_an_input_that_does_not_listen() -> None:
    assert Network().way_to(ENDPOINT) is None
