"""Care for a stack: what is wrong with it, what is left of it, and a copy of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from catalog.model import DestinationSpec
from lunora import pulumi_cli
from lunora.ops import backup as backups
from lunora.ops.desired_state import FOLDER, declared
from lunora.ops.doctor.check import Check
from lunora.ops.doctor.examine import examine
from lunora.ops.errors import ControlError
from lunora.ops.inventory import kinds
from lunora.ops.orphans import Orphan, orphans
from lunora.render import tables
from lunora.stack import Stack
from lunora.terminal import (
    EXIT_AWS_ERROR,
    EXIT_GUARD_REFUSED,
    EXIT_INVALID_INPUT,
    AsJson,
    StackName,
    Yes,
    confirmed,
    document,
    fail,
    now,
    stderr,
    stdout,
)
from provider.resource import ResourceError

Remove = Annotated[bool, typer.Option("--remove", help="Remove what belongs to nothing.")]
Strict = Annotated[bool, typer.Option("--strict", help="Warnings count too.")]
Folder = Annotated[Path, typer.Option("--to", help="Folder that the file goes to.")]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the doctor says.

    Attributes:
        checks: one for each thing that was looked at.
        orphans: what belongs to the stack but is in no file and in no state.
    """

    checks: tuple[Check, ...]
    orphans: tuple[Orphan, ...]


def doctor(
    *,
    stack: StackName = "prod",
    as_json: AsJson = False,
    remove: Remove = False,
    yes: Yes = False,
    strict: Strict = False,
) -> None:
    """Look for what is wrong or left over; exit code 1 when something has to be done."""
    where, specs = Stack.read(Path(), stack), declared(FOLDER)
    if specs is None:
        fail(f"{FOLDER}: there is no such folder; run this in the project", EXIT_INVALID_INPUT)
    checks, held = list(examine(where, specs, Path(), now())), _held(stack)
    if isinstance(held, Check):
        checks.append(held)
    found = _orphans(where, specs, held)
    if as_json:
        document(Diagnosis(tuple(checks), found))
    else:
        stdout().print(tables.diagnosis(checks, found))
    if remove and found:
        if isinstance(held, Check):
            fail(
                f"{held.finding}; so nobody knows what it holds, nothing removed",
                EXIT_GUARD_REFUSED,
            )
        _remove(where, found, yes=yes)
        found = ()
    if found and not as_json:
        stderr().print("`lunora doctor --remove` removes what is left over", style="yellow")
    serious = {"critical", "warning"} if strict else {"critical"}
    if found or any(check.severity in serious for check in checks):
        raise typer.Exit(EXIT_AWS_ERROR)


def backup(*, stack: StackName = "prod", to: Folder = Path("backups")) -> None:
    """Copy the stack's state, configuration and files into one file; secrets stay encrypted."""
    Stack.read(Path(), stack)
    try:
        path = backups.backup(Path(), stack, pulumi_cli.state(stack).text, to, now())
    except OSError as error:
        fail(f"{to} cannot be written: {error.strerror}", EXIT_INVALID_INPUT)
    typer.echo(str(path))
    stderr().print("to restore it, see docs/how-to/runbook.md", style="dim")


def _held(stack: str) -> frozenset[str] | Check:
    try:
        return pulumi_cli.state(stack).held
    except pulumi_cli.PulumiCliError as error:
        return Check("state", "warning", f"the state cannot be read: {error}")


def _orphans(
    where: Stack, specs: Sequence[DestinationSpec], held: frozenset[str] | Check
) -> tuple[Orphan, ...]:
    names = {name for spec in specs for name in (spec.name, spec.original_name)}
    if isinstance(held, Check):
        # What destinations share is in no file, so without the state nobody can tell.
        mine = [one for one in kinds.managed_resources(where) if one.destination is not None]
        return orphans(mine, names, frozenset())
    return orphans(kinds.managed_resources(where), names, held)


def _remove(where: Stack, found: Sequence[Orphan], *, yes: bool) -> None:
    if not yes:
        confirmed(f"Remove these {len(found)} for good?", otherwise="nothing was removed")
    for one in found:
        try:
            kinds.remove(where, one.thing)
        except (ControlError, ResourceError) as error:
            fail(str(error), EXIT_AWS_ERROR)
        stderr().print(f"removed {one.thing.kind} {one.thing.name}", markup=False, highlight=False)
