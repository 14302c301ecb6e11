"""`lunora start` and `lunora stop`: start and stop destinations between two deployments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import typer

from catalog.errors import ExitCode
from catalog.model import DestinationSpec
from lunora.commands.options import AsJson, DestinationNames, StackName, Yes
from lunora.ops.channel_control import Target, control, find_targets
from lunora.ops.desired_state import DesiredState, declared_if_valid, expected
from lunora.ops.errors import ControlError
from lunora.stack import Stack
from lunora.terminal import confirm, document, now, stderr

_CONCURRENCY = 32


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result for one destination.

    Attributes:
        name: the destination.
        state: the last state that was read of its channel, or of its output.
        reached: whether that is the target state.
        reason: why not; empty when it is.
    """

    name: str
    state: str
    reached: bool
    reason: str = ""


def start(names: DestinationNames, *, stack: StackName, as_json: AsJson = False) -> None:
    """Start destinations without touching others, and wait until they run."""
    config = Stack.read(Path(), stack)
    _change_state(config, find_targets(config, names), "running", as_json=as_json)


def stop(
    names: DestinationNames,
    *,
    stack: StackName,
    as_json: AsJson = False,
    yes: Yes = False,
) -> None:
    """Stop destinations without touching others, and wait until they are stopped."""
    config = Stack.read(Path(), stack)
    destinations = find_targets(config, names)
    on_air = [target.destination for target in destinations if target.is_on_air]
    if on_air and not yes:
        question = f"{', '.join(on_air)} will go off air. Stop?"
        confirm(question, consequence="nothing was stopped")
    _change_state(config, destinations, "stopped", as_json=as_json)


def _change_state(
    config: Stack, destinations: Sequence[Target], target: DesiredState, *, as_json: bool
) -> None:
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        outcomes = list(pool.map(lambda item: _outcome(config, item, target), destinations))
    if as_json:
        document({"destinations": outcomes})
    _warn_of_files(config.folder, {outcome.name for outcome in outcomes}, target)
    if not all(outcome.reached for outcome in outcomes):
        raise typer.Exit(ExitCode.AWS_ERROR)


def _outcome(config: Stack, target: Target, desired: DesiredState) -> Outcome:
    name, progress = target.destination, stderr()
    states = [target.state]

    def report(state: str) -> None:
        states.append(state)
        progress.print(f"{name}: {state}", markup=False, highlight=False)

    try:
        state = control(config, target, desired, report)
    except ControlError as error:
        progress.print(f"{name}: {error}", style="red", markup=False, highlight=False)
        return Outcome(name, states[-1], reached=False, reason=str(error))
    return Outcome(name, state, reached=True)


def _warn_of_files(folder: Path, names: Collection[str], target: DesiredState) -> None:
    """Print a warning for each of *names* whose file declares another state."""
    time = now()
    specs, wrong = declared_if_valid(folder)
    if wrong is not None:
        stderr().print(str(wrong), style="yellow")
    for spec in specs or ():
        desired = expected(spec, time)
        if spec.name in names and desired not in (target, None):
            stderr().print(_consequence(folder, spec, desired), style="yellow")


def _consequence(folder: Path, spec: DestinationSpec, desired: DesiredState | None) -> str:
    file = folder / f"{spec.name}.yaml"
    if spec.schedule is not None and spec.state == "running":
        # The provider leaves the state of a scheduled channel to its schedule.
        return f"{file} has a schedule: the new state holds until its next start or stop"
    return (
        f"{file} declares {desired}: the next `pulumi preview` shows the difference and"
        " `pulumi up` restores it; edit the file to keep the new state"
    )
