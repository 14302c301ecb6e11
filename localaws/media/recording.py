"""The last seconds of a transport stream, and the picture in them."""

from __future__ import annotations

import subprocess

from localaws.media.subprocesses import NEVER_ALONE
from localaws.media.transport_stream import PACKET_BYTES, identifier, is_random_access

# Enough for a key frame: six seconds of a source of 8 Mbit/s.
_MOST_BYTES = 6_000_000
# The emulator answers nobody else meanwhile.
_DECODING_SECONDS = 5.0
_DECODER = (*NEVER_ALONE, "ffmpeg", "-hide_banner", "-loglevel", "quiet", "-threads", "1")
_STREAM = ("-f", "mpegts", "-i", "pipe:0", "-an", "-sn")
_PICTURES = ("-f", "image2pipe", "-c:v", "mjpeg", "pipe:1")
_KEY_FRAMES = (*_DECODER, "-skip_frame", "nokey", *_STREAM, "-vf", "scale=640:-2", *_PICTURES)
_LAST_FRAME = (*_DECODER, *_STREAM, "-q:v", "2", *_PICTURES)
_JPEG_BEGINS = b"\xff\xd8\xff"


class Recording:
    """Keeps the end of what is added to it; can be read in another thread."""

    def __init__(self) -> None:
        self._stream = bytearray()

    def add(self, packets: bytes) -> None:
        """Add whole packets of a transport stream."""
        self._stream += packets
        if len(self._stream) > 2 * _MOST_BYTES:
            kept = _MOST_BYTES // PACKET_BYTES * PACKET_BYTES
            del self._stream[:-kept]

    def clear(self) -> None:
        """Forget everything: what comes next is another stream."""
        self._stream.clear()

    def last_frame(self, pid: int, tables: bytes) -> bytes | None:
        """Return the last frame as a JPEG of its own size; None likewise.

        Args:
            pid: of the video.
            tables: the packets that say so.
        """
        stream = bytes(self._stream)
        begin = len(stream) - PACKET_BYTES
        while begin >= 0:
            packet = stream[begin : begin + PACKET_BYTES]
            if identifier(packet) == pid and is_random_access(packet):
                return _last_picture(_LAST_FRAME, tables + stream[begin:])
            begin -= PACKET_BYTES
        return None

    def jpeg(self) -> bytes | None:
        """Return the last key frame, 640 pixels wide; None where there is none, or not in time."""
        return _last_picture(_KEY_FRAMES, bytes(self._stream))


def _last_picture(command: tuple[str, ...], stream: bytes) -> bytes | None:
    """Return the last JPEG that *command* makes of a stream."""
    if not stream:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, input=stream, stdout=subprocess.PIPE, timeout=_DECODING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    begin = done.stdout.rfind(_JPEG_BEGINS)
    return None if begin < 0 else done.stdout[begin:]
