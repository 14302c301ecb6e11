"""Options and arguments that several commands share."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import LunoraError
from catalog.selected_stack import selected_stack
from lunora.stack import FOLDER, Stack

_UNITS = {"m": dt.timedelta(minutes=1), "h": dt.timedelta(hours=1), "d": dt.timedelta(days=1)}


def _destination_names(incomplete: str) -> list[str]:
    """Complete the name of a destination by the files of the project."""
    try:
        folder = Stack.read(Path(), os.environ.get("LUNORA_STACK") or _default_stack()).folder
    except LunoraError:
        folder = FOLDER
    return _completions((path.stem for path in folder.glob("*.yaml")), incomplete)


def _stack_names(incomplete: str) -> list[str]:
    """Complete the name of a stack by its configuration file."""
    files = Path().glob("Pulumi.*.yaml")
    return _completions((path.stem.removeprefix("Pulumi.") for path in files), incomplete)


def _default_stack() -> str:
    return selected_stack(Path(), os.environ) or "prod"


def _completions(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def parse_duration(text: str) -> dt.timedelta:
    """Return a duration such as `90m`, `2h` or `1d`.

    Raises:
        BadParameter: for any other text.
    """
    match = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text)
    if match is None:
        raise typer.BadParameter("give minutes, hours or days, for example 90m, 2h or 1d")
    return int(match[1]) * _UNITS[match[2]]


StackName = Annotated[
    str,
    typer.Option(
        "--stack",
        envvar="LUNORA_STACK",
        default_factory=_default_stack,
        show_default="the one that Pulumi has selected, else prod",
        help="Pulumi stack.",
        autocompletion=_stack_names,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask for a confirmation.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes; make none.")]
DestinationName = Annotated[
    str,
    typer.Argument(help="A destination: the stem of its file.", autocompletion=_destination_names),
]
DestinationNames = Annotated[
    list[str],
    typer.Argument(metavar="NAME...", help="Destinations.", autocompletion=_destination_names),
]
_FOLDER_HELP = "Folder of destination files; the stack's own if not given."
FolderArgument = Annotated[Path | None, typer.Argument(help=_FOLDER_HELP)]
FolderOption = Annotated[Path | None, typer.Option("--folder", help=_FOLDER_HELP)]
BackupFolder = Annotated[Path, typer.Option("--to", help="Folder for the backup.")]
