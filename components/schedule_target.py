"""What EventBridge Scheduler does to start a stream and to stop it."""

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
    """One thing that a schedule starts and stops.

    Attributes:
        operation: what starts it, or stops it, as Scheduler's universal target names it.
        request: what that is sent, as JSON.
        policy: leave for both and nothing else.
        after: what brings it to its state in a run.
        firings: when it is started and stopped.
        suffix: tells its schedules from the others of its destination.
    """

    operation: Callable[[bool], str]
    request: Callable[[bool], pulumi.Output[str]]
    policy: pulumi.Output[Policy]
    after: pulumi.Resource
    firings: Callable[[Schedule], Sequence[ScheduleEntry]] = scheduler_expressions.schedule_entries
    suffix: str = ""


def channel_target(channel: livestream.Channel) -> ScheduleTarget:
    """Return what starts and stops a channel."""
    request = channel.id.apply(lambda found: json.dumps({"ChannelId": found}))
    return ScheduleTarget(
        operation=lambda starts: f"medialive:{'startChannel' if starts else 'stopChannel'}",
        request=lambda _: request,
        policy=channel.arn.apply(policies.start_stop_channel_policy),
        after=channel,
    )


def feed_targets(feeds: Sequence[ChannelInput]) -> Iterator[ScheduleTarget]:
    """Yield what enables the flow outputs of a channel before it starts, and disables them after.

    Args:
        feeds: the ways into the channel, that of a backup flow last.
    """
    for number, feed in enumerate(feeds):
        for pipeline, output in enumerate(feed.flow_outputs):
            yield output_target(
                feed.flow_arn,
                output,
                firings=scheduler_expressions.output_schedule_entries,
                suffix=scheduler_expressions.output_suffix(number, pipeline),
            )


def output_target(
    flow_arn: str,
    output: livestream.FlowOutput,
    *,
    firings: Callable[[Schedule], Sequence[ScheduleEntry]] = scheduler_expressions.schedule_entries,
    suffix: str = "",
) -> ScheduleTarget:
    """Return what switches an output of a flow on and off."""

    def request(arn: str, *, starts: bool) -> str:
        status = "ENABLED" if starts else "DISABLED"
        return json.dumps({"FlowArn": flow_arn, "OutputArn": arn, "OutputStatus": status})

    return ScheduleTarget(
        operation=lambda _: "mediaconnect:updateFlowOutput",
        request=lambda starts: output.arn.apply(lambda arn: request(arn, starts=starts)),
        policy=output.arn.apply(lambda arn: policies.switch_output_policy(flow_arn, arn)),
        after=output,
        firings=firings,
        suffix=suffix,
    )
