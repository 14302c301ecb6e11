"""The flows, the schedules, and whether channels are what their files say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from botocore.exceptions import ClientError

from catalog import names, timetable
from catalog.model import DestinationSpec
from lunora.ops.channels import channels
from lunora.ops.doctor.check import Check
from lunora.ops.drift import differences
from lunora.ops.sources import flow_status
from lunora.stack import FlowRef, Stack


def flows(stack: Stack, now: dt.datetime) -> Iterator[Check]:
    """Look at whether each flow is there, streams, and has room."""
    for ref in stack.flows:
        found = flow_status(stack, ref, now)
        room = f"{found.name} has {len(found.outputs)} of {found.outputs_limit} outputs"
        finding = f"{found.name}: {found.reason}" if found.reason else room
        yield Check("flow", found.severity, finding)


def schedules(stack: Stack, specs: Sequence[DestinationSpec]) -> Iterator[Check]:
    """Look at whether EventBridge Scheduler has what the files' schedules ask for."""
    group = names.stack_name(stack.project, stack.name)
    for spec in specs:
        if spec.schedule is None:
            continue
        wanted = {f"{spec.origin}-{firing.name}" for firing in timetable.firings(spec.schedule)}
        there = _schedules(stack, _region(stack, spec), group)
        missing = sorted(wanted - there.keys())
        state = "DISABLED" if spec.state == "stopped" else "ENABLED"
        wrong = sorted(name for name in wanted & there.keys() if there[name] != state)
        about = f"schedule {spec.name}"
        if missing:
            yield Check(about, "critical", f"{', '.join(missing)} missing; run `pulumi up`")
        elif wrong:
            reason = f"{', '.join(wrong)} should be {state}; run `pulumi up --refresh`"
            yield Check(about, "critical", reason)
        else:
            yield Check(about, "ok", f"{len(wanted)} schedules are {state}")


def drift(stack: Stack, specs: Sequence[DestinationSpec]) -> Iterator[Check]:
    """Look at whether each channel encodes and sends as its file says."""
    by_name = {spec.name: spec for spec in specs}
    for region in stack.regions:
        aws = stack.aws(region)
        for channel in channels(aws.medialive, stack.tags):
            spec = by_name.get(channel.destination)
            if spec is None:
                continue
            described = aws.medialive.describe_channel(ChannelId=channel.id)
            found = differences(spec, described)
            about = f"drift {spec.name}"
            if found:
                more = f" and {len(found) - 1} more" if len(found) > 1 else ""
                reason = f"{found[0]}{more}; run `pulumi up --refresh`"
                yield Check(about, "warning", reason)
            else:
                yield Check(about, "ok", "its channel is as its file says")


def _region(stack: Stack, spec: DestinationSpec) -> str:
    fed_by: dict[str, FlowRef] = {ref.key: ref for ref in stack.flows}
    return fed_by[spec.flow].region if spec.flow in fed_by else stack.region


def _schedules(stack: Stack, region: str, group: str) -> dict[str, str]:
    pages = stack.aws(region).client("scheduler").get_paginator("list_schedules")
    try:
        return {
            one["Name"]: one["State"]
            for page in pages.paginate(GroupName=group)
            for one in page["Schedules"]
        }
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return {}
        raise
