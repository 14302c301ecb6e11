"""The cost of a command: its time, and the CPU seconds and memory of all its processes."""

from __future__ import annotations

import collections
import contextlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

_RAISED = ("channels", "push_inputs", "input_security_groups", "flows")
_SPARE = 20
_SAMPLE_SECONDS = 0.2
_TAIL = 3000

PartOf = Callable[[Sequence[str]], str]
"""Names the part of a command that a process is, from the process's own command line."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one command.

    Attributes:
        seconds: from its start to its end.
        cpu_seconds: of the command and of all that it started and waited for.
        part_cpu_seconds: by part, as last seen of each process; a fraction of a second short.
        peak_mb: resident memory by part, each at its own peak. What processes share counts in each.
    """

    seconds: float
    cpu_seconds: float
    part_cpu_seconds: Mapping[str, float]
    peak_mb: Mapping[str, float]


class CommandError(Exception):
    """A command ended as it must not; the text is the end of what it printed."""


def run(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    part_of: PartOf,
    accepts: Collection[int] = (0,),
) -> Cost:
    """Run a command to its end, one at a time.

    Raises:
        CommandError: when its exit code is none that is accepted.
    """
    began, spent = time.perf_counter(), _spent_by_children()
    with (
        tempfile.TemporaryFile("w+") as output,
        subprocess.Popen(  # noqa: S603 - the words of a measurement
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
        _Sampler(process.pid, part_of) as sampler,
    ):
        code = process.wait()
        seconds = time.perf_counter() - began
        if code not in accepts:
            output.seek(0)
            raise CommandError(f"{' '.join(words)}: exit code {code}\n{output.read()[-_TAIL:]}")
    return Cost(seconds, _spent_by_children() - spent, sampler.cpu_seconds, dict(sampler.peak_mb))


def cpu_seconds(pid: int) -> float:
    """Return what one process has spent so far."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def memory_mb(pid: int) -> float:
    """Return the resident memory of one process."""
    return float(psutil.Process(pid).memory_info().rss / 1e6)


class _Sampler:
    """Samples a process and its descendants, several times a second, while it is entered."""

    def __init__(self, pid: int, part_of: PartOf) -> None:
        self._root, self._part_of = psutil.Process(pid), part_of
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample_until_ended)
        self._spent: dict[tuple[str, int], float] = {}
        self.peak_mb: dict[str, float] = {}

    @property
    def cpu_seconds(self) -> Mapping[str, float]:
        by_part: dict[str, float] = collections.defaultdict(float)
        for (part, _), spent in self._spent.items():
            by_part[part] += spent
        return dict(by_part)

    def __enter__(self) -> Self:
        # Until the kernel has finished its exec, a process has no command line.
        with contextlib.suppress(psutil.NoSuchProcess):
            while not self._root.cmdline():
                time.sleep(0.001)
        self._sample([self._root])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample_until_ended(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            with contextlib.suppress(psutil.NoSuchProcess):
                self._sample([self._root, *self._root.children(recursive=True)])

    def _sample(self, processes: Sequence[psutil.Process]) -> None:
        megabytes_of: dict[str, float] = collections.defaultdict(float)
        for process in processes:
            # Processes come and go between listing and looking.
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if not (words := process.cmdline()):
                    continue
                part = self._part_of(words)
                megabytes_of[part] += process.memory_info().rss / 1e6
                times = process.cpu_times()
                self._spent[part, process.pid] = times.user + times.system
        for part, megabytes in megabytes_of.items():
            self.peak_mb[part] = max(self.peak_mb.get(part, 0.0), megabytes)


def _spent_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Embedded:
    """An emulator in a process of its own: its costs are not the program's."""

    endpoint: str
    pid: int


@contextlib.contextmanager
def serving(destinations: int, latency: str = "instant") -> Iterator[Embedded]:
    """Run an emulator with quotas for *destinations* and some more.

    Raises:
        RuntimeError: when it does not come up.
    """
    port = _free_port()
    quotas = [f"{name}={destinations + _SPARE}" for name in _RAISED]
    raised = [word for quota in quotas for word in ("--quota", quota)]
    serve = (sys.executable, "-m", "localaws", "serve", "--port", str(port))
    with subprocess.Popen(  # noqa: S603 - our own module
        [*serve, "--latency", latency, *raised], stdout=subprocess.PIPE
    ) as process:
        try:
            if process.stdout is None or not process.stdout.readline():
                raise RuntimeError("the emulator did not start")
            yield Embedded(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
