"""Just enough of MPEG transport streams (ISO 13818-1) to look into packets that come in."""

from __future__ import annotations

PACKET_BYTES = 188

_SYNC = 0x47
_UNIT_STARTS = 0x40
_HAS_ADAPTATION = 0x20
_HAS_PAYLOAD = 0x10
_START_CODE = b"\x00\x00\x01"
_VIDEO_IDS = range(0xE0, 0xF0)


def pictures(payload: bytes) -> int:
    """Return how many video units begin in whole transport stream packets.

    Encoders put one picture into a unit.
    """
    return sum(
        _begins_video(payload[offset : offset + PACKET_BYTES])
        for offset in range(0, len(payload) - PACKET_BYTES + 1, PACKET_BYTES)
    )


def payload_of(packet: bytes) -> bytes | None:
    """Return the payload of a packet in which a unit or a table begins; None of any other."""
    if packet[0] != _SYNC or not packet[1] & _UNIT_STARTS or not packet[3] & _HAS_PAYLOAD:
        return None
    begin = 5 + packet[4] if packet[3] & _HAS_ADAPTATION else 4
    return packet[begin:] or None


def _begins_video(packet: bytes) -> bool:
    head = (payload_of(packet) or b"")[:4]
    return head[:3] == _START_CODE and head[3:] != b"" and head[3] in _VIDEO_IDS
