"""Checks of the alarms and event rules of channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog import alarms, events, names
from catalog.model import DestinationSpec
from lunora.ops.channels import stack_channels
from lunora.ops.doctor.check import Check
from lunora.ops.doctor.streams import region_of
from lunora.stack import Stack


def monitoring(stack: Stack, specs: Sequence[DestinationSpec]) -> Iterator[Check]:
    """Check that channels have the alarms and event rules of their files."""
    actual = {region: _monitoring(stack, region) for region in stack.regions}
    deployed = {channel.destination for channel in stack_channels(stack)}
    for spec in specs:
        if spec.name not in deployed or spec.route == "flow":
            continue
        origin = names.physical_name(stack.project, stack.name, spec.original_name)
        declared = {
            *alarms.channel_alarm_names(origin, spec),
            *(events.rule_name(origin, kind) for kind in events.KINDS),
        }
        missing = sorted(declared - actual[region_of(stack, spec)])
        about = f"monitoring {spec.name}"
        if missing:
            reason = f"{', '.join(missing)} missing; run `pulumi up --refresh`"
            yield Check(about, "warning", reason)
        else:
            yield Check(about, "ok", f"{len(declared)} alarms and event rules are there")


def _monitoring(stack: Stack, region: str) -> frozenset[str]:
    """Return the names of the alarms and event rules of a region that begin like the stack's."""
    prefix, aws = names.physical_name(stack.project, stack.name, ""), stack.aws(region)
    alarm_pages = aws.client("cloudwatch").get_paginator("describe_alarms")
    rule_pages = aws.client("events").get_paginator("list_rules")
    return frozenset(
        [
            *(
                alarm["AlarmName"]
                for page in alarm_pages.paginate(AlarmNamePrefix=prefix)
                for alarm in page["MetricAlarms"]
            ),
            *(
                rule["Name"]
                for page in rule_pages.paginate(NamePrefix=prefix)
                for rule in page["Rules"]
            ),
        ]
    )
