"""The cost of a command: its time, and the CPU seconds and memory of all its processes."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_RAISED = ("channels", "push_inputs", "input_security_groups", "flows")
_SPARE = 20
_SAMPLE_SECONDS = 0.2
_TAIL = 3000

# In this order: the command that starts the program is in the language host's own.
_PARTS = {
    "offline.pulumi_engine.language_host": "language host",
    "pulumi-language-python-exec": "program",
    "offline.aws_plugin": "AWS plugin",
    "terraform-provider-aws": "AWS plugin",
    "provider": "provider",
}


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one command.

    Attributes:
        seconds: from its start to its end.
        cpu_seconds: of the command and of all that it started and waited for.
        peak_mb: resident memory by part, each at its own peak. What processes share counts in each.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: Mapping[str, float]


def run(
    words: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    accepted: Collection[int] = (0,),
) -> Cost:
    """Run a command to its end, one at a time.

    Args:
        words: the command.
        folder: where it runs.
        environment: all of its environment.
        accepted: the exit codes of a success.

    Raises:
        RuntimeError: when it fails; with the end of its output.
    """
    began, spent = time.perf_counter(), _spent_by_children()
    peaks, pause = Counter[str](), 0.01
    with tempfile.TemporaryFile("w+") as output:
        process = psutil.Popen(
            words,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        while True:
            try:
                code = process.wait(pause)
                break
            except psutil.TimeoutExpired:
                peaks |= _memory(process)
                pause = min(2 * pause, _SAMPLE_SECONDS)
        seconds = time.perf_counter() - began
        if code not in accepted:
            output.seek(0)
            raise RuntimeError(f"{' '.join(words)}: exit code {code}\n{output.read()[-_TAIL:]}")
    peak_mb = {part: size / 1e6 for part, size in peaks.items()}
    return Cost(seconds, _spent_by_children() - spent, peak_mb)


def _memory(root: psutil.Process) -> Counter[str]:
    """Return the bytes of *root* and its descendants, by part."""
    sizes = Counter[str]()
    # Processes come and go between listing and reading.
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                # A process that has ended, or is about to begin, has no command line.
                if words := process.cmdline():
                    sizes[part_of(words)] += process.memory_info().rss
    return sizes


def part_of(words: Sequence[str]) -> str:
    """Return the part that a process is, by its command line."""
    # The file of Terraform's provider has its version in its name.
    names = {Path(word).name.partition("_v")[0] for word in words}
    return next((part for sign, part in _PARTS.items() if sign in names), "engine")


def _spent_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def serving(destinations: int, latency: str = "instant") -> Iterator[tuple[str, psutil.Process]]:
    """Run an emulator with quotas for *destinations* and some more; yields endpoint and process.

    Its costs are not the program's. Functions run on machines of AWS's; here they would take
    processors from the command, so none runs.
    """
    quotas = ["--quota=concurrent_executions=0"]
    quotas += [f"--quota={name}={destinations + _SPARE}" for name in _RAISED]
    serve = (sys.executable, "-m", "localaws", "serve", "--port=0", f"--latency={latency}")
    with psutil.Popen([*serve, *quotas], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split()[-1], process
        finally:
            process.terminate()
