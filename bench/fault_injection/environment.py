"""A stack that can be brought back to a moment, so that much can happen to it."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from localaws.faults import CallFault, FaultPlan
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from provider.aws import RETRY_TIMEOUT
from tests.support.aws_snapshot import AwsSnapshot, snapshot
from tests.support.windows import DISTANT_DAY
from tests.support.workspace import EXAMPLES, PROJECT, STACK, Run, Workspace, prepared

NEIGHBOUR: Final = "untouched"
"""The destination that nobody edits."""

UP: Final = ("up", "--yes", "--skip-preview", "--continue-on-error")
DESTROY: Final = ("destroy", "--yes", "--skip-preview")

IMPATIENT: Final = {RETRY_TIMEOUT: "1"}
"""Lets the plugin retry what AWS refuses for a second, not for a quarter of an hour."""

_QUOTA = 40
_SETTINGS = {"monthlyBudgetUsd": 100_000, "removals.max": _QUOTA, "removals.percent": 100}
_EVENINGS = f"""schedule:
  timezone: UTC
  windows: [{{days: [{DISTANT_DAY}], start: "18:00", stop: "20:00"}}]
"""


@dataclass(frozen=True)
class Environment:
    """A project, its emulator, and the moments that were kept of both.

    Attributes:
        workspace: the project and the emulator.
        scratch: where the moments are.
        subjects: the destinations that are edited.
    """

    workspace: Workspace
    scratch: Path
    subjects: tuple[str, ...]

    def write(self, *names: str, preset: str = "480p30", more: str = "") -> None:
        """Write the files of destinations."""
        for name in names:
            text = f"platform: custom\nurl: rtmp://ingest.example.org/{name}\npreset: {preset}\n"
            self.workspace.write(name, text + more)

    def remove(self, *names: str) -> None:
        """Delete the files of destinations."""
        for name in names:
            (self.workspace.destinations / f"{name}.yaml").unlink()

    def set_keys(self, names: Iterable[str], which: str) -> None:
        """Give each destination the stream key that is called *which*."""
        keys = {name: f"the-{which}-key-of-{name}" for name in names}
        self.workspace.set_keys(keys)
        self.workspace.keys = {**self.workspace.keys, **keys}

    def run(self, *words: str, **more: Any) -> Run:
        """Run the engine; a run that does not end has failed."""
        try:
            return self.workspace.pulumi(*words, **more)
        except subprocess.TimeoutExpired as late:
            return Run(1, "", f"error: no end after {late.timeout:.0f} s")

    def expect(self, *words: str) -> None:
        """Run the engine; stop the measurement where what should work does not."""
        if (run := self.run(*words)).code:
            raise SystemExit(f"a run without faults failed:\n{run.text}")

    def back_to(self, moment: str) -> None:
        """Bring the project and AWS back to a moment of `MOMENTS`, or to it for the first time."""
        place, folder = self.scratch / moment, self.workspace.folder
        if place.exists():
            shutil.rmtree(folder)
            shutil.copytree(place / "project", folder, symlinks=True)
            self.workspace.aws.restore(place / "aws")
            return
        if moment in MOMENTS:
            before, edit = MOMENTS[moment]
            self.back_to(before)
            edit(self)
            self.expect(*UP)
        shutil.copytree(folder, place / "project", symlinks=True)
        self.workspace.aws.save(place / "aws")

    def fail(self, *faults: CallFault) -> None:
        """Let AWS fail by *faults*, and by no others."""
        self.workspace.aws.load_faults(FaultPlan(calls=faults))

    def held(self) -> AwsSnapshot:
        """Return what AWS holds."""
        return snapshot(self.workspace)

    def channel(self, name: str) -> Any:
        """Return the channel of a destination with its history; None where there is none."""
        physical_name = f"{PROJECT}-{STACK}-{name}"
        for item in self.workspace.aws.medialive().region.channels.values():
            if item.members["Name"] == physical_name and item.state != "DELETED":
                return item
        return None

    def problems_of_state(self) -> list[str]:
        """Return where the engine's state and AWS do not agree on what there is."""
        exported = self.workspace.pulumi("stack", "export")
        if exported.code:
            return [f"the state cannot be read: {exported.text.strip()}"]
        state = json.loads(exported.out)["deployment"]
        pending = state.get("pending_operations", [])
        problems = [f"pending: {operation['resource']['urn']}" for operation in pending]
        ids = {resource.get("id") for resource in state.get("resources", [])}
        medialive = self.workspace.aws.medialive().region
        problems += [
            f"{item.members['Name']} is not in the state"
            for item_id, item in (*medialive.channels.items(), *medialive.inputs.items())
            if item.state != "DELETED" and item_id not in ids
        ]
        return problems

    def leaks(self, run: Run) -> list[str]:
        """Return the keys and tracebacks in the output of a run."""
        keys = self.workspace.keys.items()
        leaked = [f"the key of {name} is shown" for name, key in keys if key in run.text]
        phrases = ("Traceback", "a fault in the plugin", "panic:")
        return [*leaked, *(f"it prints {phrase!r}" for phrase in phrases if phrase in run.text)]


@dataclass(frozen=True)
class Scenario:
    """A run that something happens to.

    Attributes:
        begin: the moment it starts from.
        edit: changes the files.
        words: what is run.
        wide: whether the calls that count are those about no single destination.
    """

    begin: str
    edit: Callable[[Environment], None]
    words: tuple[str, ...] = UP
    wide: bool = False


def _create(world: Environment) -> None:
    world.write(*world.subjects)


def _stop(world: Environment) -> None:
    world.write(*world.subjects, more="state: stopped\n")


MOMENTS: Final[dict[str, tuple[str, Callable[[Environment], None]]]] = {
    "alone": ("nothing", lambda world: world.write(NEIGHBOUR)),
    "running": ("alone", _create),
    "stopped": ("running", _stop),
}
"""By name, the moment before and the edit that an `up` brings from there; `nothing` is first."""

SCENARIOS: Final = {
    "first up": Scenario("nothing", lambda world: world.write(NEIGHBOUR), wide=True),
    "create": Scenario("alone", _create),
    "create, scheduled": Scenario("alone", lambda w: w.write(*w.subjects, more=_EVENINGS)),
    "change the encoding": Scenario("running", lambda w: w.write(*w.subjects, preset="720p30")),
    "change the key": Scenario("running", lambda world: world.set_keys(world.subjects, "second")),
    "stop": Scenario("running", _stop),
    "start": Scenario("stopped", _create),
    "delete": Scenario("running", lambda world: world.remove(*world.subjects)),
    "destroy": Scenario("alone", lambda _: None, DESTROY, wide=True),
}


@contextlib.contextmanager
def environment(*subjects: str, readings: Mapping[str, str] | None = None) -> Iterator[Environment]:
    """Make a project with keys for *subjects* and the neighbour, not yet up.

    Args:
        subjects: the destinations that are edited.
        readings: of MediaLive's disputed behaviours, where they are not the defaults.
    """
    quotas = Quotas(channels=_QUOTA, push_inputs=_QUOTA, input_security_groups=_QUOTA)
    with TemporaryDirectory() as scratch, EmbeddedAws(quotas=quotas, readings=readings) as aws:
        world = Environment(prepared(Path(scratch) / "project", aws), Path(scratch), subjects)
        world.remove(*EXAMPLES)
        world.set_keys([NEIGHBOUR, *subjects], "first")
        for name, value in _SETTINGS.items():
            world.workspace.set_config(name, str(value))
        world.back_to("nothing")
        yield world
