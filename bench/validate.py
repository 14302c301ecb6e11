"""How long `lunora validate` takes on 100 and on 1,000 files, and how that grows.

python bench/validate.py
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SIZES = (100, 1000)
_RUNS = 5
_FILE = """\
# yaml-language-server: $schema=./schema.json
platform: custom
url: rtmps://ingest.example.org/live
preset: 1080p30
encoding: {{bitrate_kbps: 5000}}
retry: {{attempts: 20, interval_seconds: 5}}
owner: broadcast-team
description: benchmark {number}
tags: {{event: launch}}
"""


def main() -> None:
    """Print the machine, the median of each size, and the growth."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    medians = {size: _median(size) for size in _SIZES}
    for size, seconds in medians.items():
        print(f"{size:5} files: {seconds:6.2f} s, median of {_RUNS} runs of the command")
    small, large = _SIZES
    factor = medians[large] / medians[small]
    print(f"{large // small} times the files take {factor:.1f} times as long")


def _median(size: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        for number in range(size):
            (Path(folder) / f"d{number:04}.yaml").write_text(_FILE.format(number=number))
        return statistics.median(_seconds(folder) for _ in range(_RUNS))


def _seconds(folder: str) -> float:
    command = [str(Path(sys.executable).with_name("lunora")), "validate", folder]
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own command
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
