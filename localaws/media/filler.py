"""The stream that takes the place of a lost source: last frame, black, slate or colour, silence.

It has the source's PIDs and codecs and goes on in its time, so that an encoder that reads the
source reads on. How MediaLive places a slate of another shape is unverified; here it fills the
picture of the source.
"""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from localaws.media import subprocesses, transport_stream
from localaws.media.source_layout import SourceLayout
from localaws.medialive.input_loss import InputLoss

# The encoder behind it converts to the rate of its output.
_FRAMES_PER_SECOND = 30
# Of black without a last frame to take the size from.
_SIZE = "640x360"
_READ_BYTES = 64 * 1024
_TABLES = 0

# Codecs, as MediaConnect names them -> ffmpeg's encoders of them.
_VIDEO = {
    "AVC": ("libx264", "-preset", "ultrafast", "-tune", "zerolatency"),
    "HEVC": ("libx265", "-preset", "ultrafast", "-tune", "zerolatency"),
    "MPEG2": ("mpeg2video", "-qscale:v", "2"),
}
_AUDIO = {"AAC": "aac", "AAC_LATM": "aac", "AC3": "ac3", "MP1": "mp2", "MP2": "mp2"}


@dataclass(frozen=True, slots=True)
class Filler:
    """The filler of a lost source.

    Attributes:
        layout: of the source.
        loss: the pictures.
        lost_for: seconds since the source's last packet.
        last_frame: of the source, as a JPEG; None without one.
    """

    layout: SourceLayout
    loss: InputLoss
    lost_for: float
    last_frame: bytes | None

    async def packets(self) -> AsyncGenerator[bytes, None]:
        """Yield its stream in real time, until the caller ends it."""
        with tempfile.TemporaryDirectory(prefix="lunora-filler-") as folder:
            async with contextlib.aclosing(self._encoded(Path(folder))) as chunks:
                async for chunk in chunks:
                    yield chunk

    async def _encoded(self, folder: Path) -> AsyncGenerator[bytes, None]:
        frame = folder / "last.jpg"
        if self.last_frame is not None:
            frame.write_bytes(self.last_frame)
        own = {self.layout.video.pid} if self.layout.video else set()
        own |= {audio.pid for audio in self.layout.audios}
        command = self.command(frame if self.last_frame is not None else None)
        async with subprocesses.running(command) as process:
            read = bytearray()
            while more := await subprocesses.stdout(process).read(_READ_BYTES):
                read += more
                whole = len(read) // transport_stream.PACKET_BYTES * transport_stream.PACKET_BYTES
                chunk = b"".join(self._placed(bytes(read[:whole]), own))
                del read[:whole]
                if chunk:
                    yield chunk

    def _placed(self, stream: bytes, own: set[int]) -> Iterator[bytes]:
        """Yield the packets of *stream* with the source's tables in place of its own."""
        for packet in transport_stream.packets(stream):
            pid = transport_stream.identifier(packet)
            if pid == _TABLES:
                yield self.layout.tables
            elif pid in own:
                yield packet

    def command(self, frame: Path | None) -> tuple[str, ...]:
        """Return ffmpeg's command; *frame* is the file of the last frame."""
        streams = []
        graph, mapped = [], []
        video = self.layout.video
        if video is not None and video.codec in _VIDEO:
            graph.append(f"{self._picture(frame)},realtime[v]")
            encoder = _VIDEO[video.codec]
            mapped += ["-map", "[v]", "-c:v", *encoder, "-g", str(_FRAMES_PER_SECOND)]
            mapped += ["-pix_fmt", "yuv420p", "-bf", "0"]
            streams.append(video.pid)
        for number, audio in enumerate(self.layout.audios):
            if audio.codec in _AUDIO:
                graph.append(f"anullsrc=r=48000:cl=stereo,arealtime[a{number}]")
                mapped += ["-map", f"[a{number}]", f"-c:a:{number}", _AUDIO[audio.codec]]
                streams.append(audio.pid)
        begin = (self.layout.seconds or 0.0) + self.lost_for
        return (
            *("ffmpeg", "-hide_banner", "-nostats", "-loglevel", "error", "-nostdin"),
            *("-threads", "1", "-filter_complex", ";".join(graph), *mapped),
            *(w for number, pid in enumerate(streams) for w in ("-streamid", f"{number}:{pid}")),
            *("-muxdelay", "0", "-muxpreload", "0", "-output_ts_offset", f"{begin:.3f}"),
            *("-mpegts_flags", "+initial_discontinuity", "-flush_packets", "1"),
            *("-f", "mpegts", "pipe:1"),
        )

    def _picture(self, frame: Path | None) -> str:
        """Return the graph of the pictures that are left, one after the other."""
        size = f"{_size_of(frame)}" if frame else _SIZE
        width, height = size.split("x")
        scaled = f"scale={width}:{height},setsar=1,format=yuv420p"
        repeat = self.loss.repeat_seconds - self.lost_for
        black = self.loss.black_seconds + min(repeat, 0.0)
        parts = []
        if frame is not None and repeat > 0:
            parts.append((repeat, f"movie={frame},{scaled},{_lasting(repeat)}"))
        if black > 0:
            parts.append((black, f"{_colour('000000', size)},{scaled},{_lasting(black)}"))
        last = f"movie={self.loss.slate}" if self.loss.slate else _colour(self.loss.color, size)
        parts.append((math.inf, f"{last},{scaled},{_lasting(math.inf)}"))
        shown: list[str] = []
        for seconds, picture in parts:
            shown.append(picture)
            if seconds == math.inf:
                break
        if len(shown) == 1:
            return shown[0]
        named = "".join(f"{picture}[p{number}];" for number, picture in enumerate(shown))
        return (
            f"{named}{''.join(f'[p{number}]' for number in range(len(shown)))}concat=n={len(shown)}"
        )


def _colour(rgb: str, size: str) -> str:
    return f"color=c=0x{rgb}:s={size}:r={_FRAMES_PER_SECOND},trim=end_frame=1"


def _lasting(seconds: float) -> str:
    """Return the filters that hold one picture for *seconds*."""
    is_endless = seconds == math.inf
    copies = -1 if is_endless else max(round(seconds * _FRAMES_PER_SECOND) - 1, 0)
    return f"loop=loop={copies}:size=1,settb=1/{_FRAMES_PER_SECOND},setpts=N"


def _size_of(jpeg: Path) -> str:
    with Image.open(jpeg) as picture:
        return f"{picture.width}x{picture.height}"
