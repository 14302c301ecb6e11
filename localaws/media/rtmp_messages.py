"""The first messages of an RTMP connection: handshake, chunks and values of AMF0.

As much of Adobe's specification as it takes to read a client's command `connect` and to answer it.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

COMMAND: Final = 20
"""Type of a message with a command in AMF0."""

_VERSION = b"\x03"
_HANDSHAKE_BYTES = 1536
_CHUNK_BYTES = 128
_COMMANDS_STREAM = 3
_CONTINUED = 0xC0
_LONGEST = 65536
_END_OF_OBJECT = b"\x00\x00\x09"


class RtmpError(Exception):
    """The peer does not speak RTMP as it is read here."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message, put together from its chunks."""

    kind: int
    payload: bytes


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do the handshake of a server."""
    greeting = await reader.readexactly(1 + _HANDSHAKE_BYTES)
    writer.write(_VERSION + _plain_greeting() + greeting[1:])
    await reader.readexactly(_HANDSHAKE_BYTES)


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Do the handshake of a client."""
    writer.write(_VERSION + _plain_greeting())
    answer = await reader.readexactly(1 + 2 * _HANDSHAKE_BYTES)
    writer.write(answer[1 : 1 + _HANDSHAKE_BYTES])


def _plain_greeting() -> bytes:
    # A version of zeros: a peer then checks no digests.
    return bytes(8) + os.urandom(_HANDSHAKE_BYTES - 8)


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Read a message whose first chunk has a full header, as the first of a connection has.

    Raises:
        RtmpError: for another chunk.
    """
    header = await reader.readexactly(12)
    length = int.from_bytes(header[4:7], "big")
    if header[0] != _COMMANDS_STREAM or length > _LONGEST:
        raise RtmpError("the first message is not a command")
    payload = b""
    while len(payload) < length:
        if payload and (await reader.readexactly(1))[0] != _CONTINUED | _COMMANDS_STREAM:
            raise RtmpError("the first message is interrupted")
        payload += await reader.readexactly(min(_CHUNK_BYTES, length - len(payload)))
    return Message(header[7], payload)


def chunked(message: Message) -> bytes:
    """Return the chunks of a message."""
    payload, mark = message.payload, bytes((_CONTINUED | _COMMANDS_STREAM,))
    parts = [payload[i : i + _CHUNK_BYTES] for i in range(0, len(payload), _CHUNK_BYTES)]
    length = len(payload).to_bytes(3, "big")
    header = bytes((_COMMANDS_STREAM, 0, 0, 0)) + length + bytes((message.kind, 0, 0, 0, 0))
    return header + mark.join(parts)


def encoded(values: Sequence[Any]) -> bytes:
    """Return texts, numbers, truth values, objects and None in AMF0."""
    return b"".join(map(_encoded, values))


def _encoded(value: Any) -> bytes:
    match value:
        case None:
            return b"\x05"
        case bool():
            return b"\x01" + bytes((value,))
        case int() | float():
            return b"\x00" + struct.pack(">d", value)
        case str():
            return b"\x02" + _text(value)
        case Mapping():
            members = (_text(key) + _encoded(item) for key, item in value.items())
            return b"\x03" + b"".join(members) + _END_OF_OBJECT
        case _:
            raise RtmpError(f"a {type(value).__name__} is not encoded")


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def decoded(payload: bytes) -> list[Any]:
    """Return the values of a command; see `encoded`.

    Raises:
        RtmpError: for values of other types, and where one is cut off.
    """
    values, position = [], 0
    try:
        while position < len(payload):
            value, position = _decoded(payload, position)
            values.append(value)
    except (IndexError, struct.error, UnicodeDecodeError):
        raise RtmpError("a value of the command is cut off") from None
    return values


def _decoded(data: bytes, position: int) -> tuple[Any, int]:
    kind, start = data[position], position + 1
    match kind:
        case 0:
            return struct.unpack_from(">d", data, start)[0], start + 8
        case 1:
            return bool(data[start]), start + 1
        case 2:
            return _read_text(data, start)
        case 3:
            members: dict[str, Any] = {}
            while data[start : start + 3] != _END_OF_OBJECT:
                name, start = _read_text(data, start)
                members[name], start = _decoded(data, start)
            return members, start + 3
        case 5 | 6:
            return None, start
        case _:
            raise RtmpError("a value of the command has another type")


def _read_text(data: bytes, start: int) -> tuple[str, int]:
    end = start + 2 + struct.unpack_from(">H", data, start)[0]
    return data[start + 2 : end].decode(), end
