"""The thread that reconciles the running processes with the desired ones."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any, Generic, TypeVar

from localaws.media.credentials import CredentialGate
from localaws.media.desired_state import NOTHING, DesiredState, Pipeline, Router
from localaws.media.file_receiver import FileReceiver
from localaws.media.metrics import Gauges
from localaws.media.network import Network
from localaws.media.pipeline import Encoding, IsRestarted, Report
from localaws.media.receiver import Receiver
from localaws.media.relay import Relay
from localaws.media.sending import Sender
from localaws.media.settings import MediaError

_START_SECONDS = 20.0
_STOP_SECONDS = 10.0

Job = TypeVar("Job", Relay, Encoding)


class _Running(Generic[Job]):
    """Jobs by key, each with its task."""

    def __init__(self) -> None:
        self._jobs: dict[Any, tuple[Job, asyncio.Task[None]]] = {}

    def __getitem__(self, key: Any) -> Job:
        return self._jobs[key][0]

    def __iter__(self) -> Iterator[Any]:
        return iter(tuple(self._jobs))

    def __contains__(self, key: object) -> bool:
        return key in self._jobs

    def start(self, key: Any, job: Job, work: Coroutine[Any, Any, None]) -> None:
        """Let *job* do its *work*."""
        self._jobs[key] = job, asyncio.create_task(work)

    async def end(self, keys: Iterable[Any]) -> None:
        """End the jobs with these keys, all at once."""
        tasks = [self._jobs.pop(key)[1] for key in keys]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Supervisor:
    """Real media; between `start` and `stop`.

    Args:
        receiver: stands for the platforms.
        gate: asks for user and password in front of them.
        files: stands for servers and buckets.
        srt_port: says on which loopback port the flow with an ARN listens for its source of a name,
            and which port stands for an address, given as host and port, that outputs have.
        gauges: what it measures.
        now: the emulator's time.
        report: gets a pipeline, an output group and what is wrong with it; empty when nothing is.
        is_restarted: tells whether an output whose reconnections are used up is restarted.
    """

    def __init__(  # noqa: PLR0913 - independent parts, by keyword
        self,
        receiver: Receiver,
        gate: CredentialGate,
        files: FileReceiver,
        *,
        srt_port: Callable[[tuple[str, str]], int],
        gauges: Gauges,
        now: Callable[[], float],
        report: Report,
        is_restarted: IsRestarted,
    ) -> None:
        self._receiver, self._gate, self._files = receiver, gate, files
        self._srt_port = srt_port
        self._sender = Sender(receiver.ingest, gate, files, srt_port, now)
        self._gauges, self._now, self._report = gauges, now, report
        self._is_restarted = is_restarted
        self._network = Network()
        self._relays: _Running[Relay] = _Running()
        self._encodings: _Running[Encoding] = _Running()
        self._desired: DesiredState | None = NOTHING
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._work, name="media", daemon=True)

    def start(self) -> None:
        """Start.

        Raises:
            MediaError: when a program cannot run.
        """
        self._thread.start()
        self._ready.wait(_START_SECONDS)
        if self._failure is not None or self._loop is None:
            raise MediaError(str(self._failure or "the media plane does not start"))

    def set_desired(self, desired: DesiredState) -> None:
        """Reconcile to *desired* in the background."""
        self._notify(desired)

    def picture(self, key: tuple[str, ...]) -> bytes | None:
        """Return the last picture of a flow or pipeline as a JPEG; None where there is none.

        Args:
            key: a flow's ARN alone, or a channel's id and a pipeline's number.
        """
        (jobs, name) = (self._relays, key[0]) if len(key) == 1 else (self._encodings, key)
        return jobs[name].recording.jpeg() if name in jobs else None

    def stop(self) -> None:
        """End everything."""
        self._notify(None)
        self._thread.join(_STOP_SECONDS)

    def _notify(self, desired: DesiredState | None) -> None:
        self._desired = desired
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(self._news.set)

    def _work(self) -> None:
        try:
            asyncio.run(self._run())
        except (OSError, MediaError) as failure:
            self._failure = failure
        finally:
            self._ready.set()

    async def _run(self) -> None:
        self._news = asyncio.Event()
        async with self._receiver.running(), self._gate.running(), self._files.running():
            # From here on news is told; what is wanted is looked at after, so none is missed.
            self._loop = asyncio.get_running_loop()
            self._ready.set()
            try:
                while (desired := self._desired) is not None:
                    await self._reconcile(desired)
                    await self._news.wait()
                    self._news.clear()
            finally:
                await self._relays.end(self._relays)
                await self._encodings.end(self._encodings)

    async def _reconcile(self, desired: DesiredState) -> None:
        await self._relays.end(
            {
                arn
                for arn in self._relays
                if (router := desired.routers.get(arn)) is None
                or self._relays[arn].router.sources != router.sources
            }
        )
        for arn, router in desired.routers.items():
            self._relay(arn, router)
        stale = {
            key
            for key in self._encodings
            if (pipeline := desired.pipelines.get(key)) is None
            or not self._encodings[key].can_change_to(pipeline)
        }
        ended = [self._encodings[key].pipeline for key in stale]
        await self._encodings.end(stale)
        for pipeline in ended:
            for push in pipeline.pushes:
                self._report(pipeline, push.group, "")
        for key, pipeline in desired.pipelines.items():
            self._encode(key, pipeline)

    def _relay(self, arn: str, router: Router) -> None:
        if arn in self._relays:
            self._relays[arn].router = router
            return
        gauges = self._gauges.flows[arn]
        ports = {source: self._srt_port((arn, source)) for source in router.sources}
        relay = Relay(router, ports, self._network, gauges, self._now)
        self._relays.start(arn, relay, relay.run())

    def _encode(self, key: tuple[str, str], pipeline: Pipeline) -> None:
        if key in self._encodings:
            self._encodings[key].change(pipeline)
            return
        if pipeline.problem:
            self._report(pipeline, "", pipeline.problem)
            return
        encoding = Encoding(
            pipeline,
            network=self._network,
            sender=self._sender,
            gauges=self._gauges.pipelines[key],
            now=self._now,
            report=self._report,
            is_restarted=self._is_restarted,
        )
        self._encodings.start(key, encoding, encoding.run())
