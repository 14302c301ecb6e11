"""`python -m bench.scale`: time and memory of a stack of many destinations on the emulator.

The emulator answers at once, so these are the engine's, the plugins' and the command's own
figures; in an account the waits of MediaLive come on top, side by side. CPU seconds are of all
processes that a command starts, and the same on a busy machine. The stacks come one after the
other, into one account.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.figures import machine, options
from bench.processes import Cost, serving
from bench.project import Project


def main() -> None:
    """Print the machine and a line for each step."""
    given = options(__doc__, destinations=500, stacks=5)
    each = given.destinations // given.stacks
    print(f"{machine()}\n{given.stacks} stacks of {each} destinations")
    with tempfile.TemporaryDirectory() as scratch, serving(given.destinations) as (endpoint, aws):
        projects = []
        for stack in (f"s{number}" for number in range(given.stacks)):
            project = Project(Path(scratch) / stack, endpoint, each, stack=stack, bulk=True)
            project.declare(each)
            _print(f"up {stack}", project.apply())
            projects.append(project)
        resources = sum(project.resources for project in projects)
        print(f"{resources} resources in {len(projects)} states")
        first = projects[0]
        _print("validate", first.run("lunora", "validate"))
        _print("preview, no change", first.preview())
        first.destination(0, preset="720p30")
        _print("up, one changed", first.apply())
        # Nothing has been measured yet, which status answers with exit code 1.
        _print("status", first.run("bash", "-c", "lunora status --stack s0 --json || test $? = 1"))
        for project in projects:
            _print("destroy", project.destroy())
        times = aws.cpu_times()
        used = Cost(0, times.user + times.system, {"emulator": aws.memory_info().rss / 1e6})
        _print("emulator", used)


def _print(step: str, cost: Cost) -> None:
    cpu, megabytes = cost.cpu_seconds, sum(cost.peak_mb.values())
    print(f"{step:24} {cost.seconds:7.1f} s {cpu:7.1f} s CPU {megabytes:6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
