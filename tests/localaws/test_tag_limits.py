"""Tags beyond AWS's limits are refused, by the exception of each service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.medialive import channel_request, push_input

# Lets the emulator see what boto3 itself would refuse.
UNCHECKED = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
TAG_SERVICES = {
    "medialive": "BadRequestException",
    "mediaconnect": "BadRequestException",
    "cloudwatch": "InvalidParameterValueException",
    "ssm": "ValidationException",
    "sns": "InvalidParameterException",
    "events": "ValidationException",
    "secretsmanager": "InvalidParameterException",
}
BAD = {
    "a reserved key": {"aws:cloudformation:stack-name": "x"},
    "a reserved key in capitals": {"AWS:x": "x"},
    "a long key": {"k" * 129: "x"},
    "a long value": {"k": "v" * 257},
}


def pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


@pytest.fixture
def tag(embedded: EmbeddedAws) -> Callable[[str, dict[str, str]], Any]:
    """Create a resource of a service with tags."""

    def create(service: str, tags: dict[str, str]) -> Any:
        client: Any = connect(embedded.endpoint, service, config=UNCHECKED)
        if service == "medialive":
            return client.create_channel(**channel_request(push_input(client), Tags=tags))
        if service == "mediaconnect":
            (flow,) = client.list_flows()["Flows"]
            output = {"Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000}
            tagged = {**output, "Name": "one", "OutputTags": tags}
            return client.add_flow_outputs(FlowArn=flow["FlowArn"], Outputs=[tagged])
        requests: dict[str, Callable[[], Any]] = {
            "cloudwatch": lambda: client.put_metric_alarm(
                AlarmName="one",
                Namespace="Own",
                MetricName="load",
                Statistic="Sum",
                Period=60,
                EvaluationPeriods=1,
                Threshold=1,
                ComparisonOperator="GreaterThanThreshold",
                Tags=pairs(tags),
            ),
            "ssm": lambda: client.put_parameter(
                Name="/one", Value="v", Type="String", Tags=pairs(tags)
            ),
            "sns": lambda: client.create_topic(Name="one", Tags=pairs(tags)),
            "events": lambda: client.put_rule(
                Name="one", ScheduleExpression="rate(1 hour)", Tags=pairs(tags)
            ),
            "secretsmanager": lambda: client.create_secret(
                Name="one", SecretString="s", Tags=pairs(tags)
            ),
        }
        return requests[service]()

    return create


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("service", TAG_SERVICES)
def test_a_tag_beyond_the_limits_is_refused(
    tag: Callable[[str, dict[str, str]], Any], service: str, kind: str
) -> None:
    with pytest.raises(ClientError) as caught:
        tag(service, BAD[kind])
    assert caught.value.response["Error"]["Code"] == TAG_SERVICES[service]
    if kind == "a long value":
        assert BAD[kind]["k"] in caught.value.response["Error"]["Message"], "AWS quotes it"


@pytest.mark.parametrize("service", TAG_SERVICES)
def test_fifty_tags_that_are_as_long_as_they_may_be_are_taken(
    tag: Callable[[str, dict[str, str]], Any], service: str
) -> None:
    tag(service, {f"{number:03}" + "k" * 125: "v" * 256 for number in range(50)})


@pytest.mark.parametrize(
    ("service", "code"),
    [
        *(
            (service, code)
            for service, code in TAG_SERVICES.items()
            if service not in {"ssm", "sns"}
        ),
        ("ssm", "TooManyTagsError"),
        ("sns", "TagLimitExceededException"),
    ],
)
def test_a_fifty_first_tag_is_refused(
    tag: Callable[[str, dict[str, str]], Any], service: str, code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        tag(service, {str(number): "v" for number in range(51)})
    assert caught.value.response["Error"]["Code"] == code


def test_tags_of_two_calls_count_together(
    tag: Callable[[str, dict[str, str]], Any], medialive: Any, client: Callable[[str], Any]
) -> None:
    arn = tag("medialive", {str(number): "v" for number in range(50)})["Channel"]["Arn"]
    medialive.create_tags(ResourceArn=arn, Tags={"0": "other"})
    with pytest.raises(ClientError, match="at most 50"):
        medialive.create_tags(ResourceArn=arn, Tags={"new": "v"})
    tag("cloudwatch", {str(number): "v" for number in range(50)})
    cloudwatch = client("cloudwatch")
    alarm = cloudwatch.describe_alarms()["MetricAlarms"][0]["AlarmArn"]
    with pytest.raises(ClientError, match="at most 50"):
        cloudwatch.tag_resource(ResourceARN=alarm, Tags=pairs({"new": "v"}))


def test_keys_that_differ_by_case_are_two_but_for_iam(
    tag: Callable[[str, dict[str, str]], Any], client: Callable[[str], Any]
) -> None:
    both = {"team": "a", "Team": "b"}
    for service in TAG_SERVICES:
        tag(service, both)
    with pytest.raises(ClientError, match="case insensitive"):
        client("iam").create_role(RoleName="one", AssumeRolePolicyDocument="{}", Tags=pairs(both))
