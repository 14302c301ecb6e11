"""What EventBridge Scheduler does to start a stream and to stop it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pulumi

from catalog import policies
from components import livestream


@dataclass(frozen=True, slots=True)
class Switch:
    """One thing that a schedule starts and stops.

    Attributes:
        operation: what starts it, or stops it, as Scheduler's universal target names it.
        request: what that is sent, as JSON.
        policy: leave for both and nothing else, as JSON.
        after: what brings it to its state in a run.
    """

    operation: Callable[[bool], str]
    request: Callable[[bool], pulumi.Output[str]]
    policy: pulumi.Output[str]
    after: pulumi.Resource


def channel_switch(channel: livestream.Channel) -> Switch:
    """Return what starts and stops a channel."""
    request = channel.id.apply(lambda found: json.dumps({"ChannelId": found}))
    return Switch(
        operation=lambda starts: f"medialive:{'startChannel' if starts else 'stopChannel'}",
        request=lambda _: request,
        policy=channel.arn.apply(lambda arn: json.dumps(policies.starts_and_stops(arn))),
        after=channel,
    )


def output_switch(flow_arn: str, output: livestream.FlowOutput) -> Switch:
    """Return what switches an output of a flow on and off."""

    def request(arn: str, *, starts: bool) -> Mapping[str, str]:
        status = "ENABLED" if starts else "DISABLED"
        return {"FlowArn": flow_arn, "OutputArn": arn, "OutputStatus": status}

    return Switch(
        operation=lambda _: "mediaconnect:updateFlowOutput",
        request=lambda starts: output.arn.apply(
            lambda arn: json.dumps(request(arn, starts=starts))
        ),
        policy=output.arn.apply(lambda arn: json.dumps(policies.switches_an_output(flow_arn, arn))),
        after=output,
    )
