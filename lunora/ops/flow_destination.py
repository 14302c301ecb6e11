"""Flow outputs of a stack, selected by their tags, and their switches.

Some send a stream without a channel; others feed a channel, and are enabled while it runs.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from catalog import names, suspension
from catalog.suspension import Suspension
from lunora.ops.channels import Channel
from lunora.ops.desired_state import DesiredState
from lunora.ops.errors import ControlError, control_verb
from lunora.ops.flows import Flow, FlowOutput, flow
from lunora.stack import Stack
from provider.aws import AwsClients
from provider.aws_errors import resource_error
from provider.channel_listing import list_channels
from provider.ownership import in_same_stack
from provider.resource import ResourceError

_WORKERS = 16
_STATUS = {"running": "ENABLED", "stopped": "DISABLED"}


@dataclass(frozen=True, slots=True)
class FlowDestination:
    """A flow output that carries the stack's tags.

    Attributes:
        destination: tag Destination.
        platform: tag Platform.
        region: the region of its flow.
        flow_arn: its flow.
        output: the output.
        suspension: what keeps the watchdog from enabling it; None without one.
        tags: all that the output carries.
    """

    destination: str
    platform: str
    region: str
    flow_arn: str
    output: FlowOutput
    suspension: Suspension | None = None
    tags: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_on_air(self) -> bool:
        """True while the output is enabled."""
        return self.output.status == _STATUS["running"]

    @property
    def state(self) -> str:
        """The status of the output."""
        return self.output.status


def flow_destinations(stack: Stack) -> Iterator[FlowDestination]:
    """Yield the outputs that send a stream without a channel, on all flows of *stack*.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    prefix = stack.physical_name("")
    for ref in stack.flows:
        aws = stack.aws(ref.region)
        described, of_channels = flow(aws.mediaconnect, ref), _outputs_of_channels(aws)
        yield from _tagged(
            stack,
            described,
            [
                output
                for output in described.outputs
                if output.name.startswith(prefix) and output.name not in of_channels
            ],
        )


def switch_outputs(stack: Stack, channel: Channel, desired: DesiredState) -> None:
    """Enable or disable the flow outputs of *channel*, on all flows, of all pipelines.

    Raises:
        ControlError: when AWS refuses.
    """
    mediaconnect = stack.aws(channel.region).mediaconnect
    try:
        flows = [flow(mediaconnect, ref) for ref in stack.flows if ref.region == channel.region]
        targets = [
            target
            for described in flows
            for target in _tagged(stack, described, map(described.output, channel.outputs))
        ]
    except (ClientError, BotoCoreError) as error:
        cause = resource_error(f"read the flow outputs of {channel.destination}", error)
        raise ControlError.of_resource_error(cause) from None
    for target in targets:
        switch(stack, target, desired)


def _tagged(
    stack: Stack, described: Flow, outputs: Iterable[FlowOutput | None]
) -> Iterator[FlowDestination]:
    """Yield those of the *outputs* of a flow that carry the stack's tags."""
    with ThreadPoolExecutor(_WORKERS) as pool:
        targets = pool.map(
            lambda output: flow_destination(stack, described, output), filter(None, outputs)
        )
        yield from filter(None, targets)


def flow_destination(stack: Stack, described: Flow, output: FlowOutput) -> FlowDestination | None:
    """Return the *output* of a flow with its tags; None where these are not of the stack.

    Raises:
        ClientError, BotoCoreError: when AWS does not answer.
    """
    if described.arn is None:
        return None
    mediaconnect = stack.aws(described.region).mediaconnect
    tags = mediaconnect.list_tags_for_resource(ResourceArn=output.arn).get("Tags", {})
    if not in_same_stack(tags, stack.tags) or "Destination" not in tags:
        return None
    return FlowDestination(
        tags["Destination"],
        tags.get("Platform", "?"),
        described.region,
        described.arn,
        output,
        suspension.read(tags),
        tags,
    )


def _outputs_of_channels(aws: AwsClients) -> set[str]:
    """Return the names of the outputs of all channels, also of those that lost their tags."""
    channel_names = [summary.get("Name", "") for summary in list_channels(aws.medialive)]
    return {names.pipeline_name(name, pipeline) for name in channel_names for pipeline in range(2)}


def switch(stack: Stack, target: FlowDestination, desired: DesiredState) -> str:
    """Enable or disable the output; returns its status then.

    Raises:
        ControlError: when AWS refuses.
    """
    aws, status = stack.aws(target.region), _STATUS[desired]
    if target.output.status == status:
        return status
    update = functools.partial(
        aws.mediaconnect.update_flow_output,
        FlowArn=target.flow_arn,
        OutputArn=target.output.arn,
        OutputStatus=status,  # type: ignore[arg-type]  # one of its two words
    )
    try:
        aws.call(update, action=f"{control_verb(desired)} {target.destination}")
    except ClientError:
        cause = f"flow output {target.output.name} is gone"
        raise ControlError.of_cause(
            desired, target.destination, cause, remedy="run `pulumi up`"
        ) from None
    except ResourceError as error:
        raise ControlError.of_resource_error(error) from None
    return status
