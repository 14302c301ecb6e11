"""Standard streams that are full or closed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stage import configure

FULL = Path("/dev/full")
COMMAND = f"{sys.executable} -m lunora"


def shell(command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LUNORA_STACK": "local"}
    return subprocess.run(  # noqa: S602 - our own words; the redirection is what is tested
        command, shell=True, capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("words", ["presets", "presets --json", "--version", "platforms"])
def test_a_full_stdout_is_one_line(words: str) -> None:
    ended = shell(f"{COMMAND} {words} > {FULL}")
    assert ended.returncode == 2
    assert ended.stderr.startswith("LUN402: ")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
def test_a_full_stderr_leaves_an_exit_code() -> None:
    ended = shell(f"{COMMAND} validate nowhere 2> {FULL}")
    assert ended.returncode == 2


@pytest.mark.parametrize("words", ["presets >&-", "presets --json >&-", "validate nowhere 2>&-"])
def test_a_closed_stream_is_no_traceback(words: str) -> None:
    assert "Traceback" not in shell(f"{COMMAND} {words}").stderr


def test_a_closed_pipe_is_no_traceback() -> None:
    assert shell(f"{COMMAND} presets --json | true").stderr == ""


def test_a_closed_stdin_is_one_line(project: Path) -> None:
    configure(project, "http://127.0.0.1:1")
    words = "add show --platform twitch --preset 720p30 --key-stdin"
    ended = shell(f"{COMMAND} {words} <&-")
    assert ended.returncode == 2
    assert ended.stderr.startswith("LUN400: ")
    assert not (project / "destinations/show.yaml").exists()
