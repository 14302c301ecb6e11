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
from bench.processes import Cost, cpu_seconds, memory_mb, serving
from bench.project import PER_FLOW, STATE_AT_THE_END, Project
from tests.support.workspace import ROOT

_LUNORA = str(ROOT / ".venv/bin/lunora")
_RUN = ("--yes", "--skip-preview")


def main() -> None:
    """Print the machine and a line for each step."""
    given = options(__doc__, destinations=500, stacks=5, per_flow=PER_FLOW, checkpoints=False)
    each = given.destinations // given.stacks
    settings = {} if given.checkpoints else STATE_AT_THE_END
    with tempfile.TemporaryDirectory() as scratch, serving(given.destinations) as aws:
        projects = [
            Project(Path(scratch) / stack, aws.endpoint, stack, given.per_flow, settings)
            for stack in (f"s{number}" for number in range(given.stacks))
        ]
        print(machine())
        print(f"{given.stacks} stacks of {each} destinations, {given.per_flow} a flow")
        _steps(projects, each)
        used = cpu_seconds(aws.pid)
        print(f"{'emulator':24} {used:17.1f} s CPU {memory_mb(aws.pid):6.0f} MB")


def _steps(projects: list[Project], each: int) -> None:
    for project in projects:
        project.folder.mkdir()
        project.write(each)
        for number in range(each):
            project.destination(number)
        _print(f"up {project.stack}", project.pulumi("up", *_RUN))
    print(f"{sum(project.resources for project in projects)} resources in {len(projects)} states")
    first = projects[0]
    _print("validate", first.run(_LUNORA, "validate"))
    _print("preview, no change", first.pulumi("preview", "--expect-no-changes"))
    first.destination(0, preset="720p30")
    _print("up, one changed", first.pulumi("up", *_RUN))
    # Nothing has been measured yet, which status answers with exit code 1.
    status = first.run(_LUNORA, "status", "--stack", first.stack, "--json", accepts=(0, 1))
    _print("status", status)
    for project in projects:
        _print(f"destroy {project.stack}", project.pulumi("destroy", *_RUN))


def _print(step: str, cost: Cost) -> None:
    cpu, megabytes = cost.cpu_seconds, sum(cost.peak_mb.values())
    print(f"{step:24} {cost.seconds:7.1f} s {cpu:7.1f} s CPU {megabytes:6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
