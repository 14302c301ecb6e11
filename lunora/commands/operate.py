"""What runs: look at it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.live import Live

from lunora.ops import details as detailed
from lunora.ops.channels import channels
from lunora.ops.desired_state import FOLDER, declared
from lunora.ops.errors import require_known
from lunora.ops.flow_status import flow_status
from lunora.ops.history import history
from lunora.ops.status import Overview, overview
from lunora.render import tables
from lunora.stack import Stack
from lunora.terminal import (
    EXIT_AWS_ERROR,
    EXIT_INVALID_INPUT,
    AsJson,
    StackName,
    document,
    fail,
    now,
    stderr,
    stdout,
)

Name = Annotated[str, typer.Argument(help="A destination: the stem of its file.")]
Watch = Annotated[bool, typer.Option("--watch", help="Look again and again.")]
Seconds = Annotated[float, typer.Option("--every", min=1, help="Seconds between two looks.")]


def status(
    *,
    stack: StackName = "prod",
    as_json: AsJson = False,
    watch: Watch = False,
    every: Seconds = 10.0,
) -> None:
    """Show what every destination is doing; exit code 1 when one needs somebody."""
    if watch and as_json:
        fail("--watch is for people and --json for programs; give one of them", EXIT_INVALID_INPUT)
    where, specs = Stack.read(Path(), stack), declared(FOLDER)

    def look() -> Overview:
        return overview(where, specs, now())

    if watch:
        _watch(look, every)
        return
    found = look()
    _show(found, tables.overview(found), found.errors, as_json=as_json)
    if found.severity != "ok":
        raise typer.Exit(EXIT_AWS_ERROR)


def show(name: Name, *, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Show everything about one destination: file, resources, state, who changed what."""
    where, moment = Stack.read(Path(), stack), now()
    found = detailed.details(where, declared(FOLDER), FOLDER, name, moment)
    _show(found, tables.details(found, moment), found.notes, as_json=as_json)


def metrics(name: Name, *, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Show what CloudWatch measured on one destination in the last hour."""
    where = Stack.read(Path(), stack)
    there = {
        channel.destination: channel
        for region in where.regions
        for channel in channels(where.aws(region).medialive, where.tags)
    }
    require_known(name, there)
    channel = there[name]
    found = history(where.aws(channel.region).client("cloudwatch"), channel, now())
    _show(found, tables.history(found), (), as_json=as_json)


def flow(*, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Show the flows: source, outputs against their limit; exit code 1 when one needs somebody."""
    where, moment = Stack.read(Path(), stack), now()
    if not where.flows:
        fail(f"Pulumi.{stack}.yaml names no flow; see Pulumi.prod.yaml for how", EXIT_INVALID_INPUT)
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(lambda ref: flow_status(where, ref, moment), where.flows))
    _show({"flows": found}, tables.flows(found, moment), (), as_json=as_json)
    if any(one.severity != "ok" for one in found):
        raise typer.Exit(EXIT_AWS_ERROR)


def _show(found: object, table: RenderableType, errors: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        document(found)
        return
    stdout().print(table)
    for message in errors:
        stderr().print(message, style="yellow", markup=False)


def _watch(look: Callable[[], Overview], every: float) -> None:
    live = Live(console=stdout(), auto_refresh=False)
    with contextlib.suppress(KeyboardInterrupt), live:
        while True:
            found = look()
            live.update(tables.overview(found), refresh=True)
            time.sleep(every)
