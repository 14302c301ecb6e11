"""CPU seconds of `lunora cost` for some numbers of destination files: `python -m bench.cost`."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench import processes
from bench.figures import options

FILES = (1, 20, 200)
_COST = (sys.executable, "-m", "lunora", "cost", "--stack", "prod")
_STACK = """\
config:
  aws:region: us-west-2
  lunora-player:flows: {main: {name: router}}
"""


def project(folder: Path, files: int) -> None:
    """Write a project of so many destination *files* into *folder*."""
    (folder / "Pulumi.yaml").write_text("name: lunora-player\n")
    (folder / "Pulumi.prod.yaml").write_text(_STACK)
    (folder / "destinations").mkdir()
    for number in range(files):
        text = "platform: twitch\npreset: 1080p30\nencoding: {bitrate_kbps: 5000}\n"
        (folder / f"destinations/stream-{number}.yaml").write_text(text)


def main() -> None:
    """Print the median of some runs for each number of files."""
    given = options(__doc__, runs=5)
    for files in FILES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            project(folder, files)
            runs = [
                processes.run(_COST, folder=folder, environment=os.environ)
                for _ in range(given.runs)
            ]
        seconds = [cost.cpu_seconds for cost in runs]
        print(
            f"{files} files: {statistics.median(seconds):.2f} s of CPU ({min(seconds):.2f} least)"
        )


if __name__ == "__main__":
    main()
