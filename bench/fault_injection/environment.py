"""A stack that can be brought back to a moment, so that much can happen to it."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from provider.aws import RETRY_TIMEOUT
from tests.support.aws_snapshot import AwsSnapshot, snapshot
from tests.support.workspace import CONFIG, EXAMPLES, PROJECT, STACK, Run, Workspace, prepared

NEIGHBOUR = "untouched"
"""The destination that nobody edits."""

UP = ("up", "--yes", "--skip-preview", "--continue-on-error")
DESTROY = ("destroy", "--yes", "--skip-preview")

PATIENCE_SECONDS = 1.0
"""How long the plugin retries what AWS refuses."""

_QUOTA = 40
_PARTS = ("state", "destinations", CONFIG)


@dataclass(frozen=True)
class Environment:
    """A project, its emulator, and the moments that were kept of both.

    Attributes:
        workspace: the project and the emulator.
        scratch: where the moments are.
    """

    workspace: Workspace
    scratch: Path

    def write(self, name: str, *, preset: str = "480p30", more: str = "") -> None:
        """Write the file of a destination."""
        text = f"platform: custom\nurl: rtmp://ingest.example.org/{name}\npreset: {preset}\n{more}"
        self.workspace.write(name, text)

    def remove(self, name: str) -> None:
        """Delete the file of a destination."""
        (self.workspace.destinations / f"{name}.yaml").unlink()

    def set_keys(self, names: Iterable[str], which: str) -> None:
        """Give each destination the stream key that is called *which*."""
        keys = {name: f"the-{which}-key-of-{name}" for name in names}
        self.workspace.set_keys(keys)
        self.workspace.keys = {**self.workspace.keys, **keys}

    def run(self, *words: str, confirmed: int = 0, patience: float | None = None) -> Run:
        """Run the engine.

        Args:
            words: its command line.
            confirmed: how many removals are meant.
            patience: seconds after which it gives up on what AWS refuses; as always for None.
        """
        environment = {} if patience is None else {RETRY_TIMEOUT: str(patience)}
        if confirmed:
            environment["LUNORA_CONFIRM_REMOVALS"] = str(confirmed)
        try:
            return self.workspace.pulumi(*words, env=environment)
        except subprocess.TimeoutExpired as late:
            return Run(1, "", f"error: no end after {late.timeout:.0f} s")

    def expect(self, run: Run) -> None:
        """Stop the measurement where what should work does not."""
        if run.code:
            raise SystemExit(f"a run without faults failed:\n{run.text}")

    def keep(self, moment: str) -> AwsSnapshot:
        """Keep what the project and AWS are like now; returns what AWS holds."""
        place = self.scratch / moment
        place.mkdir()
        for part in _PARTS:
            _copy(self.workspace.folder / part, place / part)
        self.workspace.aws.save(place / "aws")
        return self.held()

    def back_to(self, moment: str) -> None:
        """Bring the project and AWS back to a moment."""
        place = self.scratch / moment
        for part in _PARTS:
            _copy(place / part, self.workspace.folder / part)
        self.workspace.aws.restore(place / "aws")

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
        for kind, items in (("channel", medialive.channels), ("input", medialive.inputs)):
            problems += [
                f"{kind} {item.members['Name']} is not in the state"
                for item_id, item in items.items()
                if item.state != "DELETED" and item_id not in ids
            ]
        return problems


@dataclass(frozen=True)
class Scenario:
    """A run that something happens to.

    Attributes:
        name: in a word.
        begin: the moment it starts from.
        edit: changes the files.
        words: what is run.
        removals: how many removals are meant.
        wide: whether the calls that count are those about no single destination.
    """

    name: str
    begin: str
    edit: Callable[[Environment], None]
    words: tuple[str, ...] = UP
    removals: int = 0
    wide: bool = False


@contextlib.contextmanager
def environment(names: Iterable[str]) -> Iterator[Environment]:
    """Make a project with keys for *names* and the neighbour, not yet up."""
    quotas = Quotas(channels=_QUOTA, push_inputs=_QUOTA, input_security_groups=_QUOTA)
    with TemporaryDirectory() as scratch, EmbeddedAws(quotas=quotas) as aws:
        world = Environment(prepared(Path(scratch) / "project", aws), Path(scratch))
        for name in EXAMPLES:
            world.remove(name)
        world.set_keys([NEIGHBOUR, *names], "first")
        budget = ("config", "set", f"{PROJECT}:monthlyBudgetUsd", "100000")
        world.expect(world.workspace.pulumi(*budget))
        yield world


def leaks(run: Run, keys: Mapping[str, str]) -> list[str]:
    """Return the keys and tracebacks in the output of a run."""
    leaked = [f"the key of {name} is shown" for name, key in keys.items() if key in run.text]
    phrases = ("Traceback", "a fault in the plugin", "panic:")
    return [*leaked, *(f"it prints {phrase!r}" for phrase in phrases if phrase in run.text)]


def first_error(run: Run) -> str:
    """Return the first error that a run printed."""
    match = re.search(r"error: (?:1 error occurred:\n\s*\* )?(.*)", run.text)
    return match[1] if match else f"exit code {run.code}"


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)
