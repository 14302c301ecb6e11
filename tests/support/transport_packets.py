"""Packets of MPEG transport streams, made by hand."""

from __future__ import annotations

from localaws.media import transport_stream


def packet(
    head: bytes, *, starts: bool = True, adaptation: int | None = None, sync: int = 0x47
) -> bytes:
    """Return a transport stream packet whose payload begins with *head*."""
    control = 0x10 if adaptation is None else 0x30
    made = bytes([sync, 0x40 if starts else 0, 0, control])
    if adaptation is not None:
        made += bytes([adaptation]) + bytes(adaptation)
    return (made + head).ljust(transport_stream.PACKET_BYTES, b"\xff")


def section(identifier: int, table: int, number: int, body: bytes) -> bytes:
    """Return the packet of a table; the checksum is not looked at."""
    content = number.to_bytes(2) + b"\xc1\x00\x00" + body + bytes(4)
    begun = b"\x00" + bytes([table]) + (0xB000 | len(content)).to_bytes(2) + content
    made = bytearray(packet(begun))
    made[1:3] = (0x4000 | identifier).to_bytes(2)
    return bytes(made)


def association(*programs: tuple[int, int]) -> bytes:
    entries = (number.to_bytes(2) + (0xE000 | pid).to_bytes(2) for number, pid in programs)
    return section(0, 0x00, 1, b"".join(entries))


def program_map(pid: int, number: int, *streams: tuple[int, int], descriptor: bytes = b"") -> bytes:
    body = (0xE000 | 256).to_bytes(2) + (0xF000 | len(descriptor)).to_bytes(2) + descriptor
    for kind, stream in streams:
        body += bytes([kind]) + (0xE000 | stream).to_bytes(2) + b"\xf0\x02\x0a\x00"
    return section(pid, 0x02, number, body)
