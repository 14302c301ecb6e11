"""Taking over what a former system left behind."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from catalog import adopted
from catalog.adopted import BadImportFile
from lunora import adding
from lunora.adopt import shown
from lunora.adopt.naming import BadPattern, Naming
from lunora.adopt.recognise import Recognised, recognise
from lunora.adopt.refused import CannotAdopt
from lunora.adopt.wires import Chain, chains
from lunora.adopt.writing import write
from lunora.stack import Stack
from lunora.terminal import INPUT_IS_WRONG, AsJson, StackName, answers, document, fail, notes
from lunora.verbs.destinations import DEFAULT_FOLDER, InFolder

Names = Annotated[
    str | None,
    typer.Option(help="How channels are called, as in old-{name}-channel; the rest is left alone."),
]
Only = Annotated[list[str] | None, typer.Argument(help="Destinations; all when not given.")]
Look = Annotated[bool, typer.Option("--look", help="Show what would be written, write nothing.")]


def adopt(  # noqa: PLR0913 - independent options
    only: Only = None,
    *,
    names: Names = None,
    look: Look = False,
    folder: InFolder = DEFAULT_FOLDER,
    stack: StackName = "prod",
    as_json: AsJson = False,
) -> None:
    """Write files for what a former system left on the stack's flows; changes nothing in AWS."""
    where, imports = Stack.read(Path(), stack), adopted.path(Path(), stack)
    found, refused = _sorted(_chains(where, names, imports), only or [])
    written: list[Path] = []
    if found and not look:
        store = functools.partial(adding.store_key, where.project, stack)
        written = write(folder, imports, found, store)
    if as_json:
        document(shown.document(found, refused, written))
        return
    answers().print(shown.table(found, refused))
    for path in written:
        typer.echo(f"{path} is written")
    if written:
        notes().print(shown.following(stack), highlight=False, markup=False, soft_wrap=True)


def _chains(where: Stack, names: str | None, imports: Path) -> list[Chain]:
    try:
        naming = Naming(names or f"{where.project}-{where.name}-{{name}}")
        known = [entry.channel.id for entry in adopted.load(imports).values()]
    except (BadPattern, BadImportFile) as error:
        fail(str(error), INPUT_IS_WRONG)
    return chains(where, naming, known)


def _sorted(
    listed: Sequence[Chain], only: Sequence[str]
) -> tuple[list[Recognised], dict[str, str]]:
    """Return what can be adopted, and why the rest cannot, by the channel's name."""
    unknown = sorted(set(only) - {chain.name for chain in listed})
    if unknown:
        fail(f"there is nothing to adopt as {', '.join(unknown)}", INPUT_IS_WRONG)
    found: dict[str, Recognised] = {}
    refused: dict[str, str] = {}
    for chain in listed:
        if chain.name in found:
            refused[chain.channel["Name"]] = f"another channel is to be {chain.name} already"
        elif not only or chain.name in only:
            try:
                found[chain.name] = recognise(chain)
            except CannotAdopt as reason:
                refused[chain.channel["Name"]] = str(reason)
    return list(found.values()), refused
