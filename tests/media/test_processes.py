"""The emulator as a process: what others see of it, and what is left when it is killed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localaws.media import source, tools
from tests.support.broadcast import ROOT, Destinations, until
from tests.support.processes import children_of

pytestmark = pytest.mark.media


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m localaws serve --media`, and its endpoint."""
    if lacking := tools.missing():
        pytest.skip(
            f"real media needs {', '.join(lacking)}: run `python -m localaws.media` as root"
        )
    ports = ("--port", "0", "--srt-port", "0", "--rtmp-port", "0")
    command = [sys.executable, "-m", "localaws", "serve", "--media", *ports]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        try:
            assert process.stdout is not None
            first = process.stdout.readline()
            assert first.startswith("the emulator listens at "), first
            yield process, first.split()[-1]
        finally:
            process.kill()


def shown(endpoint: str) -> Any:
    with urllib.request.urlopen(f"{endpoint}/_localaws/media", timeout=10) as answer:  # noqa: S310 - loopback
        return json.load(answer)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_no_process_shows_a_key_and_none_outlives_the_embedded_aws(
    served: tuple[subprocess.Popen[str], str],
) -> None:
    process, endpoint = served
    destinations = Destinations(endpoint, set())
    key = destinations.destination("stage", "480p30")
    (url,) = shown(endpoint)["sources"].values()
    with subprocess.Popen(source.command(url), cwd=ROOT) as sending:  # noqa: S603 - ours
        try:
            until(lambda: shown(endpoint)["arriving"])
            children = children_of(process.pid)
        finally:
            sending.kill()
    programs = {"nginx", "ffmpeg", "srt-live-transmit"}
    assert {name for name in programs if name in " ".join(children.values())} == programs
    assert key not in " ".join(children.values())
    assert key not in json.dumps(shown(endpoint))

    process.send_signal(signal.SIGKILL)
    process.wait()
    until(lambda: not any(is_alive(pid) for pid in children))
