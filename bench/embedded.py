"""An embedded AWS as a process of its own: what it spends is not the program's."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_RAISED = ("channels", "push_inputs", "input_security_groups", "flows")
_ROOM = 20


@dataclass(frozen=True, slots=True)
class Embedded:
    """Where it listens, and its process."""

    endpoint: str
    pid: int


@contextlib.contextmanager
def serving(destinations: int, latency: str = "instant") -> Iterator[Embedded]:
    """Run an embedded AWS with quotas for *destinations* and some more.

    Raises:
        RuntimeError: when it does not come up.
    """
    port = _free_port()
    quotas = [f"{name}={destinations + _ROOM}" for name in _RAISED]
    raised = [word for quota in quotas for word in ("--quota", quota)]
    serve = (sys.executable, "-m", "localaws", "serve", "--port", str(port))
    with subprocess.Popen(  # noqa: S603 - our own module
        [*serve, "--latency", latency, *raised], stdout=subprocess.PIPE
    ) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError("the embedded AWS did not start")
            yield Embedded(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
