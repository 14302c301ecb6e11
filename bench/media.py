"""What real video costs: CPU seconds of each part for a minute of one destination.

python bench/media.py
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from catalog.presets import presets
from localaws.media.settings import MediaSettings
from localaws.server import EmbeddedAws
from tests.support.broadcast import Broadcast, until, watching

_PRESETS = ("480p30", "720p30", "1080p30", "1080p60")
_RUNS, _SECONDS = 3, 10
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the machine, and the median and the spread of each preset."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for preset in _PRESETS:
        runs = _measured(preset)
        for part in runs[0]:
            values = [run[part] for run in runs]
            print(
                f"{preset:8} {part:9} {statistics.median(values):6.1f} CPU s a minute"
                f" ({min(values):.1f} to {max(values):.1f} in {_RUNS} runs of {_SECONDS} s)"
            )


def _measured(preset: str) -> list[dict[str, float]]:
    with EmbeddedAws(media=MediaSettings()) as aws:
        broadcast = Broadcast(aws, set())
        try:
            broadcast.destination("one", preset)
            broadcast.begin()
            until(lambda: broadcast.arriving)
            pictures = presets()[preset].frames_per_second * _SECONDS
            with watching(broadcast.arriving["one"], seconds=120) as viewer:
                viewer.times(pictures // 2)  # past what is encoded faster than it is shown
                return [_used(lambda: viewer.times(pictures)) for _ in range(_RUNS)]
        finally:
            broadcast.end()


def _used(work: Callable[[], object]) -> dict[str, float]:
    before = _parts()
    work()
    after = _parts()
    return {part: (after[part] - before[part]) * 60 / _SECONDS for part in after}


def _parts() -> dict[str, float]:
    """Return the CPU seconds that the encoder, the relay with its gate, and SRT have used."""
    found = {"encoder": 0.0, "relay": sum(os.times()[:2]), "srt": 0.0, "ingest": 0.0}
    marks = {"-fpre": "encoder", "srt-live-transmit": "srt", "nginx": "ingest"}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        for mark, part in marks.items():
            if int(stat[1]) == os.getpid() and mark in words:
                found[part] += (int(stat[11]) + int(stat[12])) / _TICKS
    return found


if __name__ == "__main__":
    main()
