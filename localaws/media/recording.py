"""The last seconds of a transport stream, and the picture in them."""

from __future__ import annotations

import subprocess

from localaws.media.subprocesses import NEVER_ALONE

# Enough for a key frame: six seconds of a source of 8 Mbit/s.
_MOST_BYTES = 6_000_000
_PACKET_BYTES = 188
# The emulator answers nobody else meanwhile.
_DECODING_SECONDS = 5.0
_COMMAND = (
    *(*NEVER_ALONE, "ffmpeg", "-hide_banner", "-loglevel", "quiet", "-threads", "1"),
    *("-skip_frame", "nokey", "-f", "mpegts", "-i", "pipe:0", "-an", "-sn"),
    *("-vf", "scale=640:-2", "-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"),
)
_JPEG_BEGINS = b"\xff\xd8\xff"


class Recording:
    """Keeps the end of what is added to it; can be read in another thread."""

    def __init__(self) -> None:
        self._stream = bytearray()

    def add(self, packets: bytes) -> None:
        """Add whole packets of a transport stream."""
        self._stream += packets
        if len(self._stream) > 2 * _MOST_BYTES:
            kept = _MOST_BYTES // _PACKET_BYTES * _PACKET_BYTES
            del self._stream[:-kept]

    def clear(self) -> None:
        """Forget everything: what comes next is another stream."""
        self._stream.clear()

    def jpeg(self) -> bytes | None:
        """Return the last key frame, 640 pixels wide; None where there is none, or not in time."""
        if not self._stream:
            return None
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                _COMMAND,
                input=bytes(self._stream),
                stdout=subprocess.PIPE,
                timeout=_DECODING_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        begin = done.stdout.rfind(_JPEG_BEGINS)
        return None if begin < 0 else done.stdout[begin:]
