"""The relay of a flow: receives the transport stream by SRT and sends it by RTP."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping

from localaws.media import rtp, subprocesses
from localaws.media.desired_state import Router
from localaws.media.metrics import FlowGauges
from localaws.media.network import LOOPBACK, Network
from localaws.media.recording import Recording
from localaws.media.source_selection import SourceSelection
from localaws.media.srt_statistics import SrtStatistics

_AGAIN_SECONDS = 0.2
_PACKETS_A_REPORT = 100
_READ_BYTES = 64 * 1024

_Send = Callable[[bytes, tuple[str, int]], int]


class Relay:
    """Listens for each source of a flow; the next may come when one has gone.

    Args:
        router: the flow.
        ports: where it listens for SRT on loopback, by name of the source.
        network: where its outputs lead.
        gauges: what it measures.
        now: the emulator's time.
    """

    def __init__(
        self,
        router: Router,
        ports: Mapping[str, int],
        network: Network,
        gauges: FlowGauges,
        now: Callable[[], float],
    ) -> None:
        self.router, self._ports = router, ports
        self._network, self._gauges, self._now = network, gauges, now
        self._packetiser = rtp.Packetiser(secrets.randbits(32))
        self._selection = SourceSelection()
        self.recording = Recording()
        self._passed = ""

    async def run(self) -> None:
        """Relay until cancelled."""
        sending = self._network.sender(self.router.egress_ip)
        try:
            async with asyncio.TaskGroup() as listeners:
                for source, port in self._ports.items():
                    listeners.create_task(self._listen(source, port, sending.sendto))
        finally:
            self._network.forget(sending)

    async def _listen(self, source: str, port: int, send: _Send) -> None:
        while True:
            if source == self._passed:
                self.recording.clear()
            async with (
                subprocesses.running(_command(port)) as process,
                asyncio.TaskGroup() as readers,
            ):
                readers.create_task(self._relay(source, subprocesses.stdout(process), send))
                readers.create_task(self._measure(subprocesses.stderr(process)))
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _relay(self, source: str, arriving: asyncio.StreamReader, send: _Send) -> None:
        buffered = bytearray()
        while read := await arriving.read(_READ_BYTES):
            buffered += read
            for chunk in rtp.chunks(buffered):
                if not self._selection.passes(source, self.router.primary, time.monotonic()):
                    continue
                if source != self._passed:
                    self._passed = source
                    self.recording.clear()
                now = self._now()
                self._gauges.received_bytes.add(now, len(chunk))
                self._gauges.tables.read(chunk)
                self.recording.add(chunk)
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


def _command(port: int) -> tuple[str, ...]:
    return (
        *("srt-live-transmit", "-quiet", "-loglevel:fatal", f"-chunk:{rtp.CHUNK_BYTES}"),
        *(f"-s:{_PACKETS_A_REPORT}", "-pf:json", "-statsout:/dev/stderr"),
        *(f"srt://{LOOPBACK}:{port}?mode=listener", "file://con"),
    )
