"""A project of many like destinations, on flows of its own in an emulator."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from bench import processes
from bench.processes import Cost
from catalog.errors import ExitCode
from catalog.model import DestinationSpec
from tests.support.clients import connect
from tests.support.flows import running_flow
from tests.support.workspace import PREVIEWING, PROJECT, ROOT, STACK, environment, share_code

PER_FLOW = 50
"""The most outputs of a flow."""

REMOVAL = {**PREVIEWING, "PULUMI_PARALLEL": "256"}
"""As `make down` removes a stack: what waits for AWS waits all at once."""

_FILE = "platform: restream\npreset: {preset}\nflow: {flow}\nowner: bench\nstate: {state}\n"


class Project:
    """This program, in a project of its own.

    Args:
        folder: new.
        endpoint: of an emulator.
        destinations: how many there will be at most.
        stack: its one stack.
        bulk: whether a run writes its state at its end only (docs/explanation/speed.md).
    """

    def __init__(
        self,
        folder: Path,
        endpoint: str,
        destinations: int,
        *,
        stack: str = STACK,
        bulk: bool = False,
    ) -> None:
        self._folder, self._stack, self._bulk = folder, stack, bulk
        folder.mkdir()
        share_code(folder)
        flows = {key: {"name": f"{stack}-{key}"} for key in flow_keys(destinations)}
        mediaconnect = connect(endpoint, "mediaconnect")
        # They are there before any run of ours; one that starts takes no outputs.
        for arn in [running_flow(mediaconnect, flow["name"]) for flow in flows.values()]:
            mediaconnect.get_waiter("flow_active").wait(FlowArn=arn, WaiterConfig={"Delay": 1})
        config = {
            "aws:region": "us-west-2",
            f"{PROJECT}:endpoint": endpoint,
            f"{PROJECT}:flows": flows,
            f"{PROJECT}:removals": {"max": destinations, "percent": 100},
        }
        salt = yaml.safe_load((ROOT / f"Pulumi.{STACK}.yaml").read_text())["encryptionsalt"]
        content = {"config": config, "encryptionsalt": salt}
        (folder / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(content))
        self._pulumi("stack", "init")

    def declare(self, running: int, stopped: int = 0) -> None:
        """Declare so many destinations that run, after them so many that are stopped, no others."""
        for file in (self._folder / "destinations").iterdir():
            file.unlink()
        for number in range(running + stopped):
            self.destination(number, state="running" if number < running else "stopped")

    def destination(self, number: int, *, preset: str = "1080p30", state: str = "running") -> None:
        """Write the file of one destination."""
        text = file_of(number, preset=preset, state=state)
        (self._folder / f"destinations/{name_of(number)}.yaml").write_text(text)

    def preview(self) -> Cost:
        """Preview; fails where something would change."""
        return self._pulumi("preview", "--expect-no-changes", env=PREVIEWING)

    def apply(self) -> Cost:
        """Run `pulumi up`."""
        more = PREVIEWING if self._bulk else {}
        return self._pulumi("up", "--yes", "--skip-preview", env=more)

    def destroy(self) -> Cost:
        """Run `pulumi destroy` as `make down` does."""
        return self._pulumi("destroy", "--yes", "--skip-preview", env=REMOVAL)

    def status(self) -> Cost:
        """Show the status of all, as an operator asks for it."""
        words = (sys.executable, "-m", "lunora", "status", "--stack", self._stack, "--json")
        # No stream is live before its first minute is measured.
        return self.run(*words, accepted=(0, ExitCode.AWS_ERROR))

    @property
    def resources(self) -> int:
        """The number of resources in the state."""
        (state,) = (self._folder / "state").rglob(f"stacks/**/{self._stack}.json")
        return len(json.loads(state.read_text())["checkpoint"]["latest"]["resources"])

    def _pulumi(self, *words: str, env: Mapping[str, str] | None = None) -> Cost:
        engine = str(ROOT / ".local/bin/pulumi")
        return self.run(engine, *words, "--stack", self._stack, "--non-interactive", env=env)

    def run(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        accepted: Collection[int] = (0,),
    ) -> Cost:
        """Run a command in the project; see `processes.run`."""
        variables = {**environment(self._folder), **(env or {})}
        return processes.run(words, folder=self._folder, environment=variables, accepted=accepted)


def flow_keys(destinations: int) -> list[str]:
    """Return the keys of the flows of so many destinations."""
    return [f"f{number}" for number in range(-(-destinations // PER_FLOW))]


def name_of(number: int) -> str:
    """Return the name of a destination."""
    return f"d{number:04}"


def file_of(number: int, *, preset: str = "1080p30", state: str = "running") -> str:
    """Return the file of a destination."""
    return _FILE.format(preset=preset, flow=f"f{number // PER_FLOW}", state=state)


def spec_of(number: int, state: str) -> DestinationSpec:
    """Return the destination that the program reads from that file."""
    fields = yaml.safe_load(file_of(number, state=state))
    return DestinationSpec.model_validate({"name": name_of(number), **fields})
