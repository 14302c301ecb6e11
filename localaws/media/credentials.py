"""The platforms' stand-in with user and password: a gate that asks for them in front of nginx.

It asks as an Adobe Media Server does, which ffmpeg answers (libavformat/rtmpproto.c): a client is
refused with a salt, and comes again with a digest. The exchange between MediaLive and an ingest is
not documented beyond the name of its scheme.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

from localaws.media import rtmp_messages
from localaws.media.ingest import Ingest
from localaws.media.network import LOOPBACK
from localaws.media.rtmp_messages import Message, RtmpError

PasswordOf = Callable[[str], str | None]
"""Returns the password of a user; None for an unknown one."""

_REJECTED = "[ AccessManager.Reject ] : "
_READ_BYTES = 65536
_CONNECTING_SECONDS = 10.0


class CredentialGate:
    """Lets connections through to nginx that come with a user and the password.

    Args:
        ingest: where it listens, and where nginx does.
        password_of: knows the users.
    """

    def __init__(self, ingest: Ingest, password_of: PasswordOf) -> None:
        self._ingest, self._password_of = ingest, password_of
        self._salts: dict[str, str] = {}

    def answer(self, user: str, password: str) -> str:
        """Return the query with which a client connects that was asked already."""
        opaque, challenge = self._ask(), secrets.token_hex(4)
        response = _digest(user, password, self._salts[opaque], opaque, challenge)
        given = {"user": user, "challenge": challenge, "response": response, "opaque": opaque}
        return "authmod=adobe&" + "&".join(f"{key}={value}" for key, value in given.items())

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen, and end what was let through at the end."""
        async with contextlib.AsyncExitStack() as stack:
            connections: set[asyncio.Task[None]] = set()

            def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                task = asyncio.create_task(self._serve(reader, writer))
                connections.add(task)
                task.add_done_callback(connections.discard)

            server = await asyncio.start_server(connected, LOOPBACK, self._ingest.asking_port)
            stack.callback(server.close)
            try:
                yield
            finally:
                for task in tuple(connections):
                    task.cancel()
                await asyncio.gather(*connections, return_exceptions=True)

    def _ask(self) -> str:
        """Remember a salt under a text by which a client tells which one it was given."""
        opaque = secrets.token_hex(8)
        self._salts[opaque] = secrets.token_hex(4)
        return opaque

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, RtmpError, TimeoutError):
            async with asyncio.timeout(_CONNECTING_SECONDS):
                await rtmp_messages.accept(reader, writer)
                message = await rtmp_messages.read_message(reader)
            command = rtmp_messages.decoded(message.payload)
            application, refusal = self._judged(_application(command))
            if refusal:
                writer.write(_refused(command[1], refusal))
                await writer.drain()
            else:
                await self._pass(_without_query(command, application), reader, writer)
        writer.close()

    def _judged(self, application: str) -> tuple[str, str]:
        """Return the name of the application, and why a client does not get in; else empty."""
        name, _, query = application.partition("?")
        # The digests are in base64, and nothing is escaped.
        given = dict(item.partition("=")[::2] for item in query.split("&"))
        user = given.get("user", "")
        if given.get("authmod") != "adobe":
            return name, f"{_REJECTED}[ code=403 need auth; authmod=adobe ] : "
        rejected = f"{_REJECTED}[ authmod=adobe ] : "
        if "response" not in given:
            opaque = self._ask()
            salt = self._salts[opaque]
            question = f"user={user}&salt={salt}&challenge={opaque}&opaque={opaque}"
            return name, f"{rejected}?reason=needauth&{question}"
        salted, password = self._salts.pop(given.get("opaque", ""), None), self._password_of(user)
        if salted is None or password is None:
            return name, f"{rejected}?reason=nosuchuser"
        expected = _digest(user, password, salted, given["opaque"], given.get("challenge", ""))
        is_right = secrets.compare_digest(expected.encode(), given["response"].encode())
        return name, "" if is_right else f"{rejected}?reason=authfailed"

    async def _pass(
        self, connect: Message, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        inner, outer = await asyncio.open_connection(LOOPBACK, self._ingest.rtmp_port)
        try:
            await rtmp_messages.greet(inner, outer)
            outer.write(rtmp_messages.chunked(connect))
            ways = [asyncio.create_task(_copy(*way)) for way in ((reader, outer), (inner, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        finally:
            outer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_READ_BYTES):
        writer.write(data)
        await writer.drain()


def _application(command: list[Any]) -> str:
    match command:
        case ["connect", _, {"app": str(application)}, *_]:
            return application
        case _:
            raise RtmpError("the first command is not connect")


def _without_query(command: list[Any], application: str) -> Message:
    """Return *command* as one that nobody asked for credentials."""
    name, number, about, *more = command
    url = str(about.get("tcUrl", "")).partition("?")[0]
    about = {**about, "app": application, "tcUrl": url}
    values = [name, number, about, *more]
    return Message(rtmp_messages.COMMAND, rtmp_messages.encoded(values))


def _refused(number: float, description: str) -> bytes:
    about = {
        "level": "error",
        "code": "NetConnection.Connect.Rejected",
        "description": description,
    }
    values = ["_error", number, None, about]
    return rtmp_messages.chunked(Message(rtmp_messages.COMMAND, rtmp_messages.encoded(values)))


def _digest(user: str, password: str, salt: str, opaque: str, challenge: str) -> str:
    return _md5(_md5(user + salt + password) + opaque + challenge)


def _md5(text: str) -> str:
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
