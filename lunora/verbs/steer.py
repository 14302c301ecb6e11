"""What runs: start and stop it by hand. The files stay the truth."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from lunora.ops.channels import ON_AIR, Channel, channels
from lunora.ops.declared import FOLDER, declared, expected
from lunora.ops.details import known
from lunora.ops.running import Refused, Wanted, bring
from lunora.stack import Stack
from lunora.terminal import (
    AWS_SAYS_NO,
    AsJson,
    StackName,
    Yes,
    confirmed,
    document,
    notes,
    now,
)

Names = Annotated[list[str], typer.Argument(metavar="NAME...", help="Destinations.")]

_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went with one destination.

    Attributes:
        name: the destination.
        state: the channel's last state that was seen.
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
    on_air = [channel.destination for channel in chosen if channel.state in ON_AIR]
    if on_air and not yes:
        question = f"{', '.join(on_air)} will go off air. Stop?"
        confirmed(question, otherwise="nothing was stopped")
    _steer(where, chosen, "stopped", as_json=as_json)


def _chosen(where: Stack, names: Sequence[str]) -> list[Channel]:
    there = {
        channel.destination: channel
        for region in where.regions
        for channel in channels(where.aws(region).medialive, where.tags)
    }
    for name in names:
        known(name, there)
    return [there[name] for name in dict.fromkeys(names)]


def _steer(where: Stack, chosen: Sequence[Channel], wanted: Wanted, *, as_json: bool) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        outcomes = list(pool.map(lambda channel: _bring(where, channel, wanted), chosen))
    if as_json:
        document({"destinations": outcomes})
    _remind([one.name for one in outcomes], wanted)
    if not all(one.reached for one in outcomes):
        raise typer.Exit(AWS_SAYS_NO)


def _bring(where: Stack, channel: Channel, wanted: Wanted) -> Outcome:
    name, state, progress = channel.destination, channel.state, notes()
    try:
        for state in bring(where.aws(channel.region), channel, wanted):
            progress.print(f"{name}: {state}", markup=False, highlight=False)
    except Refused as refused:
        progress.print(f"{name}: {refused}", style="red", markup=False, highlight=False)
        return Outcome(name, state, reached=False, reason=str(refused))
    return Outcome(name, state, reached=True)


def _remind(names: Sequence[str], wanted: Wanted) -> None:
    moment = now()
    for spec in declared(FOLDER) or ():
        asked = expected(spec, moment)
        if spec.name in names and asked not in (wanted, None):
            notes().print(
                f"{FOLDER}/{spec.name}.yaml still says {asked}: the next `pulumi preview` shows"
                " the difference and `pulumi up` brings it back; edit the file to keep it",
                style="yellow",
                markup=False,
            )
