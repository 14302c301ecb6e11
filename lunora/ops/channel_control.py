"""Start and stop of single destinations, for the command, the HTTP API and removals.

The flow outputs of a channel are enabled before it starts, and disabled after it has stopped.
"""

from __future__ import annotations

from collections.abc import Callable

from botocore.exceptions import ClientError

from catalog.channel_states import ON_AIR
from catalog.suspension import Suspension
from lunora.ops.channels import Channel
from lunora.ops.desired_state import DesiredState
from lunora.ops.errors import ControlError
from lunora.ops.flow_destination import FlowDestination, switch, switch_outputs
from lunora.ops.targets import Target
from lunora.stack import Stack
from provider import channel_lifecycle, channel_suspension, output_suspension
from provider.aws import AwsClients
from provider.resource import ResourceError

_STARTABLE = ON_AIR | {"IDLE"}
_STOPPED = frozenset({"IDLE", "STOPPING"})


def request_state(
    stack: Stack, target: Target, desired: DesiredState, suspension: Suspension | None = None
) -> bool:
    """Request a start or stop of *target* without waiting for it.

    Args:
        stack: the stack of the target.
        target: a channel with its flow outputs, or a flow output.
        desired: the state to request.
        suspension: who stops it, so that the watchdog does not start it again.

    Returns:
        Whether AWS was asked; False while the target changes, and where it is in that state.

    Raises:
        ControlError, ResourceError: when AWS refuses.
    """
    if isinstance(target, FlowDestination):
        changes = target.is_on_air != (desired == "running")
        _switch_direct(stack, target, desired, suspension)
        return changes
    aws, state = stack.aws(target.region), target.state
    _mark(aws, target, desired, suspension)
    requested = False
    if desired == "running" and state in _STARTABLE:
        switch_outputs(stack, target, desired)
        if requested := state == "IDLE":
            channel_lifecycle.request_start(aws, target.id, action=f"start {target.destination}")
    if desired == "stopped":
        if requested := state in ON_AIR:
            channel_lifecycle.request_stop(aws, target.id, action=f"stop {target.destination}")
        if requested or state in _STOPPED:
            switch_outputs(stack, target, desired)
    return requested


def control(
    stack: Stack,
    target: Target,
    desired: DesiredState,
    report: Callable[[str], None],
    suspension: Suspension | None = None,
) -> str:
    """Start or stop *target*, and wait until it has; returns the state it ends in.

    Args:
        stack: the stack of the target.
        target: a channel with its flow outputs, or a flow output.
        desired: the state to reach.
        report: receives each state on the way once, the last one too.
        suspension: who stops it, so that the watchdog does not start it again.

    Raises:
        ControlError: when it cannot be reached, or not within 15 minutes.
    """
    if isinstance(target, FlowDestination):
        status = _switch_direct(stack, target, desired, suspension)
        report(status)
        return status
    _mark(stack.aws(target.region), target, desired, suspension)
    if desired == "running":
        switch_outputs(stack, target, desired)
    state = control_channel(stack.aws(target.region), target, desired, report)
    if desired == "stopped":
        switch_outputs(stack, target, desired)
    return state


def control_channel(
    aws: AwsClients, channel: Channel, desired: DesiredState, report: Callable[[str], None]
) -> str:
    """Start or stop *channel* without its flow outputs; see `control`."""
    try:
        state = channel_lifecycle.reconcile(
            aws, channel.id, lambda _: desired == "running", report=report
        )
    except ResourceError as error:
        raise ControlError.of_resource_error(error) from None
    if desired == "running" and state == "DELETED":
        cause = f"channel {channel.id} is gone"
        raise ControlError.of_cause(desired, channel.destination, cause, remedy="run `pulumi up`")
    return state


def _switch_direct(
    stack: Stack, target: FlowDestination, desired: DesiredState, suspension: Suspension | None
) -> str:
    _mark(stack.aws(target.region), target, desired, suspension)
    return switch(stack, target, desired)


def _mark(
    aws: AwsClients, target: Target, desired: DesiredState, suspension: Suspension | None
) -> None:
    """Suspend the restarts of *target* before a stop; end a suspension before a start.

    Raises:
        ControlError: when AWS refuses.
    """
    if isinstance(target, FlowDestination):
        arn, subject = target.output.arn, f"flow output {target.output.name}"
        suspend, resume = output_suspension.suspend, output_suspension.resume
    else:
        arn, subject = target.arn, f"channel {target.id}"
        suspend, resume = channel_suspension.suspend, channel_suspension.resume
    try:
        if desired == "stopped" and suspension is not None:
            suspend(aws, arn, suspension)
        if desired == "running" and target.suspension is not None:
            resume(aws, arn)
    except ResourceError as error:
        raise ControlError.of_resource_error(error) from None
    except ClientError:
        raise ControlError.of_cause(
            desired, target.destination, f"{subject} is gone", remedy="run `pulumi up`"
        ) from None
