"""Nothing that acts for the stack may do more than its task."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from catalog import policies, suspension

CHANNEL = "arn:aws:medialive:us-west-2:123456789012:channel:1"
GROUP = "arn:aws:scheduler:us-west-2:123456789012:schedule-group/p-s"


def test_only_the_schedules_of_one_group_assume_the_role() -> None:
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "123456789012"},
            "ArnEquals": {"aws:SourceArn": GROUP},
        },
    }
    assert policies.scheduler_trust_policy(account="123456789012", group_arn=GROUP) == {
        "Version": "2012-10-17",
        "Statement": [trust],
    }


def test_only_lambda_assumes_a_functions_role() -> None:
    (statement,) = policies.lambda_trust_policy()["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


def test_of_services_only_the_stacks_alarms_publish_to_its_topic() -> None:
    policy = policies.topic_publish_policy(
        "arn:topic", account="123456789012", region="us-west-2", alarm_prefix="p-s"
    )
    may = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:topic"}
    assert policy["Statement"] == [
        {
            **may,
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "123456789012"},
                "ArnLike": {
                    "aws:SourceArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:p-s-*"
                },
            },
        },
    ]


def test_the_api_starts_and_stops_only_channels_of_its_stack() -> None:
    tags = {"Project": "p", "Stack": "s", "ManagedBy": "lunora"}
    access = policies.ApiAccess(["arn:flow"], ["arn:history"])
    statements = policies.api_policy(access, tags, log_group="arn:logs")["Statement"]
    by_action = {action: statement for statement in statements for action in statement["Action"]}
    assert by_action["medialive:StartChannel"]["Condition"] == {
        "StringEquals": {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    }
    assert by_action["mediaconnect:DescribeFlow"]["Resource"] == ["arn:flow"]
    assert by_action["logs:PutLogEvents"]["Resource"] == ["arn:history:*", "arn:logs:*"]
    assert by_action["logs:FilterLogEvents"]["Resource"] == ["arn:history"]
    assert by_action["medialive:DescribeThumbnails"] == by_action["medialive:StartChannel"]
    assert {action for action, statement in by_action.items() if statement["Resource"] == "*"} == {
        "medialive:ListChannels",
        "medialive:ListAlerts",
        "mediaconnect:ListTagsForResource",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListMetrics",
        "ssm:DescribeParameters",
        "ce:GetCostAndUsage",
        "cloudtrail:LookupEvents",
    }
    assert not [action for action in by_action if "*" in action]
    assert "medialive:DescribeChannel" not in by_action


def test_the_api_changes_what_carries_the_tags_of_its_stack_and_no_tag_but_the_suspension() -> None:
    tags = {"Project": "p", "Stack": "s", "ManagedBy": "lunora"}
    access = policies.ApiAccess(["arn:flow"], ["arn:history"])
    statements = policies.api_policy(access, tags, log_group="arn:logs")["Statement"]
    of_stack = {"StringEquals": {f"aws:ResourceTag/{key}": tags[key] for key in tags}}
    suspends = {**of_stack, "ForAllValues:StringEquals": {"aws:TagKeys": [suspension.KEY]}}
    channel, output = "arn:aws:medialive:*:*:channel:*", "arn:aws:mediaconnect:*:*:output:*"
    conditions = {
        (action, statement["Resource"]): statement["Condition"]
        for statement in statements
        for action in statement["Action"]
        if "Condition" in statement
    }
    assert conditions == {
        ("medialive:DescribeThumbnails", channel): of_stack,
        ("medialive:StartChannel", channel): of_stack,
        ("medialive:StopChannel", channel): of_stack,
        ("mediaconnect:UpdateFlowOutput", output): of_stack,
        ("medialive:CreateTags", channel): suspends,
        ("medialive:DeleteTags", channel): suspends,
        ("mediaconnect:TagResource", output): suspends,
        ("mediaconnect:UntagResource", output): suspends,
    }


def test_the_watchdog_starts_channels_and_ends_suspensions_and_no_more() -> None:
    tags = {"Project": "p", "Stack": "s", "ManagedBy": "lunora"}
    carried = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}

    def statements(**more: Any) -> list[dict[str, Any]]:
        access = policies.WatchdogAccess(
            ["arn:flow"], "arn:table", "arn:history", "arn:topic", None
        )
        access = dataclasses.replace(access, **more)
        policy = policies.watchdog_policy(access, tags, log_group="arn:logs")
        return [each for each in policy["Statement"] if each["Resource"] != "*"]

    by_action = {
        (action, json.dumps(statement["Resource"])): statement.get("Condition")
        for statement in statements(webhooks_arn="arn:webhooks", shows_logos=True)
        for action in statement["Action"]
    }
    channel = json.dumps("arn:aws:medialive:*:*:channel:*")
    output = json.dumps("arn:aws:mediaconnect:*:*:output:*")
    of_stack = {"StringEquals": carried}
    ends = {**of_stack, "ForAllValues:StringEquals": {"aws:TagKeys": [suspension.KEY]}}
    assert by_action == {
        ("mediaconnect:DescribeFlow", '["arn:flow"]'): None,
        ("mediaconnect:UpdateFlowOutput", '["arn:flow"]'): None,
        ("mediaconnect:UpdateFlowOutput", output): of_stack,
        ("medialive:StartChannel", channel): of_stack,
        ("medialive:BatchUpdateSchedule", channel): of_stack,
        ("medialive:DeleteTags", channel): ends,
        ("mediaconnect:UntagResource", output): ends,
        ("dynamodb:GetItem", '"arn:table"'): None,
        ("dynamodb:PutItem", '"arn:table"'): None,
        ("sns:Publish", '"arn:topic"'): None,
        ("ssm:GetParameter", '"arn:webhooks"'): None,
        ("logs:CreateLogStream", '["arn:history:*", "arn:logs:*"]'): None,
        ("logs:PutLogEvents", '["arn:history:*", "arn:logs:*"]'): None,
    }
    plain = {action for statement in statements() for action in statement["Action"]}
    assert not plain & {"ssm:GetParameter", "medialive:BatchUpdateSchedule"}


def test_the_api_reads_the_token_of_its_repository_and_no_other_secret() -> None:
    def reads(token: str | None) -> list[dict[str, Any]]:
        policy = policies.api_policy(policies.ApiAccess([], [], token), {}, log_group="arn:logs")
        return [each for each in policy["Statement"] if "secretsmanager" in each["Action"][0]]

    assert reads(None) == []
    (statement,) = reads("arn:token")
    assert statement == {
        "Effect": "Allow",
        "Action": ["secretsmanager:GetSecretValue"],
        "Resource": "arn:token",
    }


def test_they_start_and_stop_one_channel_and_nothing_else() -> None:
    (statement,) = policies.start_stop_channel_policy(CHANNEL)["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": ["medialive:StartChannel", "medialive:StopChannel"],
        "Resource": CHANNEL,
    }


def test_only_the_flows_of_the_stack_read_its_passphrases_and_no_other_secrets() -> None:
    flow = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:main"
    (trust,) = policies.mediaconnect_trust_policy(account="123456789012", flow_arns=[flow])[
        "Statement"
    ]
    assert trust["Principal"] == {"Service": "mediaconnect.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnEquals": {"aws:SourceArn": [flow]},
    }
    secrets = "arn:aws:secretsmanager:us-west-2:123456789012:secret:p-s-*"
    (leave,) = policies.read_passphrases_policy(secrets, {"Stack": "s", "Project": "p"})[
        "Statement"
    ]
    assert leave["Resource"] == secrets
    assert leave["Condition"] == {
        "StringEquals": {"aws:ResourceTag/Project": "p", "aws:ResourceTag/Stack": "s"}
    }


def test_merged_policies_allow_what_each_allows() -> None:
    functions, schedules = (
        policies.lambda_trust_policy(),
        policies.scheduler_trust_policy(account="123456789012", group_arn=GROUP),
    )
    assert policies.merge_policies([functions, schedules]) == {
        "Version": "2012-10-17",
        "Statement": [*functions["Statement"], *schedules["Statement"]],
    }
