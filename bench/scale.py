"""How much time and memory a stack of many destinations takes on the embedded AWS.

python -m bench.scale [--destinations 500] [--stacks 5] [--per-flow 50] [--checkpoints]

The embedded AWS answers at once, so these are the engine's, the plugins' and the command's own
figures; in an account the waits of MediaLive come on top, side by side. CPU seconds are of all
processes that a command starts, and the same on a busy machine. The stacks come one after the
other, into one account.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from pathlib import Path

from bench import embedded
from bench.processes import Cost, cpu_seconds, memory_mb
from bench.project import PER_FLOW, STATE_AT_THE_END, Project
from tests.support.workspace import ROOT

_LUNORA = str(ROOT / ".venv/bin/lunora")
_RUN = ("--yes", "--skip-preview")


def main() -> None:
    """Print the machine and a line for each step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--destinations", type=int, default=500, help="of all stacks together")
    parser.add_argument("--stacks", type=int, default=5)
    parser.add_argument("--per-flow", type=int, default=PER_FLOW)
    parser.add_argument("--checkpoints", action="store_true", help="write the state at every step")
    options = parser.parse_args()
    cores, python = os.cpu_count(), platform.python_version()
    print(f"{platform.platform()}, {cores} cores, Python {python}")
    each = options.destinations // options.stacks
    settings = {} if options.checkpoints else STATE_AT_THE_END
    with (
        tempfile.TemporaryDirectory() as scratch,
        embedded.serving(options.destinations) as aws,
    ):
        projects = [
            Project(Path(scratch) / stack, aws.endpoint, stack, options.per_flow, settings)
            for stack in (f"s{number}" for number in range(options.stacks))
        ]
        print(f"{options.stacks} stacks of {each} destinations, {options.per_flow} a flow")
        _steps(projects, each)
        print(
            f"{'embedded AWS':24} {cpu_seconds(aws.pid):17.1f} s CPU {memory_mb(aws.pid):6.0f} MB"
        )


def _steps(projects: list[Project], each: int) -> None:
    for project in projects:
        project.folder.mkdir()
        project.write(each)
        for number in range(each):
            project.destination(number)
        _print(f"up {project.stack}", project.pulumi("up", *_RUN))
    print(f"{sum(project.resources for project in projects)} resources in {len(projects)} states")
    one = projects[0]
    _print("validate", one.run(_LUNORA, "validate"))
    _print("preview, no change", one.pulumi("preview", "--expect-no-changes"))
    one.destination(0, preset="720p30")
    _print("up, one changed", one.pulumi("up", *_RUN))
    # Nothing has been measured yet, which status answers with exit code 1.
    status = one.run(_LUNORA, "status", "--stack", one.stack, "--json", accepts=(0, 1))
    _print("status", status)
    for project in projects:
        _print(f"destroy {project.stack}", project.pulumi("destroy", *_RUN))


def _print(step: str, cost: Cost) -> None:
    cpu, megabytes = cost.cpu_seconds, sum(cost.peak_mb.values())
    print(f"{step:24} {cost.seconds:7.1f} s {cpu:7.1f} s CPU {megabytes:6.0f} MB", flush=True)


if __name__ == "__main__":
    main()
