"""The platforms' stand-in: nginx takes RTMP and RTMPS, and asks us to admit each stream."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from localaws.media import certificate, ingest, subprocesses, tools
from localaws.media.ingest import Ingest
from localaws.media.network import LOOPBACK
from localaws.media.settings import MediaError

_READY_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 0.05

_ENDED = "publish_done"
# Everything else that nginx tells is about those who watch.
_PUBLISHING = frozenset({"publish", "update_publish", _ENDED})

# Says by which name a stream is shown that is published to a URL with a key; None refuses it.
Admit = Callable[[str, str], str | None]


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that arrives.

    Attributes:
        name: by which it can be watched.
        url: the platform's URL it was pushed to; without the key.
    """

    name: str
    url: str


class Receiver:
    """Takes streams whose key it knows, and shows them under a name that is not the key.

    Args:
        ingest: where it listens.
        admit: knows the keys.
        admission_url: our URL that nginx calls for every stream.
    """

    def __init__(self, ingest: Ingest, admit: Admit, admission_url: str) -> None:
        self.ingest, self._admit, self._admission_url = ingest, admit, admission_url
        self._streams: dict[tuple[str, str], Stream] = {}
        self._lock = threading.Lock()

    @property
    def streams(self) -> list[Stream]:
        """Streams that arrive now, by name."""
        with self._lock:
            return sorted(self._streams.values(), key=lambda stream: stream.name)

    def asked(self, form: Mapping[str, str]) -> str | None:
        """Answer nginx, which tells with *form* that a stream begins, goes on or ends.

        Returns:
            The name to show the stream under; None refuses it, or ends it where it went on.
        """
        call, url, key = form.get("call", ""), form.get("tcurl", ""), form.get("name", "")
        if call not in _PUBLISHING:
            return key
        name = self._admit(url, key)
        with self._lock:
            if name is None or call == _ENDED:
                self._streams.pop((url, key), None)
            else:
                self._streams[url, key] = Stream(name, url)
        return name

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run nginx.

        Raises:
            MediaError: when it does not listen.
        """
        folder = self.ingest.certificate.parent
        certificate.make(folder, ingest.HOST_NAME)
        configuration = folder / "nginx.conf"
        configuration.write_text(self._configuration(folder), encoding="utf-8")
        command = (tools.path("nginx"), "-e", "stderr", "-p", str(folder), "-c", "nginx.conf")
        async with subprocesses.running(command) as process:
            await self._until_it_listens(process)
            yield

    def _configuration(self, folder: Path) -> str:
        template = Path(__file__).with_name("nginx.conf.j2").read_text(encoding="utf-8")
        rendered: str = jinja2.Template(template, undefined=jinja2.StrictUndefined).render(
            folder=folder,
            modules=tools.NGINX_MODULES,
            host=LOOPBACK,
            ingest=self.ingest,
            application=ingest.APPLICATION,
            admission_url=self._admission_url,
        )
        return rendered

    async def _until_it_listens(self, process: asyncio.subprocess.Process) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_READY_SECONDS):
                while process.returncode is None:
                    with contextlib.suppress(OSError):
                        _, writer = await asyncio.open_connection(LOOPBACK, self.ingest.rtmp_port)
                        writer.close()
                        return
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
                messages = (await subprocesses.stderr(process).read()).decode(errors="replace")
                # After the time and its process id, what went wrong; then what follows from it.
                first = messages.partition("\n")[0].partition(": ")[2]
                raise MediaError(f"nginx ended at once: {first}")
        raise MediaError(f"nginx does not listen after {_READY_SECONDS:.0f} s")
