"""Targets of EventBridge Scheduler that start and stop a stream."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pulumi

from catalog import policies, scheduler_expressions
from catalog.policies import Policy
from catalog.schedule import Schedule
from catalog.scheduler_expressions import ScheduleEntry
from components import livestream
from components.channel_input import ChannelInput


@dataclass(frozen=True, slots=True)
class ScheduleTarget:
    """A channel or flow output that a schedule starts and stops.

    Attributes:
        operation: the call that starts it (True) or stops it, in the form of universal targets.
        request: the JSON input of that call.
        policy: permission for both calls and nothing else.
        resource: the resource that it is.
        entries: the times of its starts and stops.
        suffix: distinguishes its schedules from others of the destination.
    """

    operation: Callable[[bool], str]
    request: Callable[[bool], pulumi.Output[str]]
    policy: pulumi.Output[Policy]
    resource: pulumi.Resource
    entries: Callable[[Schedule], Sequence[ScheduleEntry]] = scheduler_expressions.schedule_entries
    suffix: str = ""


def channel_target(channel: livestream.Channel) -> ScheduleTarget:
    """Return the target that starts and stops *channel*."""
    request = channel.id.apply(lambda channel_id: json.dumps({"ChannelId": channel_id}))
    return ScheduleTarget(
        operation=lambda starts: f"medialive:{'startChannel' if starts else 'stopChannel'}",
        request=lambda _: request,
        policy=channel.arn.apply(policies.start_stop_channel_policy),
        resource=channel,
    )


def input_targets(channel_inputs: Sequence[ChannelInput]) -> Iterator[ScheduleTarget]:
    """Yield targets that enable a channel's outputs before its start and disable them after.

    Args:
        channel_inputs: the inputs of the channel, that of a backup flow last.
    """
    for number, channel_input in enumerate(channel_inputs):
        for pipeline, output in enumerate(channel_input.flow_outputs):
            yield output_target(
                channel_input.flow_arn,
                output,
                entries=scheduler_expressions.output_schedule_entries,
                suffix=scheduler_expressions.output_suffix(number, pipeline),
            )


def output_target(
    flow_arn: str,
    output: livestream.FlowOutput,
    *,
    entries: Callable[[Schedule], Sequence[ScheduleEntry]] = scheduler_expressions.schedule_entries,
    suffix: str = "",
) -> ScheduleTarget:
    """Return the target that enables and disables *output*."""

    def request(arn: str, *, starts: bool) -> str:
        status = "ENABLED" if starts else "DISABLED"
        return json.dumps({"FlowArn": flow_arn, "OutputArn": arn, "OutputStatus": status})

    return ScheduleTarget(
        operation=lambda _: "mediaconnect:updateFlowOutput",
        request=lambda starts: output.arn.apply(lambda arn: request(arn, starts=starts)),
        policy=output.arn.apply(lambda arn: policies.switch_output_policy(flow_arn, arn)),
        resource=output,
        entries=entries,
        suffix=suffix,
    )
