"""CPU seconds of `lunora cost` for some numbers of destination files: `python -m bench.cost`."""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

FILES = (1, 20, 200)
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


def cpu_seconds(folder: Path) -> float:
    """Return the CPU seconds of one run in *folder*."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "lunora", "cost", "--stack", "prod"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - our own
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the median of some runs for each number of files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs: int = parser.parse_args().runs
    for files in FILES:
        with tempfile.TemporaryDirectory() as name:
            project(Path(name), files)
            seconds = [cpu_seconds(Path(name)) for _ in range(runs)]
        print(
            f"{files} files: {statistics.median(seconds):.2f} s of CPU ({min(seconds):.2f} least)"
        )


if __name__ == "__main__":
    main()
