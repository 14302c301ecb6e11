"""Start and stop of the emulator as a background process."""

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

from catalog.errors import LunoraError

_READY_SECONDS = 30

# A proxy of the environment does not reach loopback.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def start(folder: Path, port: int, latency: str, *, enforce_iam: bool = False) -> str:
    """Start it, unless it listens already; returns a sentence.

    Args:
        folder: keeps its process id, its state (`aws.state`) and its log (`aws.log`).
        port: on 127.0.0.1.
        latency: profile of latency.yaml.
        enforce_iam: whether it checks calls against the caller's policies.

    Raises:
        LunoraError: if it does not answer in time, or the port is in use.
    """
    endpoint = f"http://127.0.0.1:{port}"
    home = _home_of(endpoint)
    if home == str(folder.resolve()):
        return f"the emulator listens at {endpoint}"
    if home is not None:
        raise LunoraError(
            "LUN510",
            f"cannot start the emulator: that of {home} listens at {endpoint}",
            remedy="end it with `make down` there",
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
    try:
        _wait_until_healthy(endpoint, process, folder)
    except LunoraError:
        process.terminate()
        process.wait()
        raise
    # Not before: a failed start must not hide a running emulator from `stop`.
    (folder / "aws.pid").write_text(str(process.pid))
    return f"the emulator now listens at {endpoint}; its log is {folder / 'aws.log'}"


def stop(folder: Path) -> str:
    """End it and forget its state; returns a sentence."""
    pid_file = folder / "aws.pid"
    if not pid_file.exists():
        return "no emulator was started here"
    pid = _emulator_pid(pid_file)
    if pid is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            _wait_until_gone(pid)
    pid_file.unlink()
    (folder / "aws.state").unlink(missing_ok=True)
    return "the emulator has ended"


def _emulator_pid(pid_file: Path) -> int | None:
    """Return the process id in *pid_file*; None for no number and for other programs' processes."""
    text = pid_file.read_text(errors="replace").strip()
    if not text.isascii() or not text.isdigit():
        return None
    process = Path("/proc") / text
    if process.parent.is_dir():
        command_line = process / "cmdline"
        command = command_line.read_text(errors="replace") if command_line.exists() else ""
    else:
        ps = ["ps", "-o", "command=", "-p", text]
        command = subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own words
    return int(text) if "localaws" in command and "serve" in command else None


def _wait_until_healthy(endpoint: str, process: subprocess.Popen[bytes], folder: Path) -> None:
    def is_healthy() -> bool:
        if process.poll() is not None:
            last = (folder / "aws.out").read_text().strip().splitlines()[-1:]
            raise LunoraError(
                "LUN511", f"cannot start the emulator: it ended at once: {''.join(last)}"
            )
        return _home_of(endpoint) is not None

    def give_up(_: object) -> NoReturn:
        raise LunoraError(
            "LUN511",
            f"cannot start the emulator: no answer at {endpoint}",
            remedy=f"see {folder / 'aws.out'}",
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
    """Return the folder of the emulator that listens there; None when none does."""
    try:
        with DIRECT.open(f"{endpoint}/_localaws/health", timeout=2) as answer:
            return str(json.load(answer)["home"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
