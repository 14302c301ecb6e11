"""`lunora adopt`: write destination files for the streams of a former system."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from catalog import import_manifest, ingest
from catalog.errors import LunoraError
from lunora import pulumi_cli
from lunora.adopt.errors import NotAdoptableError
from lunora.adopt.mapping import AdoptableStream, to_destination
from lunora.adopt.naming import Naming
from lunora.adopt.topology import DiscoveredStream, discovered_streams
from lunora.adopt.writer import write
from lunora.commands.options import AsJson, DryRun, FolderOption, StackName
from lunora.destination_secrets import key_setting
from lunora.render import adoption
from lunora.stack import Stack
from lunora.terminal import document, echo, stderr, stdout

NamePattern = Annotated[
    str | None,
    typer.Option(
        "--names", help="Pattern of the channels' names, as old-{name}-channel; others are ignored."
    ),
]
Only = Annotated[list[str] | None, typer.Argument(help="Destinations; all when not given.")]


def _renamed(value: bool) -> None:  # noqa: FBT001 - typer's form of a callback
    if value:
        raise LunoraError(
            "LUN401", "--look is not an option any more", remedy="use `lunora adopt --dry-run`"
        )


Look = Annotated[bool, typer.Option("--look", hidden=True, callback=_renamed)]


def adopt(  # noqa: PLR0913 - independent options
    only: Only = None,
    *,
    names: NamePattern = None,
    dry_run: DryRun = False,
    folder: FolderOption = None,
    stack: StackName,
    as_json: AsJson = False,
    _look: Look = False,
) -> None:
    """Write files for the streams of a former system on the stack's flows; no change in AWS."""
    config, manifest = Stack.read(Path(), stack), import_manifest.path(Path(), stack)
    adoptable, refused = _sorted(_streams(config, names, manifest), only or [])
    written: list[Path] = []
    if adoptable and not dry_run:
        store = functools.partial(_store_key, config.project, stack)
        written = write(folder or config.folder, manifest, adoptable, store)
    if as_json:
        document(adoption.document(adoptable, refused, written))
        return
    stdout().print(adoption.table(adoptable, refused))
    for path in written:
        echo(f"{path} is written")
    if written:
        stderr().print(adoption.next_steps(stack), highlight=False, markup=False, soft_wrap=True)


def _store_key(project: str, stack: str, name: str, key: str) -> None:
    pulumi_cli.set_secret(project, stack, key_setting(name), key)


def _streams(config: Stack, pattern: str | None, manifest: Path) -> list[DiscoveredStream]:
    naming = Naming(pattern or f"{config.project}-{config.name}-{{name}}")
    adopted = [entry.channel.id for entry in import_manifest.load(manifest).values()]
    return discovered_streams(config, naming, adopted)


def _sorted(
    streams: Sequence[DiscoveredStream], only: Sequence[str]
) -> tuple[list[AdoptableStream], dict[str, NotAdoptableError]]:
    """Return the adoptable streams, and the reason against each other by its channel's name."""
    unknown = sorted(set(only) - {stream.name for stream in streams})
    if unknown:
        raise LunoraError("LUN430", f"there is nothing to adopt as {', '.join(unknown)}")
    adoptable: dict[str, AdoptableStream] = {}
    publishers: dict[tuple[object, str], str] = {}
    refused: dict[str, NotAdoptableError] = {}
    for stream in streams:
        channel = stream.channel["Name"]
        if stream.name in adoptable:
            refused[channel] = NotAdoptableError(
                "LUN432", f"another channel is adopted as {stream.name}"
            )
        elif not only or stream.name in only:
            try:
                adopted = to_destination(stream)
                _claim(publishers, adopted)
            except NotAdoptableError as error:
                refused[channel] = error
            else:
                adoptable[stream.name] = adopted
    return list(adoptable.values()), refused


def _claim(publishers: dict[tuple[object, str], str], stream: AdoptableStream) -> None:
    """Note ingests and key of *stream*; a platform takes one publisher of them.

    Raises:
        NotAdoptableError: when another stream has one of the ingests and the key.
    """
    claims = [(ingest.identity(url), stream.key) for url in stream.ingests]
    for claim in claims:
        if claim in publishers:
            raise NotAdoptableError(
                "LUN436",
                f"{publishers[claim]} sends to the same ingest with the same key",
                remedy="delete one of the two channels, or give it a key of its own",
            )
    publishers.update(dict.fromkeys(claims, stream.name))
