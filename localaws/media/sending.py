"""Ways of an encoded output out of ffmpeg: RTMP, SRT, files on a server, files of an archive."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from localaws.media import buckets
from localaws.media.credentials import CredentialGate
from localaws.media.encoding import Push
from localaws.media.file_receiver import FileReceiver, Sink
from localaws.media.ingest import APPLICATION, Ingest
from localaws.media.network import LOOPBACK, is_loopback
from localaws.media.outlets import Archive, Hls, Srt
from localaws.media.progress import Progress
from localaws.media.rtp import CHUNK_BYTES

_EXTENSION = "m2ts"
_MICROSECONDS = 1000


@dataclass(slots=True)
class Outgoing:
    """An output while it is sent.

    Attributes:
        words: the end of ffmpeg's command.
        secret_options: ffmpeg's options that hold secrets.
    """

    words: tuple[str, ...]
    secret_options: str = field(default="", repr=False)

    def sent_bytes(self, progress: Progress) -> int:
        """Return how much was sent; called at each report of ffmpeg."""
        return progress.sent_bytes

    @property
    def problem(self) -> str:
        """Why what ffmpeg sends is not taken; empty where it is."""
        return ""


class Sender:
    """Knows where outputs lead on this machine.

    Args:
        ingest: stands for the platforms that take RTMP.
        gate: asks for user and password in front of them.
        files: stands for servers and buckets.
        srt_port: returns the loopback port of an address of SRT.
        now: the emulator's time.
    """

    def __init__(
        self,
        ingest: Ingest,
        gate: CredentialGate,
        files: FileReceiver,
        srt_port: Callable[[tuple[str, str]], int],
        now: Callable[[], float],
    ) -> None:
        self._ingest, self._gate, self._files = ingest, gate, files
        self._srt_port, self._now = srt_port, now

    @contextlib.contextmanager
    def sending(self, push: Push) -> Iterator[Outgoing]:
        """Yield the way of *push*; what is left is delivered at the end."""
        match push.outlet:
            case None:
                yield self._rtmp(push)
            case Srt() as srt:
                yield self._srt(srt, push.key)
            case Hls() as hls:
                with self._files.sink(push.url, push.key) as (address, sink):
                    yield _Files(_hls(hls, address), sink=sink)
            case Archive() as archive:
                with tempfile.TemporaryDirectory(prefix="lunora-archive-") as folder:
                    recorded = _Recorded.begun(push.url, archive, Path(folder), self._now())
                    try:
                        yield recorded
                    finally:
                        recorded.close()

    def _rtmp(self, push: Push) -> Outgoing:
        url = self._ingest.url_for(push.url, asking=push.credentials is not None)
        hidden = f"rtmp_playpath={push.key}\n"
        if push.credentials is not None:
            hidden += f"rtmp_app={APPLICATION}?{self._gate.answer(*push.credentials)}\n"
        words = ("-fpre", "{secret}", "-rtmp_tcurl", push.url, *self._ingest.options(push.url))
        flv = ("-flvflags", "no_duration_filesize", "-f", "flv", url)
        return Outgoing((*words, *flv), hidden)

    def _srt(self, srt: Srt, stream_id: str) -> Outgoing:
        host, port = srt.address
        if not is_loopback(host):
            port = self._srt_port((host, str(port)))
        options = {
            "mode": "listener" if srt.listens else "caller",
            "transtype": "live",
            "latency": srt.latency_ms * _MICROSECONDS,
            "pbkeylen": srt.key_bits // 8,
            "pkt_size": CHUNK_BYTES,
        }
        query = "&".join(f"{key}={value}" for key, value in options.items())
        hidden = f"passphrase={srt.passphrase}\n"
        if stream_id and not srt.listens:
            hidden += f"streamid={stream_id}\n"
        words = ("-fpre", "{secret}", "-f", "mpegts", f"srt://{LOOPBACK}:{port}?{query}")
        return Outgoing(words, hidden)


def _hls(hls: Hls, address: str) -> tuple[str, ...]:
    media = f"{address}/{hls.name}{hls.modifier}"
    return (
        *("-f", "hls", "-method", "PUT", "-http_persistent", "0"),
        *("-hls_time", str(hls.seconds), "-hls_list_size", str(hls.listed)),
        *(
            "-hls_flags",
            "delete_segments",
            "-hls_delete_threshold",
            str(hls.kept - hls.listed or 1),
        ),
        *(("-master_pl_name", f"{hls.name}.m3u8") if hls.master else ()),
        *("-hls_segment_filename", f"{media}_%05d.ts", f"{media}.m3u8"),
    )


@dataclass(slots=True)
class _Files(Outgoing):
    """Files that ffmpeg puts to a server."""

    sink: Sink = field(kw_only=True)

    def sent_bytes(self, progress: Progress) -> int:
        del progress
        return self.sink.received

    @property
    def problem(self) -> str:
        return self.sink.problem


@dataclass(slots=True)
class _Recorded(Outgoing):
    """Files that ffmpeg writes here, each of which goes to its bucket once it is complete.

    MediaLive user guide, archive: "A given file is not visible in Amazon S3 while it is being
    written. As soon as the rollover happens (or if the user stops the channel), MediaLive closes
    the current file."
    """

    url: str = field(kw_only=True)
    folder: Path = field(kw_only=True)
    delivered_bytes: int = 0
    refusal: str = ""

    @classmethod
    def begun(cls, url: str, archive: Archive, folder: Path, now: float) -> _Recorded:
        started = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y%m%dT%H%M%S")
        words = (
            *("-f", "segment", "-segment_time", str(archive.seconds), "-segment_format", "mpegts"),
            *("-segment_list", str(folder / "list.csv"), "-segment_list_type", "csv"),
            *("-segment_list_size", "0", str(folder / f"%06d.{_EXTENSION}")),
        )
        modifier = archive.modifier.replace("$dt$", started)
        return cls(words, url=f"{url}{modifier}.", folder=folder)

    def sent_bytes(self, progress: Progress) -> int:
        del progress
        self._deliver(_listed(self.folder / "list.csv"))
        return self.delivered_bytes + sum(path.stat().st_size for path in self._left())

    @property
    def problem(self) -> str:
        return self.refusal

    def close(self) -> None:
        """Deliver the last file."""
        self._deliver(path.name for path in self._left())

    def _left(self) -> list[Path]:
        return sorted(self.folder.glob(f"*.{_EXTENSION}"))

    def _deliver(self, names: Iterator[str]) -> None:
        for name in names:
            path = self.folder / name
            # What was delivered is deleted here.
            if not path.exists():
                continue
            content = path.read_bytes()
            path.unlink()
            self.delivered_bytes += len(content)
            if content:
                self.refusal = buckets.put(f"{self.url}{name}", content)


def _listed(path: Path) -> Iterator[str]:
    """Yield the names of the files that ffmpeg has completed."""
    if path.exists():
        yield from (row[0] for row in csv.reader(io.StringIO(path.read_text())) if row)
