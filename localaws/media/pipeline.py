"""The process of a pipeline: receives RTP, encodes it and sends each output."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from urllib.parse import urlsplit

from localaws.media import subprocesses
from localaws.media.desired_state import Pipeline
from localaws.media.encoding import Push
from localaws.media.filler import Filler
from localaws.media.ingress_filter import IngressFilter
from localaws.media.metrics import OutputGauges, PipelineGauges
from localaws.media.network import Endpoint, Network, is_allowed
from localaws.media.progress import Progress, ProgressReader
from localaws.media.recording import Recording
from localaws.media.sending import Outgoing, Sender
from localaws.media.source_watch import SourceWatch

# About four seconds of a large source: an encoder that is further behind loses packets.
_MOST_WAITING_BYTES = 10_000_000
_LAST_LINES = 3
# What ffmpeg says when the other side hangs up.
_CLOSED = frozenset({"Broken pipe", "Connection reset by peer", "Input/output error"})
# What it says of a source without what the settings select.
_NO_STREAM = "matches no streams"
# What it says of an ingest that asks for user and password, and took none that it was given.
_NO_CREDENTIALS = "No credentials set"
_REPORT_SECONDS = "0.5"

Report = Callable[[Pipeline, str, str], None]
IsRestarted = Callable[[Pipeline], bool]


class Encoding:
    """A pipeline that runs.

    Args:
        pipeline: what to run; `change` says what of it can be changed while it runs.
        network: where its input listens.
        sender: knows where outputs lead.
        gauges: what it measures.
        now: the emulator's time.
        report: gets the pipeline, an output group and what is wrong with it; empty when it sends.
        is_restarted: tells whether an output of the pipeline whose reconnections are used up is
            restarted.
    """

    def __init__(  # noqa: PLR0913 - independent parts, by keyword
        self,
        pipeline: Pipeline,
        *,
        network: Network,
        sender: Sender,
        gauges: PipelineGauges,
        now: Callable[[], float],
        report: Report,
        is_restarted: IsRestarted,
    ) -> None:
        self.pipeline, self._network, self._sender = pipeline, network, sender
        self._gauges, self._now, self._report = gauges, now, report
        self._is_restarted = is_restarted
        self._encoders: dict[asyncio.StreamWriter, Push] = {}
        self._source = SourceWatch()
        self._changed = asyncio.Event()
        self.recording = Recording()

    async def run(self) -> None:
        """Encode until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._receive())
            tasks.create_task(self._fill())
            for push in self.pipeline.pushes:
                tasks.create_task(self._push(push))

    def change(self, pipeline: Pipeline) -> None:
        """Go on as *pipeline*, which listens elsewhere, lets others in or has another slate.

        Raises:
            ValueError: where it differs in what needs a new start.
        """
        if not self.can_change_to(pipeline):
            raise ValueError(pipeline)
        self.pipeline = pipeline
        self._changed.set()

    def can_change_to(self, pipeline: Pipeline) -> bool:
        """Tell whether *pipeline* differs in nothing that needs a new start."""
        running = dataclasses.replace(
            self.pipeline,
            endpoint=pipeline.endpoint,
            allowed=pipeline.allowed,
            loss=pipeline.loss,
        )
        return running == pipeline

    async def _receive(self) -> None:
        """Listen where the pipeline does, and after a switch of inputs where it then does."""
        while True:
            endpoint = self.pipeline.endpoint
            gate = IngressFilter(self._is_allowed, self._gauges, self._now, self._feed)
            self.recording.clear()
            self._source.interrupt()
            async with self._network.listening(endpoint, gate):
                while self.pipeline.endpoint == endpoint:
                    self._changed.clear()
                    await self._changed.wait()

    def _is_allowed(self, peer: Endpoint) -> bool:
        return is_allowed(self._network.origin(peer), self.pipeline.allowed)

    def _feed(self, payload: bytes) -> None:
        self.recording.add(payload)
        if passed := self._source.passed(payload, time.monotonic()):
            self._write(passed, self._encoders)

    async def _fill(self) -> None:
        """Feed the encoders while the source is lost."""
        while True:
            lost_for = await self._source.lost()
            layout, frame = self._source.layout, None
            if layout.video is not None:
                frame = await asyncio.to_thread(
                    self.recording.last_frame, layout.video.pid, layout.tables
                )
                lost_for = self._source.silent_for(time.monotonic())
            filler = Filler(layout, self.pipeline.loss, lost_for, frame)
            await self._source.until_back(self._feed_filler(filler))

    async def _feed_filler(self, filler: Filler) -> None:
        loss = filler.loss
        async with contextlib.aclosing(filler.packets()) as chunks:
            async for chunk in chunks:
                if self._source.is_passing:
                    return
                is_repeated = self._source.silent_for(time.monotonic()) < loss.repeat_seconds
                fed = [
                    encoder
                    for encoder, push in self._encoders.items()
                    if is_repeated or not push.drops
                ]
                self._write(chunk, fed)

    def _write(self, payload: bytes, encoders: Iterable[asyncio.StreamWriter]) -> None:
        for encoder in encoders:
            is_behind = encoder.transport.get_write_buffer_size() > _MOST_WAITING_BYTES
            if not is_behind and not encoder.is_closing():
                encoder.write(payload)

    async def _push(self, push: Push) -> None:
        gauges = self._gauges.outputs[push.group]
        failures = 0
        while True:
            before = gauges.sent_bytes.last
            reason = await self._encoded(push, gauges)
            failures = 1 if gauges.sent_bytes.last != before else failures + 1
            self._report(self.pipeline, push.group, reason)
            if failures <= push.retries:
                await asyncio.sleep(push.retry_seconds)
                continue
            # A delay of 0 never restarts it (MediaLive API reference, RestartDelay).
            if not self._is_restarted(self.pipeline) or not push.pause_seconds:
                return
            failures = 0
            await asyncio.sleep(push.pause_seconds)

    async def _encoded(self, push: Push, gauges: OutputGauges) -> str:
        """Encode and push until the connection or the encoder ends; return why it did."""
        with self._sender.sending(push) as outgoing:
            return await self._sent(push, outgoing, gauges)

    async def _sent(self, push: Push, outgoing: Outgoing, gauges: OutputGauges) -> str:
        async with subprocesses.running(
            self._command(push, outgoing), secret_options=outgoing.secret_options, reads=True
        ) as process:
            encoder = process.stdin
            assert encoder is not None  # noqa: S101 - asked for
            self._encoders[encoder] = push
            messages: deque[str] = deque(maxlen=_LAST_LINES)
            try:
                async with asyncio.TaskGroup() as readers:
                    readers.create_task(_collect(subprocesses.stderr(process), messages))
                    reports = subprocesses.stdout(process)
                    readers.create_task(self._measure(push, outgoing, reports, gauges))
                await process.wait()
            finally:
                del self._encoders[encoder]
        return reason(push, messages)

    @staticmethod
    def _command(push: Push, outgoing: Outgoing) -> tuple[str, ...]:
        return (
            *("ffmpeg", "-hide_banner", "-nostats", "-loglevel", "error"),
            *("-progress", "pipe:1", "-stats_period", _REPORT_SECONDS),
            *("-fflags", "+discardcorrupt", "-probesize", "1M", "-analyzeduration", "1M"),
            # The next source begins at a time of its own.
            *("-dts_delta_threshold", "1", "-threads", "1", "-f", "mpegts", "-i", "pipe:0"),
            *push.arguments,
            *outgoing.words,
        )

    async def _measure(
        self, push: Push, outgoing: Outgoing, reports: asyncio.StreamReader, gauges: OutputGauges
    ) -> None:
        reader, last, problem = ProgressReader(), Progress(0, 0, 0), ""
        while line := await reports.readline():
            progress = reader.line(line.decode())
            if progress is None:
                continue
            now = self._now()
            sent_bytes = outgoing.sent_bytes(progress)
            progress = dataclasses.replace(progress, sent_bytes=sent_bytes)
            if problem != outgoing.problem or (sent_bytes and not last.sent_bytes):
                problem = outgoing.problem
                self._report(self.pipeline, push.group, problem)
            gauges.frames.add(now, progress.frames - last.frames)
            gauges.dropped.add(now, progress.dropped - last.dropped)
            gauges.sent_bytes.add(now, progress.sent_bytes - last.sent_bytes)
            last = progress


async def _collect(lines: asyncio.StreamReader, messages: deque[str]) -> None:
    while line := await lines.readline():
        messages.append(line.decode(errors="replace").strip())


def reason(push: Push, messages: Sequence[str]) -> str:
    """Return the reason for the end of a push, from the last lines of its encoder."""
    if any(_NO_STREAM in message for message in messages):
        return "its source has no such video or audio"
    host = urlsplit(push.url).hostname or "?"
    detail = messages[-1].rpartition(": ")[2] if messages else "the encoder ended"
    if any(_NO_CREDENTIALS in message for message in messages):
        detail = "it refused user and password"
    elif detail in _CLOSED:
        detail = "it closed the connection, as a wrong stream key makes it do"
    elif push.key:
        detail = detail.replace(push.key, "***")
    return f"{host} does not take the stream: {detail}"
