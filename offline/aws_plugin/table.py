"""The simple types, each with the calls that the real AWS provider makes."""

from __future__ import annotations

import json
from typing import Any, Final

from offline.aws_plugin.archive import zipped
from offline.aws_plugin.table_driven import Call, ResourceDefinition, Tagging

_UPPER = Tagging("ResourceARN")

# The integers among a topic's attributes, which the provider sets to 0 after it has made it.
_RATES = tuple(
    Call(
        "SetTopicAttributes",
        {
            "TopicArn": "{id}",
            "AttributeName": f"{kind}SuccessFeedbackSampleRate",
            "AttributeValue": "0",
        },
    )
    for kind in ("Application", "Firehose", "HTTP", "Lambda", "SQS")
)


def _owners_topic_policy(arn: str) -> str:
    # What SNS gives a topic at its creation, and the provider sends when a policy goes
    # (internal/service/sns/topic_policy.go of 5.100.0).
    allowed = (
        *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission"),
        *("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish", "Receive"),
    )
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in allowed],
        "Resource": arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": arn.split(":")[4]}},
    }
    document = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    return json.dumps(document)


def _queries_sent(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_query_sent(query) for query in queries]


def _query_sent(query: dict[str, Any]) -> dict[str, Any]:
    metric = query.get("metric")
    # CloudWatch takes what says nothing for one that returns data; the provider says it does not.
    sent = {"returnData": False, **{key: query[key] for key in query if key != "metric"}}
    if metric is None:
        return sent
    stat = {key: metric[key] for key in ("period", "stat") if key in metric}
    named = {key: value for key, value in metric.items() if key not in stat}
    return {**sent, "metricStat": {**stat, "metric": named}}


def _queries_read(queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    queries_read = []
    for query in queries:
        stat = query.pop("metricStat", None)
        queries_read.append(
            {**query, **({"metric": {**stat.pop("metric"), **stat}} if stat else {})}
        )
    return queries_read


def _attributes_sent(attributes: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {"attributeName": attribute["name"], "attributeType": attribute["type"]}
        for attribute in attributes
    ]


def _attributes_read(attributes: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {"name": attribute["attributeName"], "type": attribute["attributeType"]}
        for attribute in attributes
    ]


_ALARM = frozenset(
    {
        "actionsEnabled",
        "alarmActions",
        "alarmDescription",
        "datapointsToAlarm",
        "dimensions",
        "metricName",
    }
    | {"metricQueries", "namespace", "okActions", "period", "statistic", "threshold"}
    | {"treatMissingData"}
)
_SCHEDULE = frozenset({"name", "groupName", "scheduleExpression", "flexibleTimeWindow", "target"})
_FUNCTION = frozenset({"architectures", "description", "environment", "loggingConfig"})
_FUNCTION |= {"memorySize", "timeout"}

KINDS: Final = (
    ResourceDefinition(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",  # noqa: S106 - a type token
        service="cloudwatch",
        id="{name}",
        required=frozenset({"name", "comparisonOperator", "evaluationPeriods"}),
        optional=_ALARM,
        replace_on=frozenset({"name"}),
        create=(Call("PutMetricAlarm"),),
        update=(Call("PutMetricAlarm"),),
        read=Call("DescribeAlarms", {"AlarmNames": ["{id}"]}, "MetricAlarms[0]"),
        delete=Call("DeleteAlarms", {"AlarmNames": ["{id}"]}),
        names={
            "name": "AlarmName",
            "arn": "AlarmArn",
            "okActions": "OKActions",
            "metricQueries": "Metrics",
        },
        sent_as={"metricQueries": _queries_sent},
        read_as={"metricQueries": _queries_read},
        tagging=_UPPER,
    ),
    ResourceDefinition(
        token="aws:cloudwatch/dashboard:Dashboard",  # noqa: S106 - a type token
        service="cloudwatch",
        id="{dashboardName}",
        required=frozenset({"dashboardName", "dashboardBody"}),
        replace_on=frozenset({"dashboardName"}),
        create=(Call("PutDashboard"),),
        update=(Call("PutDashboard"),),
        read=Call("GetDashboard", {"DashboardName": "{id}"}),
        delete=Call("DeleteDashboards", {"DashboardNames": ["{id}"]}),
        documents=frozenset({"dashboardBody"}),
    ),
    ResourceDefinition(
        token="aws:cloudwatch/eventRule:EventRule",  # noqa: S106 - a type token
        service="events",
        id="{name}",
        required=frozenset({"name"}),
        optional=frozenset({"description", "eventPattern", "scheduleExpression"}),
        replace_on=frozenset({"name"}),
        create=(Call("PutRule"),),
        update=(Call("PutRule"),),
        read=Call("DescribeRule", {"Name": "{id}"}),
        delete=Call("DeleteRule", {"Name": "{id}"}),
        documents=frozenset({"eventPattern"}),
        tagging=_UPPER,
    ),
    ResourceDefinition(
        token="aws:cloudwatch/eventTarget:EventTarget",  # noqa: S106 - a type token
        service="events",
        id="{rule}-{targetId}",
        required=frozenset({"rule", "targetId", "arn"}),
        optional=frozenset({"inputTransformer"}),
        replace_on=frozenset({"rule", "targetId"}),
        create=(
            put_targets := Call(
                "PutTargets",
                {
                    "Rule": "{rule}",
                    "Targets": [
                        {
                            "Id": "{targetId}",
                            "Arn": "{arn}",
                            "InputTransformer": "{inputTransformer}",
                        }
                    ],
                },
            ),
        ),
        update=(put_targets,),
        read=Call("ListTargetsByRule", {"Rule": "{rule}"}, "Targets[?Id=='{targetId}'] | [0]"),
        delete=Call("RemoveTargets", {"Rule": "{rule}", "Ids": ["{targetId}"]}),
        names={"targetId": "Id"},
    ),
    ResourceDefinition(
        token="aws:cloudwatch/logGroup:LogGroup",  # noqa: S106 - a type token
        service="logs",
        id="{name}",
        required=frozenset({"name", "retentionInDays"}),
        replace_on=frozenset({"name"}),
        create=(Call("CreateLogGroup"), keep := Call("PutRetentionPolicy")),
        update=(keep,),
        read=Call(
            "DescribeLogGroups",
            {"logGroupNamePrefix": "{id}"},
            "logGroups[?logGroupName=='{id}'] | [0]",
        ),
        delete=Call("DeleteLogGroup", {"logGroupName": "{id}"}),
        names={"name": "logGroupName"},
        read_as={"arn": lambda arn: arn.removesuffix(":*")},
        tagging=Tagging("resourceArn"),
    ),
    ResourceDefinition(
        token="aws:dynamodb/table:Table",  # noqa: S106 - a type token
        service="dynamodb",
        id="{name}",
        required=frozenset({"name", "hashKey", "attributes", "billingMode"}),
        replace_on=frozenset({"name", "hashKey"}),
        create=(
            Call("CreateTable", {"KeySchema": [{"AttributeName": "{hashKey}", "KeyType": "HASH"}]}),
        ),
        read=Call("DescribeTable", of_table := {"TableName": "{id}"}, "Table"),
        read_too=(
            Call("DescribeContinuousBackups", of_table),
            Call("DescribeTimeToLive", of_table),
        ),
        delete=Call("DeleteTable", of_table),
        read_until_gone=True,
        names={
            "name": "TableName",
            "arn": "TableArn",
            "attributes": "AttributeDefinitions",
        },
        sent_as={"attributes": _attributes_sent},
        read_as={"attributes": _attributes_read},
        tagging=Tagging(
            "ResourceArn", Call("ListTagsOfResource", {"ResourceArn": "{arn}"}, "Tags")
        ),
    ),
    ResourceDefinition(
        token="aws:iam/rolePolicy:RolePolicy",  # noqa: S106 - a type token
        service="iam",
        id="{role}:{name}",
        required=frozenset({"role", "name", "policy"}),
        replace_on=frozenset({"role", "name"}),
        create=(Call("PutRolePolicy"),),
        update=(Call("PutRolePolicy"),),
        read=Call("GetRolePolicy", about := {"RoleName": "{role}", "PolicyName": "{name}"}),
        delete=Call("DeleteRolePolicy", about),
        names={"role": "RoleName", "name": "PolicyName", "policy": "PolicyDocument"},
        documents=frozenset({"policy"}),
    ),
    ResourceDefinition(
        token="aws:lambda/function:Function",  # noqa: S106 - a type token
        service="lambda",
        id="{name}",
        required=frozenset({"name", "role", "handler", "runtime", "code"}),
        optional=_FUNCTION,
        replace_on=frozenset({"name"}),
        create=(Call("CreateFunction", {"Code": {"ZipFile": "{code}"}}),),
        update=(
            Call("UpdateFunctionCode", {"ZipFile": "{code}"}),
            Call("UpdateFunctionConfiguration"),
        ),
        read=Call("GetFunction", of_it := {"FunctionName": "{id}"}, "Configuration"),
        read_too=(
            Call("ListVersionsByFunction", of_it),
            Call("GetFunctionCodeSigningConfig", of_it),
        ),
        delete=Call("DeleteFunction", of_it),
        names={"name": "FunctionName", "arn": "FunctionArn"},
        sent_as={"code": zipped},
        tagging=Tagging("Resource", Call("GetFunction", of_it, "Tags")),
    ),
    ResourceDefinition(
        token="aws:lambda/functionUrl:FunctionUrl",  # noqa: S106 - a type token
        service="lambda",
        id="{functionName}",
        required=frozenset({"functionName", "authorizationType"}),
        optional=frozenset({"cors"}),
        replace_on=frozenset({"functionName"}),
        create=(Call("CreateFunctionUrlConfig"),),
        update=(Call("UpdateFunctionUrlConfig"),),
        read=Call("GetFunctionUrlConfig", {"FunctionName": "{id}"}),
        delete=Call("DeleteFunctionUrlConfig", {"FunctionName": "{id}"}),
        outputs=frozenset({"functionArn", "functionUrl"}),
        names={"authorizationType": "AuthType"},
    ),
    ResourceDefinition(
        token="aws:scheduler/schedule:Schedule",  # noqa: S106 - a type token
        service="scheduler",
        id="{groupName}/{name}",
        required=_SCHEDULE,
        optional=frozenset({"description", "scheduleExpressionTimezone", "state"}),
        replace_on=frozenset({"name", "groupName"}),
        create=(Call("CreateSchedule"),),
        update=(Call("UpdateSchedule"),),
        read=Call("GetSchedule", in_group := {"Name": "{name}", "GroupName": "{groupName}"}),
        delete=Call("DeleteSchedule", in_group),
    ),
    ResourceDefinition(
        token="aws:scheduler/scheduleGroup:ScheduleGroup",  # noqa: S106 - a type token
        service="scheduler",
        id="{name}",
        required=frozenset({"name"}),
        create=(Call("CreateScheduleGroup"),),
        read=Call("GetScheduleGroup", {"Name": "{id}"}),
        delete=Call("DeleteScheduleGroup", {"Name": "{id}"}),
        read_until_gone=True,
        tagging=Tagging(),
    ),
    ResourceDefinition(
        token="aws:secretsmanager/secret:Secret",  # noqa: S106 - a type token
        service="secretsmanager",
        id="{answer}",
        required=frozenset({"name"}),
        optional=frozenset({"recoveryWindowInDays"}),
        replace_on=frozenset({"name"}),
        create=(Call("CreateSecret", answer="ARN"),),
        # One that waits for its deletion is gone, as the real provider sees it.
        read=Call("DescribeSecret", of_secret := {"SecretId": "{id}"}, "[@][?!DeletedDate] | [0]"),
        read_too=(Call("GetResourcePolicy", of_secret),),
        read_until_gone=True,
        delete=Call(
            "DeleteSecret",
            {**of_secret, "ForceDeleteWithoutRecovery": "{recoveryWindowInDays}"},
        ),
        names={"arn": "ARN"},
        sent_as={"recoveryWindowInDays": lambda days: days == 0},
        tagging=Tagging("SecretId", Call("DescribeSecret", of_secret, "Tags")),
    ),
    ResourceDefinition(
        token="aws:secretsmanager/secretVersion:SecretVersion",  # noqa: S106 - a type token
        service="secretsmanager",
        id="{secretId}|{answer}",
        required=frozenset({"secretId", "secretString"}),
        create=(Call("PutSecretValue", answer="VersionId"),),
        read=Call(
            "GetSecretValue",
            of_version := {"SecretId": "{secretId}", "VersionId": "{versionId}"},
        ),
        # A version that is current or the one before cannot go before its secret does; the real
        # provider only looks.
        delete=Call("GetSecretValue", of_version),
        id_holds=r"(?P<secretId>.+)\|(?P<versionId>[^|]+)",
        outputs=frozenset({"arn", "versionId"}),
        names={"arn": "ARN"},
    ),
    ResourceDefinition(
        token="aws:sns/topic:Topic",  # noqa: S106 - a type token
        service="sns",
        id="{answer}",
        required=frozenset({"name"}),
        create=(Call("CreateTopic", answer="TopicArn"), *_RATES),
        read=Call("GetTopicAttributes", {"TopicArn": "{id}"}, "Attributes"),
        delete=Call("DeleteTopic", {"TopicArn": "{id}"}),
        id_holds=r".*:(?P<name>[^:]+)",
        names={"arn": "TopicArn"},
        tagging=Tagging(),
    ),
    ResourceDefinition(
        token="aws:sns/topicPolicy:TopicPolicy",  # noqa: S106 - a type token
        service="sns",
        id="{arn}",
        required=frozenset({"arn", "policy"}),
        replace_on=frozenset({"arn"}),
        create=(
            put_policy := Call(
                "SetTopicAttributes",
                {"TopicArn": "{arn}", "AttributeName": "Policy", "AttributeValue": "{policy}"},
            ),
        ),
        update=(put_policy,),
        read=Call("GetTopicAttributes", {"TopicArn": "{arn}"}, "Attributes"),
        delete=Call(
            "SetTopicAttributes",
            {"TopicArn": "{arn}", "AttributeName": "Policy", "AttributeValue": "{id}"},
        ),
        names={"arn": "TopicArn"},
        sent_as={"id": _owners_topic_policy},
        documents=frozenset({"policy"}),
    ),
    ResourceDefinition(
        token="aws:sns/topicSubscription:TopicSubscription",  # noqa: S106 - a type token
        service="sns",
        id="{answer}",
        required=frozenset({"topic", "protocol", "endpoint"}),
        create=(Call("Subscribe", {"ReturnSubscriptionArn": True}, "SubscriptionArn"),),
        read=Call("GetSubscriptionAttributes", {"SubscriptionArn": "{id}"}, "Attributes"),
        delete=Call("Unsubscribe", {"SubscriptionArn": "{id}"}),
        read_until_gone=True,
        names={"topic": "TopicArn", "arn": "SubscriptionArn"},
    ),
)
