"""`lunora metrics`: show the last hour of one destination."""

from __future__ import annotations

from pathlib import Path

from lunora.commands.options import AsJson, DestinationName, StackName
from lunora.ops.last_hour import last_hour
from lunora.render import tables
from lunora.stack import Stack
from lunora.terminal import now, show


def metrics(name: DestinationName, *, stack: StackName, as_json: AsJson = False) -> None:
    """Show CloudWatch's metrics of one destination in the last hour."""
    measured = last_hour(Stack.read(Path(), stack), name, now())
    show(measured, tables.last_hour(measured), (), as_json=as_json)
