"""Subprocesses that end with this process.

Each runs in a process group of its own, gets SIGKILL from the kernel when the thread that
started it ends (PR_SET_PDEATHSIG, set by setpriv), and is ended when its block is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence

# What a command begins with so that it does not outlive the thread that starts it.
NEVER_ALONE = ("setpriv", "--pdeathsig", "KILL", "--")

_GRACE_SECONDS = 2.0


@contextlib.asynccontextmanager
async def running(
    command: Sequence[str], *, secret_options: str = "", reads: bool = False
) -> AsyncIterator[Process]:
    """Run *command* with its stdout and stderr piped.

    Args:
        command: program and arguments, in which `{secret}` becomes the name of a file.
        secret_options: what this file holds; it is a pipe, so that it is in no process list, no
            environment and on no disk. At most 4 KiB.
        reads: whether its stdin is a pipe.
    """
    reading, writing = os.pipe()
    try:
        os.write(writing, secret_options.encode())
        os.close(writing)
        process = await asyncio.create_subprocess_exec(
            *NEVER_ALONE,
            *(word.replace("{secret}", f"/dev/fd/{reading}") for word in command),
            stdin=PIPE if reads else DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            start_new_session=True,
            pass_fds=[reading],
        )
    finally:
        os.close(reading)
    try:
        yield process
    finally:
        await _ended(process)


async def _ended(process: Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    _signal(process, signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), _GRACE_SECONDS)
    except TimeoutError:
        _signal(process, signal.SIGKILL)
        await process.wait()


def _signal(process: Process, number: signal.Signals) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def stdout(process: Process) -> asyncio.StreamReader:
    """Return the stdout of what `running` yields."""
    return _piped(process.stdout)


def stderr(process: Process) -> asyncio.StreamReader:
    """Return the stderr of what `running` yields."""
    return _piped(process.stderr)


def _piped(stream: asyncio.StreamReader | None) -> asyncio.StreamReader:
    assert stream is not None  # noqa: S101 - `running` pipes both
    return stream
