"""Just enough of MPEG transport streams (ISO 13818-1) to look into packets that come in."""

from __future__ import annotations

from collections.abc import Iterator

PACKET_BYTES = 188

_SYNC = 0x47
_UNIT_STARTS = 0x40
_HAS_ADAPTATION = 0x20
_HAS_PAYLOAD = 0x10
_START_CODE = b"\x00\x00\x01"
_VIDEO_IDS = range(0xE0, 0xF0)
_PID = 0x1FFF
_RANDOM_ACCESS = 0x40
TICKS_PER_SECOND = 90_000
# Of a unit (PES): flags of its times, where each begins, and their length.
_HAS_TIME, _HAS_DECODING_TIME = 0x80, 0x40
_PRESENTATION_TIME, _DECODING_TIME, _TIME_BYTES = 9, 14, 5
_HEADER_BYTES = 9


def pictures(payload: bytes) -> int:
    """Return how many video units begin in whole transport stream packets.

    Encoders put one picture into a unit.
    """
    return sum(map(_begins_video, packets(payload)))


def payload_of(packet: bytes) -> bytes | None:
    """Return the payload of a packet in which a unit or a table begins; None of any other."""
    if packet[0] != _SYNC or not packet[1] & _UNIT_STARTS or not packet[3] & _HAS_PAYLOAD:
        return None
    begin = 5 + packet[4] if packet[3] & _HAS_ADAPTATION else 4
    return packet[begin:] or None


def identifier(packet: bytes) -> int:
    """Return the PID of a packet."""
    return int.from_bytes(packet[1:3]) & _PID


def packets(stream: bytes) -> Iterator[bytes]:
    """Yield the whole packets of a stream that begins with one."""
    for offset in range(0, len(stream) - PACKET_BYTES + 1, PACKET_BYTES):
        yield stream[offset : offset + PACKET_BYTES]


def is_random_access(packet: bytes) -> bool:
    """Tell whether decoding can begin with the unit that begins in a packet."""
    has_flags = packet[3] & _HAS_ADAPTATION and packet[4] > 0
    return payload_of(packet) is not None and bool(has_flags and packet[5] & _RANDOM_ACCESS)


def unit_seconds(packet: bytes) -> float | None:
    """Return the time of decoding of the unit that begins in a packet; None of any other."""
    head = payload_of(packet) or b""
    if head[:3] != _START_CODE or len(head) < _HEADER_BYTES or not head[7] & _HAS_TIME:
        return None
    begin = _DECODING_TIME if head[7] & _HAS_DECODING_TIME else _PRESENTATION_TIME
    field = head[begin : begin + _TIME_BYTES]
    if len(field) < _TIME_BYTES:
        return None
    high, middle, low = field[0] >> 1 & 7, int.from_bytes(field[1:3]), int.from_bytes(field[3:5])
    return (high << 30 | (middle >> 1) << 15 | low >> 1) / TICKS_PER_SECOND


def _begins_video(packet: bytes) -> bool:
    head = (payload_of(packet) or b"")[:4]
    return head[:3] == _START_CODE and head[3:] != b"" and head[3] in _VIDEO_IDS
