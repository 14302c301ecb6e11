"""The plugin as a whole: what it serves, and that it leaves the machine for nothing."""

from __future__ import annotations

from typing import Any

import pytest

from offline.aws_plugin.__main__ import StandIn, loopback_endpoint
from offline.aws_plugin.base import AwsResource
from provider.aws import CancelledError
from provider.resource import ResourceError

LOOPBACK = "http://127.0.0.1:4566"


@pytest.mark.parametrize("url", [LOOPBACK, "http://[::1]:4566"])
def test_an_endpoint_on_this_machine_is_taken(url: str) -> None:
    assert loopback_endpoint([{"ssm": url, "iam": url, "sts": ""}]) == url


@pytest.mark.parametrize(
    ("endpoints", "sentence"),
    [
        ([{"ssm": "https://ssm.us-west-2.amazonaws.com"}], "loopback only, not to https://ssm."),
        ([{"ssm": "http://10.0.0.1:4566"}], "loopback only"),
        ([{"ssm": "http://localhost.example.org"}], "loopback only"),
        ([{"ssm": "http://[2001:db8::1]:4566"}], "loopback only"),
        ([{"ssm": LOOPBACK, "iam": "http://10.0.0.1:4566"}], "not to http://10.0.0.1:4566$"),
        ([{"ssm": LOOPBACK}, {"iam": "http://[::1]:4566"}], "only to an emulator"),
        ([{"ssm": LOOPBACK, "iam": "http://127.0.0.1:4567"}], "only to an emulator"),
        ([{"ssm": ""}], "only to an emulator"),
        ([], "only to an emulator"),
        (None, "only to an emulator"),
    ],
)
def test_any_other_endpoint_is_refused(endpoints: Any, sentence: str) -> None:
    with pytest.raises(ResourceError, match=sentence):
        loopback_endpoint(endpoints)


def test_it_serves_just_the_types_that_the_program_uses() -> None:
    served = StandIn().configure({"region": "us-west-2", "endpoints": [{"ssm": LOOPBACK}]})
    assert sorted(served.resources) == [
        "aws:budgets/budget:Budget",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/eventRule:EventRule",
        "aws:cloudwatch/eventTarget:EventTarget",
        "aws:cloudwatch/logGroup:LogGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:dynamodb/table:Table",
        "aws:iam/role:Role",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:lambda/function:Function",
        "aws:lambda/functionUrl:FunctionUrl",
        "aws:lambda/permission:Permission",
        "aws:scheduler/schedule:Schedule",
        "aws:scheduler/scheduleGroup:ScheduleGroup",
        "aws:secretsmanager/secret:Secret",
        "aws:secretsmanager/secretVersion:SecretVersion",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "aws:ssm/parameter:Parameter",
    ]
    assert list(served.functions) == ["aws:ssm/getParameter:getParameter"]


def test_it_is_not_configured_without_an_endpoint() -> None:
    with pytest.raises(ResourceError, match="set lunora-player:endpoint"):
        StandIn().configure({"region": "us-west-2"})


def test_an_interrupted_run_ends_its_waits() -> None:
    plugin = StandIn()
    plugin.cancel()
    served = plugin.configure({"region": "us-west-2", "endpoints": [{"ssm": LOOPBACK}]})
    plugin.cancel()
    for resource in served.resources.values():
        assert isinstance(resource, AwsResource)
        with pytest.raises(CancelledError):
            resource.aws.wait(lambda: None, action="nothing", deadline=resource.aws.clock() + 1)
