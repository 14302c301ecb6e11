"""`lunora start` and `lunora stop`: start and stop destinations between two deployments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import ExitCode
from catalog.model import DestinationSpec
from catalog.suspension import Suspension, reason
from lunora.commands.options import (
    AsJson,
    Everything,
    SomeNames,
    StackName,
    Tagged,
    Yes,
    parse_duration,
    selection_of,
)
from lunora.ops.caller import caller_name
from lunora.ops.channel_control import control
from lunora.ops.desired_state import DesiredState, declared_if_valid, expected
from lunora.ops.errors import ControlError
from lunora.ops.selection import Selection
from lunora.ops.targets import Target, find_targets
from lunora.stack import Stack
from lunora.terminal import confirm, document, invalid_option, now, stderr

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


def start(
    names: SomeNames = None,
    *,
    stack: StackName,
    tags: Tagged = None,
    everything: Everything = False,
    as_json: AsJson = False,
) -> None:
    """Start destinations without touching others, and wait until they run."""
    selection = _required(selection_of(names, tags, everything=everything))
    config = Stack.read(Path(), stack)
    targets = _targets(config, selection)
    _change_state(config, targets, "running", None, as_json=as_json)


def stop(  # noqa: PLR0913 - one option each
    names: SomeNames = None,
    *,
    stack: StackName,
    tags: Tagged = None,
    everything: Everything = False,
    as_json: AsJson = False,
    yes: Yes = False,
    duration: Annotated[
        dt.timedelta | None,
        typer.Option(
            "--for",
            parser=parse_duration,
            metavar="DURATION",
            help="After it the watchdog starts them again, e.g. 90m or 2h. Default: never.",
        ),
    ] = None,
    why: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Reason, which the status shows.")
    ] = None,
) -> None:
    """Stop destinations without touching others, and wait until they are stopped.

    The watchdog does not start them again, and the status says who stopped them.
    """
    selection = _required(selection_of(names, tags, everything=everything))
    noted = reason(why) if why is not None else ""
    config = Stack.read(Path(), stack)
    destinations = _targets(config, selection)
    on_air = [target.destination for target in destinations if target.is_on_air]
    if on_air and not yes:
        question = f"{', '.join(on_air)} will go off air. Stop?"
        confirm(question, consequence="nothing was stopped")
    time = now()
    until = time + duration if duration else None
    suspension = Suspension(caller_name(config.aws()), time, until, noted)
    _change_state(config, destinations, "stopped", suspension, as_json=as_json)


def _required(selection: Selection) -> Selection:
    if selection.is_empty:
        remedy = "give names, --tag KEY=VALUE or --all"
        raise invalid_option("no destination is selected", remedy)
    return selection


def _targets(config: Stack, selection: Selection) -> list[Target]:
    specs = declared_if_valid(config.folder, config.sources)[0] if selection.tags else None
    return find_targets(config, selection, specs)


def _change_state(
    config: Stack,
    destinations: Sequence[Target],
    target: DesiredState,
    suspension: Suspension | None,
    *,
    as_json: bool,
) -> None:
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        outcomes = list(
            pool.map(lambda item: _outcome(config, item, target, suspension), destinations)
        )
    if as_json:
        document({"destinations": outcomes})
    _warn_of_files(config.folder, {outcome.name for outcome in outcomes}, target)
    if not all(outcome.reached for outcome in outcomes):
        raise typer.Exit(ExitCode.AWS_ERROR)


def _outcome(
    config: Stack, target: Target, desired: DesiredState, suspension: Suspension | None
) -> Outcome:
    name, progress = target.destination, stderr()
    states = [target.state]

    def report(state: str) -> None:
        states.append(state)
        progress.print(f"{name}: {state}", markup=False, highlight=False)

    try:
        state = control(config, target, desired, report, suspension)
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
