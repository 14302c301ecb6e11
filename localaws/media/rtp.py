"""MPEG transport stream in RTP (RFC 3550, payload type 33 of RFC 3551)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# Seven transport stream packets are what fits into an Ethernet frame, as SRT and MediaConnect send.
CHUNK_BYTES = 7 * 188

_HEADER = struct.Struct("!BBHII")
_VERSION_2 = 0x80
_MPEG_TS = 33
_HALF = 0x8000
_TICKS_PER_SECOND = 90_000


@dataclass(frozen=True, slots=True)
class Packet:
    """A received packet: its sequence number, 0 to 65535, and the transport stream it carries."""

    sequence: int
    payload: bytes


class Packetiser:
    """Numbers the packets of one stream.

    Args:
        source: what tells this stream from others (SSRC), 32 bits.
    """

    def __init__(self, source: int) -> None:
        self._source, self._sequence = source, 0

    def packet(self, payload: bytes, seconds: float) -> bytes:
        """Return the packet that carries *payload*, sent at *seconds* of any steady clock."""
        header = _HEADER.pack(
            _VERSION_2,
            _MPEG_TS,
            self._sequence,
            int(seconds * _TICKS_PER_SECOND) & 0xFFFF_FFFF,
            self._source,
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        return header + payload


def parsed(datagram: bytes) -> Packet | None:
    """Return the packet in *datagram*; None when it is no transport stream in RTP."""
    if len(datagram) <= _HEADER.size:
        return None
    first, second, sequence, _, _ = _HEADER.unpack_from(datagram)
    if first != _VERSION_2 or second & 0x7F != _MPEG_TS:
        return None
    return Packet(sequence, datagram[_HEADER.size :])


def lost_between(last: int, sequence: int) -> int:
    """Return how many packets are missing between *last* and *sequence*; 0 for a late one."""
    missing = (sequence - last - 1) & 0xFFFF
    return missing if missing < _HALF else 0


def chunks(stream: bytearray) -> Iterator[bytes]:
    """Take whole chunks off the front of *stream*."""
    while len(stream) >= CHUNK_BYTES:
        yield bytes(stream[:CHUNK_BYTES])
        del stream[:CHUNK_BYTES]
