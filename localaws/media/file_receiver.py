"""Servers that take files of HLS, and those in front of buckets: one stand-in on loopback.

An encoder puts its files below an address that it gets for each start; the address of the platform,
which may hold a key, is in no command line. What arrived can be read below another address.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field

from localaws.media import buckets
from localaws.media.network import LOOPBACK

_LAST_LINE = b"\r\n\r\n"
_WATCH = "watch"
_PLAYLIST = ".m3u8"

Admit = Callable[[str, str], str | None]


@dataclass(slots=True)
class Sink:
    """The files of one encoder.

    Attributes:
        url: of the platform, without what may be a key.
        prefix: of the URL of its files.
        name: by which they can be read; empty for a bucket.
        files: by their names.
        received: bytes so far.
        problem: why they are not taken; empty where they are.
    """

    url: str
    prefix: str = field(repr=False)
    name: str
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    received: int = 0
    problem: str = ""


class FileReceiver:
    """Takes files of streams whose key it knows.

    Args:
        admit: knows the keys, and names the streams.
    """

    def __init__(self, admit: Admit) -> None:
        self._admit = admit
        self._sinks: dict[str, Sink] = {}
        self._lock = threading.Lock()
        self.port = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Listen on loopback."""
        server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield

    @contextlib.contextmanager
    def sink(self, url: str, key: str) -> Iterator[tuple[str, Sink]]:
        """Take files for a platform's *url* with a *key*; yields their address on loopback."""
        is_bucket = not url.startswith("https:")
        name = "" if is_bucket else self._admit(url, key)
        host = url.partition("://")[2]
        sink = Sink(url, key[: -len(_base(key))], name or "")
        if name is None:
            sink.problem = f"{host} does not take the stream: it answers 403"
        token = secrets.token_hex(8)
        with self._lock:
            self._sinks[token] = sink
        try:
            yield f"http://{LOOPBACK}:{self.port}/{token}", sink
        finally:
            with self._lock:
                self._sinks.pop(token, None)

    @property
    def streams(self) -> list[dict[str, str]]:
        """Streams that arrive now, by name, with the address to watch."""
        with self._lock:
            arriving = [sink for sink in self._sinks.values() if sink.name and sink.files]
            named = [(sink, min(filter(_is_playlist, sink.files), default="")) for sink in arriving]
        return sorted(
            (
                {
                    "name": sink.name,
                    "url": sink.url,
                    "watch": f"http://{LOOPBACK}:{self.port}/{_WATCH}/{sink.name}/{playlist}",
                }
                for sink, playlist in named
                if playlist
            ),
            key=lambda stream: stream["name"],
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(_LAST_LINE)).decode(errors="replace")
                request, *lines = head.splitlines()
                headers = {
                    name.strip().lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in lines)
                }
                if headers.get("expect", "").lower() == "100-continue":
                    writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = await _body(reader, headers)
                method, path, *_ = [*request.split(), "", ""]
                status, content = self._answered(method, path.strip("/"), body)
                about = f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\n\r\n"
                writer.write(about.encode() + content)
                await writer.drain()
                if headers.get("connection", "").lower() == "close":
                    break
        writer.close()

    def _answered(self, method: str, path: str, body: bytes) -> tuple[str, bytes]:
        token, _, file = path.partition("/")
        with self._lock:
            if method == "GET":
                return self._read(token, file)
            sink = self._sinks.get(token)
            if sink is None:
                return "404 Not Found", b""
            return self._write(method, sink, file, body)

    def _read(self, token: str, file: str) -> tuple[str, bytes]:
        name, _, file = file.partition("/")
        for sink in self._sinks.values() if token == _WATCH else ():
            if sink.name == name and file in sink.files:
                return "200 OK", sink.files[file]
        return "404 Not Found", b""

    def _write(self, method: str, sink: Sink, file: str, body: bytes) -> tuple[str, bytes]:
        if sink.url.startswith("https:"):
            if not sink.name:
                return "403 Forbidden", b""
            if method == "DELETE":
                sink.files.pop(file, None)
                return "200 OK", b""
            sink.files[file] = body
        elif method == "DELETE":
            buckets.delete(f"{sink.prefix}{file}")
            return "204 No Content", b""
        else:
            sink.problem = buckets.put(f"{sink.prefix}{file}", body)
            if sink.problem:
                return "404 Not Found", b""
        sink.received += len(body)
        return "200 OK", b""


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length") or 0))
    parts = []
    for _ in itertools.count():
        size = int((await reader.readline()).split(b";")[0], 16)
        parts.append(await reader.readexactly(size))
        await reader.readline()
        if not size:
            break
    return b"".join(parts)


def _base(url: str) -> str:
    """Return the name of a file at the end of *url*, in its path or its query."""
    return url[max(url.rfind("/"), url.rfind("=")) + 1 :]


def _is_playlist(file: str) -> bool:
    return file.endswith(_PLAYLIST)
