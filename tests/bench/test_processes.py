"""A command's cost is that of all its processes, each counted as the part it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench import processes


def _part(words: Sequence[str]) -> str:
    return "python" if "-c" in words else "other"


def _run(program: str, **more: object) -> processes.Cost:
    words = (sys.executable, "-c", program)
    return processes.run(
        words,
        folder=Path(),
        environment=os.environ,
        part_of=_part,
        **more,  # type: ignore[arg-type]
    )


def test_memory_and_cpu_seconds_are_those_of_the_part() -> None:
    cost = _run("sum(range(2_000_000))")
    assert set(cost.peak_mb) == {"python"}
    assert cost.peak_mb["python"] > 0
    assert cost.cpu_seconds > 0
    assert cost.seconds > 0


def test_a_command_that_fails_is_an_error_with_what_it_printed() -> None:
    with pytest.raises(processes.CommandError, match="exit code 3\nthe reason"):
        _run("import sys; print('the reason'); sys.exit(3)")


def test_an_exit_code_may_be_accepted() -> None:
    assert _run("import sys; sys.exit(1)", accepts=(0, 1)).seconds > 0


def test_a_process_says_what_it_holds_and_has_spent() -> None:
    assert processes.memory_mb(os.getpid()) > 1
    assert processes.cpu_seconds(os.getpid()) > 0
