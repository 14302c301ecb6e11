"""What runs: look at it."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from lunora.ops.status import DestinationStatus, statuses
from lunora.stack import Stack
from lunora.terminal import AsJson, StackName, answers, document


def status(*, stack: StackName = "prod", as_json: AsJson = False) -> None:
    """Show what every destination of a stack is doing."""
    where = Stack.read(Path(), stack)
    found = statuses(where.client("medialive"), where.client("mediaconnect"), where.tags)
    if as_json:
        document(found)
    else:
        answers().print(_table(found, where))


def _table(found: list[DestinationStatus], where: Stack) -> Table:
    running = sum(one.channel_state == "RUNNING" for one in found)
    table = Table(
        title=f"{where.project} {where.name}: {running} of {len(found)} channels running",
        title_justify="left",
    )
    for heading in ("destination", "platform", "channel", "state", "flow output", "flow"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        colour = "green" if one.channel_state == "RUNNING" else "yellow"
        table.add_row(
            one.name,
            one.platform,
            one.channel_id,
            f"[{colour}]{one.channel_state}[/]",
            one.flow_output or "[red]missing[/]",
            one.flow_state or "[red]missing[/]",
        )
    return table
