"""The snapshot of AWS names each kind of resource that the program makes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from catalog import suspension
from localaws.medialive.service import ACCOUNT
from tests.support.alarms import ALARM
from tests.support.aws_snapshot import AwsSnapshot, differences, snapshot
from tests.support.flows import SRT, standby_flow
from tests.support.functions import function, trusted_role
from tests.support.workspace import Workspace


def test_whether_a_deployment_once_stopped_something_is_no_difference(
    client: Callable[[str], Any],
) -> None:
    medialive = client("medialive")
    made = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])

    def tagged(value: str) -> AwsSnapshot:
        tags = {suspension.KEY: value}
        medialive.create_tags(ResourceArn=made["SecurityGroup"]["Arn"], Tags=tags)
        return snapshot(cast(Workspace, SimpleNamespace(client=client)))

    def suspended(by: str, hour: int) -> AwsSnapshot:
        begin = dt.datetime(2026, 3, 2, hour, tzinfo=dt.UTC)
        end = begin + dt.timedelta(minutes=15)
        return tagged(suspension.Suspension(by, begin, end).tag_value())

    never = snapshot(cast(Workspace, SimpleNamespace(client=client)))
    assert differences(never, suspended(suspension.DEPLOYMENT, 8)) == []
    assert differences(never, suspended("somebody", 9)) == [
        f"input security group is not as declared: Tags.{suspension.KEY}"
    ]


def test_settings_of_a_former_protocol_are_no_difference(client: Callable[[str], Any]) -> None:
    mediaconnect = client("mediaconnect")
    flow_arn = standby_flow(mediaconnect, "router", Source=SRT)
    settings = {"Destination": "203.0.113.10", "Port": 5000, "Protocol": "rtp"}
    call = {"Name": "out", **settings, "Protocol": "srt-caller", "MinLatency": 100}
    added = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[call])
    output = {"FlowArn": flow_arn, "OutputArn": added["Outputs"][0]["OutputArn"]}

    def updated(**changes: Any) -> AwsSnapshot:
        mediaconnect.update_flow_output(**output, **changes)
        return snapshot(cast(Workspace, SimpleNamespace(client=client)))

    before = updated(**settings, SmoothingLatency=500)
    calling = updated(Protocol="srt-caller", MinLatency=200)
    assert differences(before, updated(**settings, SmoothingLatency=500)) == []
    assert differences(calling, updated(Protocol="srt-caller", MinLatency=300)) == [
        "flow output out is not as declared: Transport.MinLatency"
    ]
    assert differences(before, updated(Protocol="rtp", SmoothingLatency=600)) == [
        "flow output out is not as declared: Transport.SmoothingLatency"
    ]


def test_composite_alarms_tables_and_their_like_are_in_it(client: Callable[[str], Any]) -> None:
    def everything() -> AwsSnapshot:
        return snapshot(cast(Workspace, SimpleNamespace(client=client)))

    before = everything()
    cloudwatch, dynamodb, budgets = map(client, ("cloudwatch", "dynamodb", "budgets"))
    cloudwatch.put_metric_alarm(AlarmName="part", **ALARM)
    cloudwatch.put_composite_alarm(AlarmName="whole", AlarmRule='ALARM("part")')
    dynamodb.create_table(
        TableName="memory",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )
    client("logs").create_log_group(logGroupName="history")
    client("secretsmanager").create_secret(Name="passphrase", SecretString="made-up")
    client("scheduler").create_schedule_group(Name="hours")
    topic = client("sns").create_topic(Name="alerts")["TopicArn"]
    client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="ops@example.org")
    limit = {"Amount": "600", "Unit": "USD"}
    budget = {"BudgetName": "b", "BudgetLimit": limit, "TimeUnit": "MONTHLY", "BudgetType": "COST"}
    function(client)
    client("lambda").create_function_url_config(FunctionName="worker", AuthType="AWS_IAM")
    function(client, FunctionName="without-address", Role=trusted_role(client, "other"))
    budgets.create_budget(AccountId=ACCOUNT, Budget=budget)
    after = everything()
    assert set(after) - set(before) == {
        "address of worker",
        "alarm part",
        "alarm whole",
        "budget b",
        "function without-address",
        "function worker",
        "log group history",
        "role other",
        "role worker",
        "schedule group hours",
        "secret passphrase",
        f"subscription of {topic}",
        "table memory",
        f"topic {topic}",
    }
    (whole,) = after["alarm whole"]
    assert json.loads(whole)["AlarmRule"] == 'ALARM("part")'
    cloudwatch.put_composite_alarm(AlarmName="whole", AlarmRule='OK("part")')
    assert differences(after, everything()) == ["alarm whole is not as declared: AlarmRule"]
