"""`lunora flows`: show the flows that feed the destinations."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import typer

from catalog.errors import ExitCode, LunoraError
from lunora import terminal
from lunora.commands.options import AsJson, StackName
from lunora.ops.flow_status import flow_status
from lunora.render import tables
from lunora.stack import Stack


def flows(*, stack: StackName, as_json: AsJson = False) -> None:
    """Show the flows: source, outputs and quota; exit code 1 when one needs attention."""
    config, now = Stack.read(Path(), stack), terminal.now()
    if not config.flows:
        raise LunoraError(
            "LUN408",
            f"Pulumi.{stack}.yaml names no flow",
            remedy=f"add {config.project}:flows, as in Pulumi.prod.yaml",
        )
    with ThreadPoolExecutor() as pool:
        statuses = list(pool.map(lambda flow: flow_status(config, flow, now), config.flows))
    terminal.show({"flows": statuses}, tables.flows(statuses, now), (), as_json=as_json)
    if any(status.severity != "ok" for status in statuses):
        raise typer.Exit(ExitCode.AWS_ERROR)
