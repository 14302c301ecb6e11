"""What runs: look at it."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.live import Live

from lunora import tables
from lunora.ops.declared import declared
from lunora.ops.status import Overview, overview
from lunora.stack import Stack
from lunora.terminal import (
    AWS_SAYS_NO,
    INPUT_IS_WRONG,
    AsJson,
    StackName,
    answers,
    document,
    fail,
    notes,
)

FOLDER = Path("destinations")
Seconds = Annotated[float, typer.Option("--every", min=1, help="Seconds between two looks.")]


def status(
    *,
    stack: StackName = "prod",
    as_json: AsJson = False,
    watch: Annotated[bool, typer.Option("--watch", help="Look again and again.")] = False,
    every: Seconds = 10.0,
) -> None:
    """Show what every destination is doing; exit code 1 when one needs somebody."""
    if watch and as_json:
        fail("--watch is for people and --json for programs; give one of them", INPUT_IS_WRONG)
    where, specs = Stack.read(Path(), stack), declared(FOLDER)

    def look() -> Overview:
        return overview(where, specs, now())

    if watch:
        _watch(look, every)
        return
    found = look()
    if as_json:
        document(found)
    else:
        answers().print(tables.overview(found))
        _confess(found)
    if found.severity != "ok":
        raise typer.Exit(AWS_SAYS_NO)


def now() -> dt.datetime:
    """Return the time of day; the one clock of all verbs."""
    return dt.datetime.now(dt.UTC)


def _watch(look: Callable[[], Overview], every: float) -> None:
    live = Live(console=answers(), auto_refresh=False)
    with contextlib.suppress(KeyboardInterrupt), live:
        while True:
            found = look()
            live.update(tables.overview(found), refresh=True)
            time.sleep(every)


def _confess(found: Overview) -> None:
    for sentence in found.unseen:
        notes().print(sentence, style="yellow", markup=False)
