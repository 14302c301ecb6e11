"""`lunora status`: show the state of all destinations."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Group, RenderableType
from rich.live import Live
from rich.text import Text

from catalog.errors import ExitCode
from lunora.aws_errors import aws_error
from lunora.commands.options import (
    AsJson,
    Everything,
    SomeNames,
    StackName,
    Tagged,
    selection_of,
)
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.status import Overview, overview, selected
from lunora.render import tables
from lunora.stack import Stack
from lunora.terminal import invalid_option, now, show, stderr, stdout

Watch = Annotated[bool, typer.Option("--watch", help="Refresh until interrupted.")]
Seconds = Annotated[float, typer.Option("--every", min=1, help="Seconds between two polls.")]


def status(  # noqa: PLR0913 - one option each
    names: SomeNames = None,
    *,
    stack: StackName,
    tags: Tagged = None,
    everything: Everything = False,
    as_json: AsJson = False,
    watch: Watch = False,
    every: Seconds = 10.0,
) -> None:
    """Show the state of destinations, by default of all; exit code 1 when one needs attention."""
    if watch and as_json:
        raise invalid_option("--watch and --json exclude each other", "give one of them")
    selection = selection_of(names, tags, everything=everything)
    config = Stack.read(Path(), stack)
    specs, wrong = declared_if_valid(config.folder, config.sources)

    def poll() -> Overview:
        current = overview(config, specs, now(), reads_keys=True)
        return current if selection.is_all else selected(current, selection, config, specs)

    if watch:
        if wrong is not None:
            stderr().print(str(wrong), style="yellow")
        _watch(poll, every)
        return
    current = poll()
    show(current, tables.overview(current), current.errors, as_json=as_json)
    if wrong is not None:
        raise wrong
    if current.severity != "ok":
        raise typer.Exit(ExitCode.AWS_ERROR)


def _watch(poll: Callable[[], Overview], every: float) -> None:
    live = Live(console=stdout(), auto_refresh=False)
    shown: RenderableType = Text("")
    with contextlib.suppress(KeyboardInterrupt), live:
        while True:
            try:
                shown = Group(tables.overview(poll()), Text(f"at {now():%H:%M:%S} UTC", "dim"))
                live.update(shown, refresh=True)
            except (ClientError, BotoCoreError) as error:
                # One poll that fails is no reason to look away.
                failed = Text(f"at {now():%H:%M:%S} UTC: {aws_error(error)}", "red")
                live.update(Group(shown, failed), refresh=True)
            time.sleep(every)
