"""`lunora status`: show the state of all destinations."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

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
from lunora.file_errors import not_writable
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.status import Overview, overview, selected
from lunora.ops.thumbnails import Picture, flow_arns, of_statuses
from lunora.pictures import faults
from lunora.render import inline_image, tables
from lunora.stack import Stack
from lunora.terminal import document, invalid_option, now, show, stderr, stdout

PICTURES = Path(".local/pictures")
"""Folder of a project for the pictures of its stacks."""

Watch = Annotated[bool, typer.Option("--watch", help="Refresh until interrupted.")]
WithPictures = Annotated[
    bool,
    typer.Option(
        "--pictures",
        help="Also show a picture of each running channel and of the flow's source, and say where"
        f" one is black; in a terminal that shows pictures, else as files in {PICTURES}.",
    ),
]
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
    with_pictures: WithPictures = False,
) -> None:
    """Show the state of destinations, by default of all; exit code 1 when one needs attention."""
    if watch and as_json:
        raise invalid_option("--watch and --json exclude each other", "give one of them")
    if watch and with_pictures:
        raise invalid_option("--watch and --pictures exclude each other", "give one of them")
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
    taken = _taken(config, current) if with_pictures else ()
    current = faults.in_overview(current, taken)
    if with_pictures and as_json:
        members = {each.name: getattr(current, each.name) for each in dataclasses.fields(current)}
        document({**members, "pictures": _written(config, taken)})
    else:
        show(current, tables.overview(current), current.errors, as_json=as_json)
        _show_pictures(config, taken)
    if wrong is not None:
        raise wrong
    if current.severity != "ok":
        raise typer.Exit(ExitCode.AWS_ERROR)


def _taken(config: Stack, current: Overview) -> tuple[Picture, ...]:
    taken = of_statuses(config, current.destinations, flow_arns(current.destinations))
    return faults.PictureHistory().judged(taken)


def _show_pictures(config: Stack, taken: Sequence[Picture]) -> None:
    """Show pictures in the terminal, or write them to files and print their paths."""
    terminal = stdout()
    protocol = inline_image.protocol(os.environ) if terminal.is_terminal else None
    written = [] if protocol else _written(config, taken)
    for number, picture in enumerate(taken):
        detail = picture.reason or ("" if protocol else f"{written[number]['file']}")
        terminal.print(f"{picture.title}: {detail}" if detail else picture.title)
        if protocol and picture.jpeg:
            # The console would escape it.
            terminal.file.write(f"{inline_image.sequence(picture.jpeg, protocol)}\n")


def _written(config: Stack, taken: Sequence[Picture]) -> list[dict[str, Any]]:
    """Write the pictures that there are; return each with its path."""
    folder = PICTURES / config.name
    listed: list[dict[str, Any]] = []
    for picture in taken:
        file = folder / picture.file_name if picture.jpeg else None
        if file is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                file.write_bytes(picture.jpeg)
            except OSError as error:
                raise not_writable(file, error) from None
        listed.append(
            {
                "kind": picture.kind,
                "name": picture.name,
                "pipeline": picture.pipeline or None,
                "file": str(file) if file else None,
                "time": picture.time,
                "reason": picture.reason,
                "black": picture.black,
            }
        )
    return listed


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
