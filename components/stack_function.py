"""A Lambda function of the stack: its role, its log group and its archive of our own files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from catalog import alarms, policies
from catalog.policies import Policy
from components import function_archive, livestream, naming, orphan_cleanup
from components.alarms import AlarmTarget, Notifying, metric_alarms
from components.stack_flows import StackFlow

_ROOT = Path(__file__).resolve().parents[1]
BACKGROUND_MB = 512
"""Memory of a function that nobody waits for."""

WHOLE_PROCESSOR_MB = 1769
"""Memory with which a function has one vCPU (Lambda developer guide, function memory)."""

_LOG_DAYS = 30


@dataclass(frozen=True, slots=True)
class StackFunctionArgs:
    """Inputs of `stack_function`.

    Attributes:
        suffix: what follows the stack's name in the names of function and log group.
        role_suffix: likewise in the name of the role, which is unique in all regions.
        handler: the Python function that handles events.
        timeout_seconds: how long one invocation may take.
        memory_mb: its memory, by which Lambda allots processor time.
        flows: the flows that it works on.
        destinations: folder of the destination files.
        environment: variables besides those of stack and flows; never a secret.
        policy: returns the permissions of its role, given the ARN of its log group; an output
            where they name resources of the stack.
        policy_name: the name of that policy.
        boundary: ARN of the policy that its role stays within; None is none.
        alarms: the alarms on its metrics.
        topic_arn: the topic that they notify; None in a region without one.
        plugin: deletes orphans of the same name.
    """

    suffix: str
    role_suffix: str
    handler: str
    timeout_seconds: int
    memory_mb: int
    flows: Sequence[StackFlow]
    destinations: Path
    environment: Mapping[str, pulumi.Input[str]]
    policy: Callable[[str], pulumi.Input[Policy]]
    policy_name: str
    boundary: str | None
    alarms: Mapping[str, alarms.AlarmDefinition]
    topic_arn: pulumi.Input[str] | None
    plugin: livestream.Provider


def stack_function(
    name: str, args: StackFunctionArgs, parent: pulumi.Resource
) -> aws.lambda_.Function:
    """Create the function with its role and log group."""
    function_name, tags = naming.role_name(args.suffix), naming.shared_tags()

    def child(kind: orphan_cleanup.CleanupKind, physical_name: str) -> pulumi.ResourceOptions:
        hooks = orphan_cleanup.before_create_hook(kind, physical_name, tags, args.plugin)
        return pulumi.ResourceOptions(parent=parent, hooks=hooks)

    role_name = naming.role_name(args.role_suffix)
    role = aws.iam.Role(
        f"{name}-role",
        name=role_name,
        assume_role_policy=json.dumps(policies.lambda_trust_policy()),
        permissions_boundary=args.boundary,
        tags=tags,
        opts=child("role", role_name),
    )
    log_name = f"/aws/lambda/{function_name}"
    logs = aws.cloudwatch.LogGroup(
        f"{name}-logs",
        name=log_name,
        retention_in_days=_LOG_DAYS,
        tags=tags,
        opts=child("log group", log_name),
    )
    aws.iam.RolePolicy(
        f"{name}-policy",
        name=args.policy_name,
        role=role.name,
        policy=pulumi.Output.json_dumps(logs.arn.apply(args.policy)),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    target = AlarmTarget(
        naming.stack_name(),
        alarms.LAMBDA,
        {"FunctionName": function_name},
        tags,
        Notifying(args.topic_arn, recovery=False) if args.topic_arn is not None else None,
    )
    metric_alarms(name, args.alarms, target, pulumi.ResourceOptions(parent=parent))
    return aws.lambda_.Function(
        f"{name}-function",
        name=function_name,
        role=role.arn,
        runtime=function_archive.RUNTIME,
        architectures=[function_archive.ARCHITECTURE],
        handler=args.handler,
        code=_archive(args.destinations),
        timeout=args.timeout_seconds,
        memory_size=args.memory_mb,
        environment=aws.lambda_.FunctionEnvironmentArgs(
            variables={**_of_stack(args.flows), **args.environment}
        ),
        tags=tags,
        # Deleted before its log group, which an invocation would create again.
        opts=pulumi.ResourceOptions.merge(
            child("function", function_name), pulumi.ResourceOptions(depends_on=[logs])
        ),
    )


def _of_stack(flows: Sequence[StackFlow]) -> dict[str, str]:
    """Return the variables that `lunora.ops.lambda_function` reads."""
    project, stack = naming.identity()
    references = [
        {
            "key": flow.key,
            "region": flow.region_providers.region,
            "name": flow.flow.name,
            "arn": flow.flow.arn,
            "source": flow.source.document(),
        }
        for flow in flows
    ]
    return {
        "LUNORA_PROJECT": project,
        "LUNORA_STACK": stack,
        "LUNORA_FLOWS": json.dumps(references),
    }


def _archive(destinations: Path) -> pulumi.AssetArchive:
    wheels = function_archive.vendored(_ROOT / "requirements.lock", _ROOT / ".local" / "api")
    # The function compares with what was deployed: a stream that should run and does not is failed.
    _, stack = naming.identity()
    files = {
        **wheels,
        **function_archive.own_files(_ROOT),
        **function_archive.destination_files(destinations),
        # What adopted channels are billed by.
        **function_archive.import_file(Path(), stack),
    }
    return pulumi.AssetArchive({name: pulumi.FileAsset(str(path)) for name, path in files.items()})
