"""IAM policies of the roles that act for a stack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog import suspension
from catalog.channel_access import ChannelAccess

Policy = dict[str, Any]


def scheduler_trust_policy(*, account: str, group_arn: str) -> Policy:
    """Return the trust of a role that only the schedules of one group may assume.

    Scheduler knows a condition on the group, not on a single schedule (its user guide, confused
    deputy prevention).
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnEquals": {"aws:SourceArn": group_arn},
    }
    return _policy(_trust("scheduler.amazonaws.com", Condition=condition))


def start_stop_channel_policy(channel_arn: str) -> Policy:
    """Return the permission to start and stop one channel, and nothing else."""
    actions = ["medialive:StartChannel", "medialive:StopChannel"]
    return _policy(_allow(actions, channel_arn))


def switch_output_policy(flow_arn: str, output_arn: str) -> Policy:
    """Return the permission to change one output of a flow: MediaConnect asks for both."""
    return _policy(_allow(["mediaconnect:UpdateFlowOutput"], [flow_arn, output_arn]))


def merge_policies(policies: Iterable[Policy]) -> Policy:
    """Return one policy that allows what each of *policies* allows."""
    return _policy(*(statement for policy in policies for statement in policy["Statement"]))


def mediaconnect_trust_policy(*, account: str, flow_arns: Sequence[str]) -> Policy:
    """Return the trust of a role that only some flows may assume.

    Conditions as in the MediaConnect user guide, cross-service confused deputy prevention.
    """
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnEquals": {"aws:SourceArn": list(flow_arns)},
    }
    return _policy(_trust("mediaconnect.amazonaws.com", Condition=condition))


def read_passphrases_policy(secret_arn_like: str, tags: Mapping[str, str]) -> Policy:
    """Return the permission to read the secrets of this form that carry *tags*.

    The actions are those that MediaConnect asks for (its user guide, policy examples for secrets).
    """
    actions = ("DescribeSecret", "GetResourcePolicy", "GetSecretValue", "ListSecretVersionIds")
    allowed = [f"secretsmanager:{action}" for action in actions]
    return _policy(_allow(allowed, secret_arn_like, Condition=_carrying(tags)))


def _flow_outputs(account: str) -> dict[str, Any]:
    """Return the statement that lets MediaLive make its own outputs on flows of *account*.

    MediaLive user guide, trusted-entity requirements: these three actions, and none that changes
    other outputs.
    """
    actions = ("ManagedDescribeFlow", "ManagedAddOutput", "ManagedRemoveOutput")
    allowed = [f"mediaconnect:{action}" for action in actions]
    return _allow(allowed, f"arn:aws:mediaconnect:*:{account}:*")


def secret_arn_pattern(account: str, name: str) -> str:
    """Return a pattern of the ARN of the secret *name* in any region.

    Secrets Manager ends an ARN with a hyphen and six characters of its own.
    """
    return f"arn:aws:secretsmanager:*:{account}:secret:{name}-??????"


def channel_policy(access: ChannelAccess, *, account: str) -> Policy:
    """Return the permission of channels to read and write exactly what *access* names.

    Actions: MediaLive user guide, access requirements for the trusted entity. That a recording
    needs no more than PutObject is unverified: the guide also suggests to list, read and delete.
    """
    secrets = [secret_arn_pattern(account, name) for name in access.secrets]
    parameters = [f"arn:aws:ssm:*:{account}:parameter{name}" for name in access.parameters]
    grants = (
        (["secretsmanager:GetSecretValue"], secrets),
        (["ssm:GetParameter", "ssm:GetParameters"], parameters),
        (["s3:PutObject"], [f"arn:aws:s3:::{objects}" for objects in access.recordings]),
        (
            ["s3:DeleteObject", "s3:PutObject"],
            [f"arn:aws:s3:::{objects}" for objects in access.playlists],
        ),
        # aws-cdk, aws-elementalinference-alpha, README: what a channel's role needs of a feed.
        (["elemental-inference:GetMetadata", "elemental-inference:PutMedia"], [*access.feeds]),
    )
    statements = [_allow(actions, resources) for actions, resources in grants if resources]
    return _policy(*statements, *([_flow_outputs(account)] if access.takes_flows else []))


def read_slates_policy(objects: Sequence[str]) -> Policy:
    """Return the permission to read these objects of S3, each as `bucket/key`.

    The action is one of those that MediaLive asks for to retrieve assets from S3 (its user guide,
    access requirements for the trusted entity); that it lists no bucket for an image is unverified.
    """
    return _policy(_allow(["s3:GetObject"], [f"arn:aws:s3:::{name}" for name in objects]))


def topic_publish_policy(topic_arn: str, *, account: str, region: str, alarm_prefix: str) -> Policy:
    """Return the permission of the stack's alarms to publish to one topic."""
    source = f"arn:aws:cloudwatch:{region}:{account}:alarm:{alarm_prefix}-*"
    condition = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": source},
    }
    return _policy(_publish("cloudwatch.amazonaws.com", topic_arn, Condition=condition))


def lambda_trust_policy() -> Policy:
    """Return the trust of a function's role."""
    return _policy(_trust("lambda.amazonaws.com"))


_CHANNELS = "arn:aws:medialive:*:*:channel:*"
_OUTPUTS = "arn:aws:mediaconnect:*:*:output:*"


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """Resources that the HTTP API works on.

    Attributes:
        flow_arns: the flows that feed its destinations.
        history_arns: the log groups of the history, one a region.
        token_arn: the secret with the token of the repository in which it proposes changes; None
            without one.
    """

    flow_arns: Sequence[str]
    history_arns: Sequence[str]
    token_arn: str | None = None


def api_policy(access: ApiAccess, tags: Mapping[str, str], *, log_group: str) -> Policy:
    """Return the permission to read the stack, and to start and stop resources with its *tags*.

    That is its channels, and the flow outputs that feed them. A stop leaves a tag that suspends
    restarts, and a start removes it, which goes to the history.
    """
    condition = _carrying(tags)
    about_suspension = _about_suspension(condition)
    reads_token = (
        [_allow(["secretsmanager:GetSecretValue"], access.token_arn)] if access.token_arn else []
    )
    return _policy(
        *_read_and_switch_outputs(access.flow_arns, condition),
        _allow(
            ["medialive:DescribeThumbnails", "medialive:StartChannel", "medialive:StopChannel"],
            _CHANNELS,
            Condition=condition,
        ),
        _allow(["mediaconnect:DescribeFlowSourceThumbnail"], list(access.flow_arns)),
        # Times of parameters, never a value; the bill and CloudTrail's calls know no resources.
        _allow(["ssm:DescribeParameters", "ce:GetCostAndUsage", "cloudtrail:LookupEvents"], "*"),
        _allow(["logs:FilterLogEvents"], list(access.history_arns)),
        _allow(
            ["medialive:CreateTags", "medialive:DeleteTags"], _CHANNELS, Condition=about_suspension
        ),
        _allow(
            ["mediaconnect:TagResource", "mediaconnect:UntagResource"],
            _OUTPUTS,
            Condition=about_suspension,
        ),
        *reads_token,
        _allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [*(f"{arn}:*" for arn in access.history_arns), f"{log_group}:*"],
        ),
    )


@dataclass(frozen=True, slots=True)
class WatchdogAccess:
    """Resources that the watchdog of one region works on.

    Attributes:
        flow_arns: the flows that feed its destinations.
        table_arn: the table with its memory.
        history_arn: the log group of the history.
        topic_arn: the topic of messages about incidents.
        webhooks_arn: the parameter with other receivers; None without any.
        shows_logos: whether a destination has a logo, which it shows after each start.
    """

    flow_arns: Sequence[str]
    table_arn: str
    history_arn: str
    topic_arn: str
    webhooks_arn: str | None
    shows_logos: bool = False


def watchdog_policy(access: WatchdogAccess, tags: Mapping[str, str], *, log_group: str) -> Policy:
    """Return the permission to read the stack, to start its channels and to switch its outputs.

    It can stop nothing, and removes no tag but the one that suspends restarts. It changes schedules
    of channels only where it shows logos.
    """
    condition = _carrying(tags)
    logos = ["medialive:BatchUpdateSchedule"] if access.shows_logos else []
    webhooks = [_allow(["ssm:GetParameter"], access.webhooks_arn)] if access.webhooks_arn else []
    return _policy(
        *_read_and_switch_outputs(access.flow_arns, condition),
        _allow(["medialive:StartChannel", *logos], _CHANNELS, Condition=condition),
        _allow(["medialive:DeleteTags"], _CHANNELS, Condition=_about_suspension(condition)),
        _allow(["mediaconnect:UntagResource"], _OUTPUTS, Condition=_about_suspension(condition)),
        _allow(["dynamodb:GetItem", "dynamodb:PutItem"], access.table_arn),
        _allow(["sns:Publish"], access.topic_arn),
        *webhooks,
        _allow(
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            [f"{access.history_arn}:*", f"{log_group}:*"],
        ),
    )


def _read_and_switch_outputs(
    flow_arns: Sequence[str], condition: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the statements to read the stack's streams, and to switch flow outputs of the stack.

    Lists, alerts and measurements know no resources. ListChannels shows stream keys to the
    function, which answers with none.
    """
    return [
        _allow(["medialive:ListChannels", "medialive:ListAlerts"], "*"),
        _allow(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*"),
        # MediaConnect asks for both, the flow and its output.
        _allow(["mediaconnect:DescribeFlow", "mediaconnect:UpdateFlowOutput"], list(flow_arns)),
        # Of this action the Service Authorization Reference names no resources.
        _allow(["mediaconnect:ListTagsForResource"], "*"),
        _allow(
            ["mediaconnect:UpdateFlowOutput"],
            _OUTPUTS,
            Condition=condition,
        ),
    ]


def _about_suspension(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Return *condition*, of changes of no other tag than the one that suspends restarts."""
    return {**condition, "ForAllValues:StringEquals": {"aws:TagKeys": [suspension.KEY]}}


def _allow(actions: Sequence[str], resource: object, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def _carrying(tags: Mapping[str, str]) -> dict[str, Any]:
    return {"StringEquals": {f"aws:ResourceTag/{key}": tags[key] for key in sorted(tags)}}


def _publish(service: str, topic_arn: str, **more: Any) -> dict[str, Any]:
    principal = {"Service": service}
    publish = {"Action": "sns:Publish", "Resource": topic_arn}
    return {"Effect": "Allow", "Principal": principal, **publish, **more}


def _trust(service: str, **more: Any) -> dict[str, Any]:
    principal = {"Service": service}
    return {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}


def _policy(*statements: dict[str, Any] | Sequence[dict[str, Any]]) -> Policy:
    return {"Version": "2012-10-17", "Statement": list(statements)}
