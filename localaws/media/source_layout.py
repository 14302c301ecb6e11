"""Layout of a source: its tables, its streams, its time and where decoding can begin."""

from __future__ import annotations

from dataclasses import dataclass

from localaws.media import transport_stream
from localaws.media.program_tables import ProgramTables


@dataclass(frozen=True, slots=True)
class ElementaryStream:
    """One video or audio of a source: its PID and its codec, as MediaConnect names it."""

    pid: int
    codec: str


class SourceLayout:
    """The layout of the transport stream that came in last.

    Attributes:
        seconds: time of decoding of the last unit of its video, or of its first audio.
    """

    def __init__(self) -> None:
        self._tables = ProgramTables()
        self.seconds: float | None = None

    @property
    def tables(self) -> bytes:
        """The packets of its program tables."""
        return self._tables.packets

    @property
    def video(self) -> ElementaryStream | None:
        """Its first video; None for a source of sound alone."""
        return next(iter(self._streams("Video")), None)

    @property
    def audios(self) -> list[ElementaryStream]:
        """Its audio, in the order of its program."""
        return self._streams("Audio")

    def read(self, chunk: bytes) -> None:
        """Read whole packets."""
        self._tables.read(chunk)
        pid = self._clock
        for packet in transport_stream.packets(chunk):
            if transport_stream.identifier(packet) == pid:
                seconds = transport_stream.unit_seconds(packet)
                self.seconds = self.seconds if seconds is None else seconds

    def entry(self, chunk: bytes) -> bytes | None:
        """Return *chunk* from where decoding can begin, its tables before it; None if nowhere."""
        pid = self._clock
        for number, packet in enumerate(transport_stream.packets(chunk)):
            is_entry = transport_stream.is_random_access(packet)
            if is_entry and transport_stream.identifier(packet) == pid:
                return self.tables + chunk[number * transport_stream.PACKET_BYTES :]
        return None

    @property
    def _clock(self) -> int | None:
        main = self.video or next(iter(self.audios), None)
        return main.pid if main else None

    def _streams(self, kind: str) -> list[ElementaryStream]:
        programs = self._tables.programs
        return [
            ElementaryStream(stream["Pid"], stream["Codec"])
            for stream in (programs[0]["Streams"] if programs else ())
            if stream["StreamType"] == kind
        ]
