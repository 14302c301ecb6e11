"""Taking over what a former system left behind."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from catalog import import_manifest
from catalog.import_manifest import ImportFileError
from lunora import set_secret
from lunora.adopt.errors import NotAdoptableError
from lunora.adopt.mapping import Recognised, recognise
from lunora.adopt.naming import NamePatternError, Naming
from lunora.adopt.topology import DiscoveredStream, discovered_streams
from lunora.adopt.writer import write
from lunora.commands.destinations import DEFAULT_FOLDER, InFolder
from lunora.render import adoption
from lunora.stack import Stack
from lunora.terminal import EXIT_INVALID_INPUT, AsJson, StackName, document, fail, stderr, stdout

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
    where, imports = Stack.read(Path(), stack), import_manifest.path(Path(), stack)
    found, refused = _sorted(_chains(where, names, imports), only or [])
    written: list[Path] = []
    if found and not look:
        store = functools.partial(set_secret.store_key, where.project, stack)
        written = write(folder, imports, found, store)
    if as_json:
        document(adoption.document(found, refused, written))
        return
    stdout().print(adoption.table(found, refused))
    for path in written:
        typer.echo(f"{path} is written")
    if written:
        stderr().print(adoption.following(stack), highlight=False, markup=False, soft_wrap=True)


def _chains(where: Stack, names: str | None, imports: Path) -> list[DiscoveredStream]:
    try:
        naming = Naming(names or f"{where.project}-{where.name}-{{name}}")
        known = [entry.channel.id for entry in import_manifest.load(imports).values()]
    except (NamePatternError, ImportFileError) as error:
        fail(str(error), EXIT_INVALID_INPUT)
    return discovered_streams(where, naming, known)


def _sorted(
    listed: Sequence[DiscoveredStream], only: Sequence[str]
) -> tuple[list[Recognised], dict[str, str]]:
    """Return what can be adopted, and why the rest cannot, by the channel's name."""
    unknown = sorted(set(only) - {chain.name for chain in listed})
    if unknown:
        fail(f"there is nothing to adopt as {', '.join(unknown)}", EXIT_INVALID_INPUT)
    found: dict[str, Recognised] = {}
    refused: dict[str, str] = {}
    for chain in listed:
        if chain.name in found:
            refused[chain.channel["Name"]] = f"another channel is to be {chain.name} already"
        elif not only or chain.name in only:
            try:
                found[chain.name] = recognise(chain)
            except NotAdoptableError as reason:
                refused[chain.channel["Name"]] = str(reason)
    return list(found.values()), refused
