"""`lunora start` and `lunora stop`: start and stop destinations between two deployments."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import typer

from catalog.channel_states import ON_AIR
from catalog.errors import ExitCode
from lunora.commands.options import AsJson, DestinationNames, StackName, Yes
from lunora.ops.channel_control import ControlError, TargetState, wait_for_state
from lunora.ops.channels import Channel, channels
from lunora.ops.desired_state import FOLDER, declared, expected
from lunora.ops.details import known
from lunora.ops.flow_destination import FlowDestination, feed, flow_destinations, switch
from lunora.stack import Stack
from lunora.terminal import confirm, document, now, stderr

_CONCURRENCY = 32

Destination = Channel | FlowDestination


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


def start(names: DestinationNames, *, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Start destinations without touching others, and wait until they run."""
    config = Stack.read(Path(), stack)
    _change_state(config, _destinations(config, names), "running", as_json=as_json)


def stop(
    names: DestinationNames,
    *,
    stack: StackName = "prod",
    as_json: AsJson = False,
    yes: Yes = False,
) -> None:
    """Stop destinations without touching others, and wait until they are stopped."""
    config = Stack.read(Path(), stack)
    destinations = _destinations(config, names)
    on_air = [destination.destination for destination in destinations if _is_on_air(destination)]
    if on_air and not yes:
        question = f"{', '.join(on_air)} will go off air. Stop?"
        confirm(question, consequence="nothing was stopped")
    _change_state(config, destinations, "stopped", as_json=as_json)


def _destinations(config: Stack, names: Sequence[str]) -> list[Destination]:
    by_name: dict[str, Destination] = {
        channel.destination: channel
        for region in config.regions
        for channel in channels(config.aws(region).medialive, config.tags)
    }
    if not by_name.keys() >= set(names):
        by_name = {**{flow.destination: flow for flow in flow_destinations(config)}, **by_name}
    for name in names:
        known(name, by_name)
    return [by_name[name] for name in dict.fromkeys(names)]


def _is_on_air(destination: Destination) -> bool:
    if isinstance(destination, FlowDestination):
        return destination.is_on_air
    return destination.state in ON_AIR


def _change_state(
    config: Stack, destinations: Sequence[Destination], target: TargetState, *, as_json: bool
) -> None:
    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        outcomes = list(pool.map(lambda item: _outcome(config, item, target), destinations))
    if as_json:
        document({"destinations": outcomes})
    _warn_of_files({outcome.name for outcome in outcomes}, target)
    if not all(outcome.reached for outcome in outcomes):
        raise typer.Exit(ExitCode.AWS_ERROR)


def _outcome(config: Stack, destination: Destination, target: TargetState) -> Outcome:
    name, progress = destination.destination, stderr()
    state = destination.state if isinstance(destination, Channel) else destination.output.status
    try:
        for state in _states(config, destination, target):
            progress.print(f"{name}: {state}", markup=False, highlight=False)
    except ControlError as error:
        progress.print(f"{name}: {error}", style="red", markup=False, highlight=False)
        return Outcome(name, state, reached=False, reason=str(error))
    return Outcome(name, state, reached=True)


def _states(config: Stack, destination: Destination, target: TargetState) -> Iterator[str]:
    """Yield the states on the way; flow outputs are enabled before, and disabled after."""
    if isinstance(destination, FlowDestination):
        yield switch(config, destination, target)
        return
    if target == "running":
        feed(config, destination, target)
    yield from wait_for_state(config.aws(destination.region), destination, target)
    if target == "stopped":
        feed(config, destination, target)


def _warn_of_files(names: Collection[str], target: TargetState) -> None:
    """Print a warning for each of *names* whose file declares another state."""
    time = now()
    for spec in declared(FOLDER) or ():
        desired = expected(spec, time)
        if spec.name in names and desired not in (target, None):
            stderr().print(
                f"{FOLDER}/{spec.name}.yaml declares {desired}: the next `pulumi preview` shows"
                " the difference and `pulumi up` restores it; edit the file to keep the new state",
                style="yellow",
                markup=False,
            )
