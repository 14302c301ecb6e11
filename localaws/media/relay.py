"""The relay of a flow: receives the transport stream by SRT and sends it by RTP."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from localaws.media import rtp, subprocesses
from localaws.media.desired_state import Router
from localaws.media.metrics import FlowGauges
from localaws.media.network import LOOPBACK, Network
from localaws.media.srt_statistics import SrtStatistics

_AGAIN_SECONDS = 0.2
_PACKETS_A_REPORT = 100
_READ_BYTES = 64 * 1024


class Relay:
    """Listens for one source at a time; the next may come when it has gone.

    Args:
        router: the flow.
        port: where it listens for SRT on loopback.
        network: where its outputs lead.
        gauges: what it measures.
        now: the emulator's time.
    """

    def __init__(
        self,
        router: Router,
        port: int,
        network: Network,
        gauges: FlowGauges,
        now: Callable[[], float],
    ) -> None:
        self.router, self.port = router, port
        self._network, self._gauges, self._now = network, gauges, now
        self._packetiser = rtp.Packetiser(secrets.randbits(32))

    async def run(self) -> None:
        """Relay until cancelled."""
        sending = self._network.sender(self.router.egress_ip)
        try:
            while True:
                async with (
                    subprocesses.running(self._command()) as process,
                    asyncio.TaskGroup() as readers,
                ):
                    readers.create_task(self._relay(subprocesses.stdout(process), sending.sendto))
                    readers.create_task(self._measure(subprocesses.stderr(process)))
                await asyncio.sleep(_AGAIN_SECONDS)
        finally:
            self._network.forget(sending)

    def _command(self) -> tuple[str, ...]:
        return (
            *("srt-live-transmit", "-quiet", "-loglevel:fatal", f"-chunk:{rtp.CHUNK_BYTES}"),
            *(f"-s:{_PACKETS_A_REPORT}", "-pf:json", "-statsout:/dev/stderr"),
            *(f"srt://{LOOPBACK}:{self.port}?mode=listener", "file://con"),
        )

    async def _relay(
        self, arriving: asyncio.StreamReader, send: Callable[[bytes, tuple[str, int]], int]
    ) -> None:
        buffered = bytearray()
        while read := await arriving.read(_READ_BYTES):
            buffered += read
            for chunk in rtp.chunks(buffered):
                now = self._now()
                self._gauges.received_bytes.add(now, len(chunk))
                self._gauges.tables.read(chunk)
                packet = self._packetiser.packet(chunk, now)
                for output in self.router.outputs:
                    # As on the internet: what is sent to where nobody listens is lost.
                    if (way := self._network.way_to(output)) is not None:
                        send(packet, way)

    async def _measure(self, reports: asyncio.StreamReader) -> None:
        while line := await reports.readline():
            if (statistics := SrtStatistics.parse(line)) is not None:
                now, gauges = self._now(), self._gauges
                gauges.packets.add(now, statistics.packets)
                gauges.recovered.add(now, statistics.recovered)
                gauges.dropped.add(now, statistics.dropped)
                gauges.round_trip_ms = statistics.round_trip_ms
