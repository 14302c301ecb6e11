"""A command's cost is that of all its processes, each counted as the part it is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bench import processes


def _run(program: str, *more: str) -> processes.Cost:
    words = (sys.executable, "-c", program, *more)
    return processes.run(words, folder=Path(), environment=os.environ)


def test_memory_and_cpu_seconds_are_those_of_the_part() -> None:
    cost = _run("sum(range(2_000_000))", "offline.aws_plugin")
    assert set(cost.peak_mb) == {"AWS plugin"}
    assert cost.peak_mb["AWS plugin"] > 1
    assert cost.cpu_seconds > 0
    assert cost.seconds > 0


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["/x/pulumi", "up"], "engine"),
        (["python", "-m", "provider"], "provider"),
        (["/x/terraform-provider-aws_v5.100.0_x5"], "AWS plugin"),
        (["python", "-m", "offline.pulumi_engine.language_host", "--exec"], "language host"),
        (["python", "/x/pulumi-language-python-exec", "--", "."], "program"),
    ],
)
def test_a_process_is_a_part_by_its_command_line(words: list[str], part: str) -> None:
    assert processes.part_of(words) == part


def test_a_command_that_fails_is_an_error_with_what_it_printed() -> None:
    with pytest.raises(RuntimeError, match="exit code 3\nthe reason"):
        _run("import sys; print('the reason'); sys.exit(3)")
