"""`lunora status`: show the state of all destinations."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from catalog.errors import ExitCode
from lunora.commands.options import AsJson, StackName
from lunora.ops.desired_state import FOLDER, declared
from lunora.ops.status import Overview, overview
from lunora.render import tables
from lunora.stack import Stack
from lunora.terminal import invalid_option, now, show, stdout

Watch = Annotated[bool, typer.Option("--watch", help="Refresh until interrupted.")]
Seconds = Annotated[float, typer.Option("--every", min=1, help="Seconds between two polls.")]


def status(
    *,
    stack: StackName = "prod",
    as_json: AsJson = False,
    watch: Watch = False,
    every: Seconds = 10.0,
) -> None:
    """Show the state of every destination; exit code 1 when one needs attention."""
    if watch and as_json:
        raise invalid_option("--watch and --json exclude each other", "give one of them")
    config, specs = Stack.read(Path(), stack), declared(FOLDER)

    def poll() -> Overview:
        return overview(config, specs, now())

    if watch:
        _watch(poll, every)
        return
    current = poll()
    show(current, tables.overview(current), current.errors, as_json=as_json)
    if current.severity != "ok":
        raise typer.Exit(ExitCode.AWS_ERROR)


def _watch(poll: Callable[[], Overview], every: float) -> None:
    live = Live(console=stdout(), auto_refresh=False)
    with contextlib.suppress(KeyboardInterrupt), live:
        while True:
            live.update(tables.overview(poll()), refresh=True)
            time.sleep(every)
