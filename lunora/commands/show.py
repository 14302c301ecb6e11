"""`lunora show`: show one destination in full."""

from __future__ import annotations

from pathlib import Path

from lunora import terminal
from lunora.commands.options import AsJson, DestinationName, StackName
from lunora.ops.desired_state import declared_if_valid
from lunora.ops.details import details
from lunora.render import tables
from lunora.stack import Stack


def show(name: DestinationName, *, stack: StackName, as_json: AsJson = False) -> None:
    """Show everything about one destination: file, resources, state and changes."""
    config, now = Stack.read(Path(), stack), terminal.now()
    specs, wrong = declared_if_valid(config.folder, config.sources)
    destination = details(config, specs, config.folder, name, now)
    table = tables.details(destination, now)
    terminal.show(destination, table, destination.notes, as_json=as_json)
    if wrong is not None:
        raise wrong
