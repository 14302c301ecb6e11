"""Options and arguments that several commands share."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import LunoraError
from catalog.selected_stack import selected_stack
from lunora.ops import duration
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.selection import Selection, tags_of
from lunora.stack import FOLDER, Stack
from lunora.terminal import invalid_option


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


def _tags(incomplete: str) -> list[str]:
    """Complete a tag by those of the destination files."""
    try:
        stack = Stack.read(Path(), os.environ.get("LUNORA_STACK") or _default_stack())
        specs, _ = declared_if_valid(stack.folder, stack.sources)
    except LunoraError:
        return []
    carried = tags_of(stack, specs, {}).values()
    return _completions(
        {f"{key}={value}" for tags in carried for key, value in tags.items()}, incomplete
    )


def selection_of(
    names: Sequence[str] | None, tags: Sequence[str] | None, *, everything: bool
) -> Selection:
    """Return the selection by names, by tags or of everything.

    Raises:
        LunoraError: LUN400, when a tag is malformed, or the ways are mixed.
    """
    if sum(map(bool, (names, tags, everything))) > 1:
        raise invalid_option("names, --tag and --all exclude each other", "give one of them")
    pairs = dict[str, str]()
    for tag in tags or ():
        key, separator, value = tag.partition("=")
        if not (key and separator):
            raise invalid_option(f"--tag {tag} is not KEY=VALUE", "for example --tag event=launch")
        if pairs.setdefault(key, value) != value:
            raise invalid_option(f"no resource has two values of the tag {key}", "give one value")
    return Selection(tuple(names or ()), pairs, everything)


def _completions(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def parse_duration(text: str) -> dt.timedelta:
    """Return a duration such as `90m`, `2h` or `1d`.

    Raises:
        BadParameter: for any other text.
    """
    length = duration.parse(text)
    if length is None:
        raise typer.BadParameter(f"give {duration.FORM}")
    return length


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
SomeNames = Annotated[
    list[str] | None,
    typer.Argument(metavar="NAME", help="Destinations.", autocompletion=_destination_names),
]
Tagged = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="KEY=VALUE",
        help="Destinations that carry this tag; several times: all of them.",
        autocompletion=_tags,
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="All destinations of the stack.")]
_FOLDER_HELP = "Folder of destination files; the stack's own if not given."
FolderArgument = Annotated[Path | None, typer.Argument(help=_FOLDER_HELP)]
FolderOption = Annotated[Path | None, typer.Option("--folder", help=_FOLDER_HELP)]
BackupFolder = Annotated[Path, typer.Option("--to", help="Folder for the backup.")]
