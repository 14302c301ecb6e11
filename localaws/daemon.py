"""The embedded AWS in the background: started once, found again, ended."""

from __future__ import annotations

import contextlib
import json
import operator
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import NoReturn

import tenacity

_READY_SECONDS = 30


class DaemonError(Exception):
    """It could not be started; the text is one sentence for a person."""


def start(folder: Path, port: int, latency: str, *, enforce_iam: bool = False) -> str:
    """Start it, unless it listens already; returns a sentence.

    Args:
        folder: keeps its process id, its state (`aws.state`) and its log (`aws.log`).
        port: on 127.0.0.1.
        latency: profile of latency.yaml.
        enforce_iam: whether it checks calls against the caller's policies.

    Raises:
        DaemonError: when it does not answer in time, or the port is another's.
    """
    endpoint = f"http://127.0.0.1:{port}"
    home = _home_of(endpoint)
    if home == str(folder.resolve()):
        return f"the embedded AWS listens at {endpoint}"
    if home is not None:
        raise DaemonError(
            f"the embedded AWS of {home} listens at {endpoint}; end it with `make down` there"
        )
    folder.mkdir(exist_ok=True)
    with (folder / "aws.out").open("w") as out:
        process = subprocess.Popen(  # noqa: S603 - our own module
            [
                *(sys.executable, "-m", "localaws", "serve"),
                *("--port", str(port), "--latency", latency),
                *(["--enforce-iam"] if enforce_iam else []),
                *("--state", str(folder / "aws.state"), "--log", str(folder / "aws.log")),
            ],
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    (folder / "aws.pid").write_text(str(process.pid))
    _wait_until_healthy(endpoint, process, folder)
    return f"the embedded AWS now listens at {endpoint}; its log is {folder / 'aws.log'}"


def stop(folder: Path) -> str:
    """End it and forget its state; returns a sentence."""
    pid_file = folder / "aws.pid"
    if not pid_file.exists():
        return "no embedded AWS was started here"
    pid = int(pid_file.read_text())
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        _wait_until_gone(pid)
    pid_file.unlink()
    (folder / "aws.state").unlink(missing_ok=True)
    return "the embedded AWS has ended"


def _wait_until_healthy(endpoint: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    def is_healthy() -> bool:
        if process.poll() is not None:
            last = (folder / "aws.out").read_text().strip().splitlines()[-1:]
            raise DaemonError(f"the embedded AWS ended at once: {''.join(last)}")
        return _home_of(endpoint) is not None

    def give_up(_: object) -> NoReturn:
        raise DaemonError(
            f"the embedded AWS does not answer at {endpoint}; see {folder / 'aws.out'}"
        )

    tenacity.Retrying(
        retry=tenacity.retry_if_result(operator.not_),
        stop=tenacity.stop_after_delay(_READY_SECONDS),
        wait=tenacity.wait_fixed(0.1),
        retry_error_callback=give_up,
    )(is_healthy)


def _wait_until_gone(pid: int) -> None:
    waiting = tenacity.Retrying(
        retry=tenacity.retry_if_result(bool),
        stop=tenacity.stop_after_delay(10),
        wait=tenacity.wait_fixed(0.05),
        retry_error_callback=lambda _: None,
    )
    waiting(_exists, pid)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _home_of(endpoint: str) -> str | None:
    """Return the folder of the embedded AWS that listens there; None when none does."""
    try:
        with urllib.request.urlopen(f"{endpoint}/_localaws/health", timeout=2) as answer:  # noqa: S310 - http on loopback
            return str(json.load(answer)["home"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
