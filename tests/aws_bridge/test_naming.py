"""Names of pulumi-aws and the bridge's."""

from __future__ import annotations

import pytest

from offline.aws_bridge import naming
from offline.aws_plugin.__main__ import StandIn

ENDPOINTS = [{"ssm": "http://127.0.0.1:4566"}]
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def test_it_names_just_what_the_stand_in_serves() -> None:
    served = StandIn().configure({"region": "us-west-2", "endpoints": ENDPOINTS})
    assert naming.resources().keys() == served.resources.keys()
    assert naming.functions().keys() == served.functions.keys()


@pytest.mark.parametrize(
    ("token", "there"),
    [
        ("aws:ssm/parameter:Parameter", "aws:index/ssmParameter:SsmParameter"),
        ("aws:iam/role:Role", "aws:index/iamRole:IamRole"),
        (ALARM, "aws:index/cloudwatchMetricAlarm:CloudwatchMetricAlarm"),
    ],
)
def test_the_token_of_a_resource(token: str, there: str) -> None:
    assert naming.resources()[token].resource_token == there


def test_the_token_of_a_function() -> None:
    function = naming.functions()["aws:ssm/getParameter:getParameter"]
    assert function.function_token.endswith("aws:index/getSsmParameter:getSsmParameter")


def test_a_urn_keeps_all_but_its_own_type() -> None:
    urn = f"urn:pulumi:local::lunora::lunora:index:Stream${ALARM}::one::two"
    there, names = naming.of_urn(urn)
    parents = "urn:pulumi:local::lunora::lunora:index:Stream$"
    assert there == f"{parents}{names.resource_token}::one::two"
    assert names.to_bridge == {"name": "alarmName"}
    assert names.from_bridge == {"alarmName": "name"}


def test_a_urn_without_parents() -> None:
    there, _ = naming.of_urn("urn:pulumi:local::lunora::aws:iam/role:Role::one")
    assert there == "urn:pulumi:local::lunora::aws:index/iamRole:IamRole::one"


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("name", "alarmName"),
        ("name.more", "alarmName.more"),
        ("name[0].more", "alarmName[0].more"),
        ("names", "names"),
        ("tags.name", "tags.name"),
        ("tags", "tags"),
    ],
)
def test_the_first_name_of_a_path_is_translated(path: str, there: str) -> None:
    assert naming.renamed_path(path, {"name": "alarmName"}) == there


def test_the_bridge_is_told_of_each_type_once() -> None:
    included = naming.included().split(",")
    assert included == sorted(set(included))
    assert {"aws_ssm_parameter", "aws_cloudwatch_metric_alarm"} < set(included)
