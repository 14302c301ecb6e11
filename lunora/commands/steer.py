"""What runs: start and stop it by hand. The files stay the truth."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from lunora.ops.channel_control import Target, control, find_targets
from lunora.ops.desired_state import FOLDER, DesiredState, declared, expected
from lunora.ops.errors import ControlError
from lunora.stack import Stack
from lunora.terminal import (
    EXIT_AWS_ERROR,
    AsJson,
    StackName,
    Yes,
    confirmed,
    document,
    now,
    stderr,
)

Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="Destinations.")]

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one destination.

    Attributes:
        name: the destination.
        state: the last state that was seen of its channel, or of its output.
        reached: whether that is the one that was asked for.
        reason: why not; empty when it is.
    """

    name: str
    state: str
    reached: bool
    reason: str = ""


def start(names: Names, *, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Start destinations without touching others, and wait until they run."""
    where = Stack.read(Path(), stack)
    _steer(where, find_targets(where, names), "running", as_json=as_json)


def stop(
    names: Names, *, stack: StackName = "prod", as_json: AsJson = False, yes: Yes = False
) -> None:
    """Stop destinations without touching others, and wait until they stand still."""
    where = Stack.read(Path(), stack)
    chosen = find_targets(where, names)
    on_air = [target.destination for target in chosen if target.is_on_air]
    if on_air and not yes:
        question = f"{', '.join(on_air)} will go off air. Stop?"
        confirmed(question, otherwise="nothing was stopped")
    _steer(where, chosen, "stopped", as_json=as_json)


def _steer(where: Stack, chosen: Sequence[Target], wanted: DesiredState, *, as_json: bool) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes = list(pool.map(lambda one: _bring(where, one, wanted), chosen))
    if as_json:
        document({"destinations": outcomes})
    _remind([one.name for one in outcomes], wanted)
    if not all(one.reached for one in outcomes):
        raise typer.Exit(EXIT_AWS_ERROR)


def _bring(where: Stack, target: Target, desired: DesiredState) -> Outcome:
    name, progress = target.destination, stderr()
    states = [target.state]

    def report(state: str) -> None:
        states.append(state)
        progress.print(f"{name}: {state}", markup=False, highlight=False)

    try:
        state = control(where, target, desired, report)
    except ControlError as error:
        progress.print(f"{name}: {error}", style="red", markup=False, highlight=False)
        return Outcome(name, states[-1], reached=False, reason=str(error))
    return Outcome(name, state, reached=True)


def _remind(names: Sequence[str], wanted: DesiredState) -> None:
    moment = now()
    for spec in declared(FOLDER) or ():
        asked = expected(spec, moment)
        if spec.name in names and asked not in (wanted, None):
            stderr().print(
                f"{FOLDER}/{spec.name}.yaml still says {asked}: the next `pulumi preview` shows"
                " the difference and `pulumi up` brings it back; edit the file to keep it",
                style="yellow",
                markup=False,
            )
