"""Program tables of MPEG transport streams (ISO 13818-1): the programs and their streams.

Tables of more than one packet are left out: no encoder sends them for a few streams.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from localaws.media import transport_stream

_ASSOCIATION_ID = 0
_ASSOCIATION, _MAP = 0x00, 0x02
_PID = 0x1FFF
_LENGTH = 0x0FFF
_HEADER_BYTES, _CRC_BYTES = 8, 4
_ENTRY_BYTES, _STREAM_BYTES = 4, 5

# ISO 13818-1, stream_type; 0x81 is ATSC's. The codecs are named as MediaConnect's example does.
_STREAM_TYPES = {
    0x02: ("Video", "MPEG2"),
    0x03: ("Audio", "MP1"),
    0x04: ("Audio", "MP2"),
    0x0F: ("Audio", "AAC"),
    0x11: ("Audio", "AAC_LATM"),
    0x1B: ("Video", "AVC"),
    0x24: ("Video", "HEVC"),
    0x81: ("Audio", "AC3"),
}


class ProgramTables:
    """The programs of a stream, as its tables told them last."""

    def __init__(self) -> None:
        self._maps: dict[int, int] = {}
        self._programs: dict[int, dict[str, Any]] = {}
        self._packets: dict[int, bytes] = {}

    @property
    def packets(self) -> bytes:
        """The last packet of each table."""
        return b"".join(self._packets[pid] for pid in sorted(self._packets))

    @property
    def programs(self) -> list[dict[str, Any]]:
        """The programs as MediaConnect's API describes them."""
        return [self._programs[number] for number in sorted(self._programs)]

    def read(self, chunk: bytes) -> None:
        """Read whole transport stream packets."""
        for packet in transport_stream.packets(chunk):
            identifier = transport_stream.identifier(packet)
            if identifier == _ASSOCIATION_ID or identifier in self._maps.values():
                payload = transport_stream.payload_of(packet)
                section = None if payload is None else _section(payload)
                if section is not None:
                    self._packets[identifier] = packet
                    self._read_section(identifier, section)

    def _read_section(self, identifier: int, section: bytes) -> None:
        if identifier == _ASSOCIATION_ID and section[0] == _ASSOCIATION:
            self._maps = dict(_entries(section))
            self._programs = {
                number: program
                for number, program in self._programs.items()
                if number in self._maps
            }
        elif section[0] == _MAP:
            number = int.from_bytes(section[3:5])
            self._programs[number] = {
                "ProgramNumber": number,
                "ProgramPid": identifier,
                "PcrPid": int.from_bytes(section[8:10]) & _PID,
                "Streams": list(_streams(section)),
            }


def _section(payload: bytes) -> bytes | None:
    """Return the section that begins in a *payload*, without its checksum; None without a whole."""
    begin = 1 + payload[0]
    length = int.from_bytes(payload[begin + 1 : begin + 3]) & _LENGTH
    section = payload[begin : begin + 3 + length]
    whole = len(section) == 3 + length and len(section) >= _HEADER_BYTES + _CRC_BYTES
    return section[:-_CRC_BYTES] if whole else None


def _entries(section: bytes) -> Iterator[tuple[int, int]]:
    """Yield (program number, PID of its map); number 0 is that of the network."""
    for offset in range(_HEADER_BYTES, len(section) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        number = int.from_bytes(section[offset : offset + 2])
        if number:
            yield number, int.from_bytes(section[offset + 2 : offset + 4]) & _PID


def _streams(section: bytes) -> Iterator[dict[str, Any]]:
    offset = _HEADER_BYTES + 4 + (int.from_bytes(section[10:12]) & _LENGTH)
    while offset + _STREAM_BYTES <= len(section):
        kind, codec = _STREAM_TYPES.get(section[offset], ("Data", None))
        stream = {"Pid": int.from_bytes(section[offset + 1 : offset + 3]) & _PID}
        yield {**stream, "StreamType": kind, "Codec": codec}
        offset += _STREAM_BYTES + (int.from_bytes(section[offset + 3 : offset + 5]) & _LENGTH)
