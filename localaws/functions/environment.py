"""An execution environment: one process that runs a function's invocations one after another.

It is initialized once, by its first invocation, and frozen between invocations (Lambda developer
guide, "Understanding the Lambda execution environment lifecycle").
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localaws.functions.runtime_api import Invocation, Result, RuntimeApi

# What the initialization may take before the invocation's own time begins (as above).
_INIT_SECONDS = 10.0
# How often the process is looked at while it works: whether it lives, and its memory.
_LOOK_SECONDS = 0.05
_FREEZE_SECONDS = 1.0
_KILOBYTES = 1024
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of an invocation.

    Attributes:
        payload: the function's response, or an error as a document.
        error: None, or the type of the error.
        status: of the report's line: success, error or timeout.
        seconds: how long the handler took.
        init_seconds: how long the initialization took; None in a warm environment.
        memory_mb: the most memory that the process had.
        output: what the function wrote, the initialization's as well.
    """

    payload: Any
    error: str | None
    status: str
    seconds: float
    init_seconds: float | None
    memory_mb: int
    output: str


class Environment:
    """A process with the Runtime API.

    Args:
        handler: of the function, as declared.
        folder: of its code.
        variables: all of its environment.
        memory_mb: what it may use at most.
    """

    def __init__(
        self, handler: str, folder: Path, variables: Mapping[str, str], memory_mb: int
    ) -> None:
        self._memory_mb, self._peak_mb = memory_mb, 0
        self._api = RuntimeApi()
        self._began = time.monotonic()
        self._is_initialized = False
        reading, writing = os.pipe()
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_NONBLOCK)
        # A group of its own in our session: the kernel ends stopped processes whose group loses
        # its last parent in the session, so that none outlives the emulator.
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter that runs us
            # Without site: only the runtime's packages are there, as in Lambda.
            [sys.executable, "-S", "-m", "awslambdaric", handler],
            cwd=folder,
            env={**variables, "AWS_LAMBDA_RUNTIME_API": self._api.address},
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            process_group=0,
        )
        os.close(writing)
        self._output = _Output(reading)

    def invoke(self, invocation: Invocation, timeout: float) -> Outcome:
        """Run one invocation; an environment that does not succeed is of no further use.

        Args:
            invocation: its deadline is set here, after the initialization.
            timeout: of the function, in seconds.
        """
        self._signal(signal.SIGCONT)
        init_seconds = None
        if not self._is_initialized:
            failure = self._initialize(invocation, timeout)
            init_seconds = time.monotonic() - self._began
            if failure is not None:
                return self._ended(failure, 0.0, init_seconds)
        began = time.monotonic()
        deadline = time.time() + timeout
        self._api.hand_over(dataclasses.replace(invocation, deadline=deadline))
        result = self._wait(self._api.result, began + timeout, invocation, timeout)
        outcome = self._ended(result, time.monotonic() - began, init_seconds)
        if self.is_alive:
            self._api.wait_until_idle(_FREEZE_SECONDS)
            self._signal(signal.SIGSTOP)
        return outcome

    @property
    def is_alive(self) -> bool:
        """True while the process can take another invocation."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process at once."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._api.close()
        self._output.close()

    def _initialize(self, invocation: Invocation, timeout: float) -> _Failure | None:
        def begun() -> Result | None:
            return Result(b"") if self._api.is_idle or self._api.init_error else None

        limit = self._began + _INIT_SECONDS + timeout
        ended = self._wait(begun, limit, invocation, timeout)
        if isinstance(ended, _Failure) and self._api.init_error is None:
            return ended
        if (error := self._api.init_error) is not None:
            document = {**error, "requestId": invocation.request_id}
            return _Failure(document, "error")
        self._is_initialized = True
        return None

    def _wait(
        self, answer: Any, limit: float, invocation: Invocation, timeout: float
    ) -> Result | _Failure:
        name = f"RequestId: {invocation.request_id} Error:"
        while (result := answer()) is None:
            self._output.read()
            if (code := self._process.poll()) is not None:
                # What it sent just before its end may still be on its way.
                self._api.wait(_LOOK_SECONDS)
                if (result := answer()) is not None:
                    break
                return _Failure.of("Runtime.ExitError", f"{name} {_exit_reason(code)}")
            self._peak_mb = max(self._peak_mb, self._memory("VmHWM"))
            if self._memory("VmRSS") > self._memory_mb:
                self._signal(signal.SIGKILL)
                reason = "Runtime exited with error: signal: killed"
                return _Failure.of("Runtime.OutOfMemory", f"{name} {reason}")
            rest = limit - time.monotonic()
            if rest <= 0:
                self._signal(signal.SIGKILL)
                # The runtime interface emulator of AWS words it so.
                text = f"{name} Task timed out after {timeout:.2f} seconds"
                return _Failure.of("Sandbox.Timedout", text, "timeout")
            self._api.wait(min(rest, _LOOK_SECONDS))
        typed: Result = result
        return typed

    def _ended(
        self, result: Result | _Failure, seconds: float, init_seconds: float | None
    ) -> Outcome:
        memory = min(max(self._peak_mb, self._memory("VmHWM")), self._memory_mb)
        if isinstance(result, _Failure):
            self._process.wait()
            ending: tuple[Any, str | None, str] = (
                result.document,
                str(result.document["errorType"]),
                result.status,
            )
        else:
            ending = (result.payload, "Unhandled" if result.is_error else None, "success")
        return Outcome(*ending, seconds, init_seconds, memory, self._output.taken())

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _memory(self, name: str) -> int:
        """Return a figure of the process in MB; 0 where the system does not tell."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{self._process.pid}/status").read_text().splitlines():
                if line.startswith(f"{name}:"):
                    return int(line.split()[1]) // _KILOBYTES
        return 0


@dataclass(frozen=True, slots=True)
class _Failure:
    """An end without the runtime's answer."""

    document: dict[str, Any]
    status: str

    @classmethod
    def of(cls, kind: str, message: str, status: str = "error") -> _Failure:
        return cls({"errorType": kind, "errorMessage": message}, status)


class _Output:
    """Output of a process, read without waiting for more."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._chunks: list[bytes] = []
        self._is_closed = False

    def read(self) -> None:
        """Read all that is there."""
        with self._lock, contextlib.suppress(BlockingIOError, OSError):
            while not self._is_closed and (chunk := os.read(self._descriptor, _CHUNK)):
                self._chunks.append(chunk)

    def taken(self) -> str:
        """Return what was read since the last time."""
        self.read()
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks).decode(errors="replace")

    def close(self) -> None:
        """Read no more."""
        with self._lock:
            self._is_closed = True
            os.close(self._descriptor)


def _exit_reason(code: int) -> str:
    if code == 0:
        return "Runtime exited without providing a reason"
    if code < 0:
        return f"Runtime exited with error: signal: {str(signal.strsignal(-code)).lower()}"
    return f"Runtime exited with error: exit status {code}"
