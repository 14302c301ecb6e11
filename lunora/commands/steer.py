"""What runs: start and stop it by hand. The files stay the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from catalog.channel_states import ON_AIR
from lunora.ops.channel_control import ControlError, TargetState, wait_for_state
from lunora.ops.channels import Channel, channels
from lunora.ops.desired_state import FOLDER, declared, expected
from lunora.ops.details import known
from lunora.ops.flow_destination import FlowDestination, feed, flow_destinations, switch
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

Steered = Channel | FlowDestination


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
    _steer(where, _chosen(where, names), "running", as_json=as_json)


def stop(
    names: Names, *, stack: StackName = "prod", as_json: AsJson = False, yes: Yes = False
) -> None:
    """Stop destinations without touching others, and wait until they stand still."""
    where = Stack.read(Path(), stack)
    chosen = _chosen(where, names)
    on_air = [one.destination for one in chosen if _is_on_air(one)]
    if on_air and not yes:
        question = f"{', '.join(on_air)} will go off air. Stop?"
        confirmed(question, otherwise="nothing was stopped")
    _steer(where, chosen, "stopped", as_json=as_json)


def _chosen(where: Stack, names: Sequence[str]) -> list[Steered]:
    there: dict[str, Steered] = {
        channel.destination: channel
        for region in where.regions
        for channel in channels(where.aws(region).medialive, where.tags)
    }
    if not there.keys() >= set(names):
        there = {**{one.destination: one for one in flow_destinations(where)}, **there}
    for name in names:
        known(name, there)
    return [there[name] for name in dict.fromkeys(names)]


def _is_on_air(one: Steered) -> bool:
    return one.is_on_air if isinstance(one, FlowDestination) else one.state in ON_AIR


def _steer(where: Stack, chosen: Sequence[Steered], wanted: TargetState, *, as_json: bool) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes = list(pool.map(lambda one: _bring(where, one, wanted), chosen))
    if as_json:
        document({"destinations": outcomes})
    _remind([one.name for one in outcomes], wanted)
    if not all(one.reached for one in outcomes):
        raise typer.Exit(EXIT_AWS_ERROR)


def _bring(where: Stack, one: Steered, wanted: TargetState) -> Outcome:
    name, progress = one.destination, stderr()
    state = one.output.status if isinstance(one, FlowDestination) else one.state
    try:
        for state in _states(where, one, wanted):
            progress.print(f"{name}: {state}", markup=False, highlight=False)
    except ControlError as refused:
        progress.print(f"{name}: {refused}", style="red", markup=False, highlight=False)
        return Outcome(name, state, reached=False, reason=str(refused))
    return Outcome(name, state, reached=True)


def _states(where: Stack, one: Steered, wanted: TargetState) -> Iterator[str]:
    """Yield the states on the way; flow outputs are enabled before, and disabled after."""
    if isinstance(one, FlowDestination):
        yield switch(where, one, wanted)
        return
    if wanted == "running":
        feed(where, one, wanted)
    yield from wait_for_state(where.aws(one.region), one, wanted)
    if wanted == "stopped":
        feed(where, one, wanted)


def _remind(names: Sequence[str], wanted: TargetState) -> None:
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
