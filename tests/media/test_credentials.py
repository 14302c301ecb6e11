"""The gate that asks for user and password in front of the platforms' stand-in."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localaws.media import rtmp_messages, tools
from localaws.media.credentials import CredentialGate
from localaws.media.ingest import APPLICATION, Ingest
from localaws.media.network import LOOPBACK, free_port
from localaws.media.rtmp_messages import RtmpError

TEXTS = st.text(max_size=300)
VALUES = st.none() | st.booleans() | st.floats(allow_nan=False) | TEXTS
OBJECTS = st.dictionaries(st.text(min_size=1, max_size=20), VALUES, max_size=5)


@given(st.lists(VALUES | OBJECTS, max_size=5))
def test_values_are_read_as_they_were_written(values: list[Any]) -> None:
    assert rtmp_messages.decoded(rtmp_messages.encoded(values)) == values


@given(st.binary(max_size=60))
def test_anything_else_is_an_error_of_its_own(payload: bytes) -> None:
    with contextlib.suppress(RtmpError):
        rtmp_messages.decoded(payload)


@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_a_message_survives_its_chunks(texts: list[str]) -> None:
    message = rtmp_messages.Message(rtmp_messages.COMMAND, rtmp_messages.encoded(texts))

    async def read() -> rtmp_messages.Message:
        reader = asyncio.StreamReader()
        reader.feed_data(rtmp_messages.chunked(message))
        return await rtmp_messages.read_message(reader)

    assert asyncio.run(read()) == message


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    ports = [free_port(socket.SOCK_STREAM) for _ in range(2)]
    return Ingest(ports[0], 0, tmp_path, asking_port=ports[1])


async def reached(ingest: Ingest, gate: CredentialGate, *arguments: str) -> list[Any]:
    """Let ffmpeg connect through *gate* with these options; return the commands behind it."""
    commands: list[Any] = []

    async def behind(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await rtmp_messages.accept(reader, writer)
        message = await rtmp_messages.read_message(reader)
        commands.append(rtmp_messages.decoded(message.payload))
        writer.close()

    source = ("-f", "lavfi", "-i", "color=size=16x16:rate=1", "-t", "1", "-c:v", "flv")
    async with await asyncio.start_server(behind, LOOPBACK, ingest.rtmp_port), gate.running():
        process = await asyncio.create_subprocess_exec(
            *(tools.path("ffmpeg"), "-loglevel", "quiet", *source, "-f", "flv", *arguments),
        )
        await asyncio.wait_for(process.wait(), 20)
    return commands


@pytest.mark.media
@pytest.mark.parametrize(
    ("login", "enters"),
    [("", False), ("lunora:other@", False), ("stranger:right@", False), ("lunora:right@", True)],
)
def test_ffmpeg_is_let_through_with_the_right_password_alone(
    ingest: Ingest, login: str, *, enters: bool
) -> None:
    gate = CredentialGate(ingest, {"lunora": "right"}.get)
    url = f"rtmp://{login}{LOOPBACK}:{ingest.asking_port}/{APPLICATION}/key"
    commands = asyncio.run(reached(ingest, gate, url))
    assert len(commands) == enters
    for name, _, about in commands:
        assert (name, about["app"]) == ("connect", APPLICATION)
        assert about["tcUrl"] == f"rtmp://{LOOPBACK}:{ingest.asking_port}/{APPLICATION}"


@pytest.mark.media
def test_an_answer_opens_once(ingest: Ingest) -> None:
    gate = CredentialGate(ingest, {"lunora": "right"}.get)
    options = ("-rtmp_app", f"{APPLICATION}?{gate.answer('lunora', 'right')}")
    url = f"rtmp://{LOOPBACK}:{ingest.asking_port}/{APPLICATION}/key"
    assert len(asyncio.run(reached(ingest, gate, *options, url))) == 1
    assert asyncio.run(reached(ingest, gate, *options, url)) == []
