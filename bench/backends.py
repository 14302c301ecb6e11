"""The backends of a comparison: this program, and Terraform with the real AWS provider."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import yaml

from bench import processes, terraform_files
from bench.processes import Cost
from bench.project import PER_FLOW, REMOVAL, STATE_AT_THE_END, Project, file_of, name_of
from catalog.model import DestinationSpec
from tests.support import terraform

# What the program's own environment sets with PULUMI_PARALLEL, for a removal too.
_PARALLEL = "-parallelism=64"
_PARALLEL_REMOVAL = f"-parallelism={REMOVAL['PULUMI_PARALLEL']}"


class Backend(Protocol):
    """One way to bring destinations up."""

    def declare(self, running: int, stopped: int = 0) -> None:
        """Declare so many destinations that run, and after them so many that are stopped."""

    def preview(self) -> Cost:
        """Show what would change, which is nothing."""

    def apply(self) -> Cost:
        """Bring everything to what is declared."""

    def destroy(self) -> Cost:
        """Remove everything."""


class Ours:
    """This program, in a project of its own.

    Args:
        folder: empty.
        endpoint: of an emulator.
        room: how many destinations there will be at most.
        bulk: whether a run writes its state at its end only (docs/explanation/speed.md).
    """

    def __init__(self, folder: Path, endpoint: str, room: int, *, bulk: bool) -> None:
        settings = STATE_AT_THE_END if bulk else {}
        self._project = Project(folder, endpoint, settings=settings)
        self._project.write(room)
        self._declared, self._removed = 0, 0

    def declare(self, running: int, stopped: int = 0) -> None:
        """Write the files, and remove those that are no longer declared."""
        for number in range(running + stopped):
            state = "running" if number < running else "stopped"
            self._project.destination(number, state=state)
        for number in range(running + stopped, self._declared):
            self._project.remove(number)
        self._removed = max(0, self._declared - running - stopped)
        self._declared = running + stopped

    def preview(self) -> Cost:
        """Preview; fails where something would change."""
        return self._project.pulumi("preview", "--expect-no-changes")

    def apply(self) -> Cost:
        """Run `pulumi up`, and confirm what was removed."""
        meant = {"LUNORA_CONFIRM_REMOVALS": str(self._removed)} if self._removed else {}
        return self._project.pulumi("up", "--yes", "--skip-preview", env=meant)

    def destroy(self) -> Cost:
        """Run `pulumi destroy` as `make down` does."""
        words = ("destroy", "--yes", "--skip-preview")
        return self._project.pulumi(*words, env=REMOVAL)


class Terraform:
    """Terraform, which starts its AWS provider with every command as it does for anyone.

    Args:
        folder: empty.
        endpoint: of an emulator.
        room: as in `Ours`.
    """

    def __init__(self, folder: Path, endpoint: str, room: int) -> None:
        self._folder = folder
        self._flows = [f"f{number}" for number in range(-(-room // PER_FLOW))]
        self._terraform = terraform.Terraform(folder, endpoint, attached="")
        mirror = f'filesystem_mirror {{ path = "{terraform.mirror()}" }}'
        terraform.write_settings(folder, f"provider_installation {{\n  {mirror}\n}}\n")
        self.declare(0)
        self._run("init", "-input=false")

    def declare(self, running: int, stopped: int = 0) -> None:
        """Write the folder's declarations."""
        states = ["running"] * running + ["stopped"] * stopped
        specs = [spec_of(number, state) for number, state in enumerate(states)]
        self._terraform.write(terraform_files.resources(specs, self._flows))

    def preview(self) -> Cost:
        """Plan; fails where something would change."""
        return self._run("plan", "-detailed-exitcode", _PARALLEL)

    def apply(self) -> Cost:
        """Apply."""
        return self._run("apply", "-auto-approve", _PARALLEL)

    def destroy(self) -> Cost:
        """Destroy."""
        return self._run("destroy", "-auto-approve", _PARALLEL_REMOVAL)

    def _run(self, *words: str) -> Cost:
        return processes.run(
            ("terraform", *words, "-no-color"),
            folder=self._folder,
            environment=terraform.environment(self._folder),
            part_of=_part,
        )


def spec_of(number: int, state: str) -> DestinationSpec:
    """Return the same destination that the program reads from a file."""
    fields = yaml.safe_load(file_of(number, state=state))
    return DestinationSpec.model_validate({"name": name_of(number), **fields})


def _part(words: Sequence[str]) -> str:
    plugin = any("terraform-provider-aws" in word for word in words)
    return "AWS plugin" if plugin else "engine"
