"""`lunora metrics`: show the last hour of one destination."""

from __future__ import annotations

from pathlib import Path

from lunora.commands.options import AsJson, DestinationName, StackName
from lunora.ops.channels import stack_channels
from lunora.ops.errors import require_known
from lunora.ops.history import history
from lunora.render import tables
from lunora.stack import Stack
from lunora.terminal import now, show


def metrics(name: DestinationName, *, stack: StackName, as_json: AsJson = False) -> None:
    """Show CloudWatch's metrics of one destination in the last hour."""
    config = Stack.read(Path(), stack)
    channels_by_name = {channel.destination: channel for channel in stack_channels(config)}
    require_known(name, channels_by_name)
    channel = channels_by_name[name]
    last_hour = history(config.aws(channel.region).client("cloudwatch"), channel, now())
    show(last_hour, tables.history(last_hour), (), as_json=as_json)
