"""A flow output over SRT or RTP: made, changed in place or replaced, read back, rotated."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from provider.aws import AwsClients
from provider.flow_output import FlowOutput
from provider.resource import UNKNOWN, ResourceError

TAGS = {"ManagedBy": "lunora", "Project": "p", "Stack": "s", "Destination": "one"}


@pytest.fixture
def plain(mediaconnect: Any) -> dict[str, Any]:
    """A call without stream id and passphrase."""
    return {
        "flowArn": mediaconnect.list_flows()["Flows"][0]["FlowArn"],
        "name": "one",
        "protocol": "srt-caller",
        "destination": "203.0.113.9",
        "port": 9000,
        "srt": {"minLatency": 500},
        "status": "ENABLED",
        "description": "d",
        "tags": TAGS,
    }


@pytest.fixture
def encrypted(client: Callable[[str], Any], plain: dict[str, Any]) -> dict[str, Any]:
    """A call with both."""
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "mediaconnect.amazonaws.com"},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=document)
    made = client("secretsmanager").create_secret(Name="s", SecretString="made-up-passphrase")
    passphrase = {"secretArn": made["ARN"], "roleArn": role["Role"]["Arn"], "version": "1"}
    srt = {**plain["srt"], "streamId": "made-up", "passphrase": passphrase}
    return {**plain, "srt": srt}


def rotated(inputs: dict[str, Any]) -> dict[str, Any]:
    passphrase = {**inputs["srt"]["passphrase"], "version": "2"}
    return {**inputs, "srt": {**inputs["srt"], "passphrase": passphrase}}


def seen(mediaconnect: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    (output,) = mediaconnect.describe_flow(FlowArn=inputs["flowArn"])["Flow"]["Outputs"]
    described: dict[str, Any] = output
    return described


def test_it_is_made_with_latency_stream_id_and_passphrase(
    aws: AwsClients, mediaconnect: Any, encrypted: dict[str, Any]
) -> None:
    made = FlowOutput(aws).create("urn", encrypted)
    output, passphrase = seen(mediaconnect, encrypted), encrypted["srt"]["passphrase"]
    assert output["Transport"] == {
        "Protocol": "srt-caller",
        "MinLatency": 500,
        "StreamId": "made-up",
        "SmoothingLatency": 0,
    }
    assert output["Encryption"] == {
        "KeyType": "srt-password",
        "RoleArn": passphrase["roleArn"],
        "SecretArn": passphrase["secretArn"],
    }
    assert made.state == {**encrypted, "arn": made.id}


def test_a_refresh_knows_the_version_and_an_import_none(
    aws: AwsClients, encrypted: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", encrypted)
    refreshed = resource.read("urn", made.id, encrypted, made.state)
    assert refreshed is not None
    assert refreshed.inputs == encrypted
    imported = resource.read("urn", made.id, {}, {})
    assert imported is not None
    assert imported.inputs["srt"]["passphrase"]["version"] == ""


def test_another_passphrase_makes_it_connect_anew(
    aws: AwsClients, encrypted: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", encrypted)
    assert not resource.diff(made.id, encrypted, made.state, rotated(encrypted)).replaces
    sent: list[str] = []
    aws.mediaconnect.meta.events.register(
        "provide-client-params.mediaconnect.UpdateFlowOutput",
        lambda params, **_: sent.append(params["OutputStatus"]),
    )
    resource.update(made.id, encrypted, made.state, rotated(encrypted))
    assert sent == ["DISABLED", "ENABLED"]
    result = resource.read("urn", made.id, rotated(encrypted), made.state)
    assert result is not None
    assert result.inputs == rotated(encrypted)


def test_a_stopped_one_is_not_switched_on_by_another_passphrase(
    aws: AwsClients, mediaconnect: Any, encrypted: dict[str, Any]
) -> None:
    resource, stopped = FlowOutput(aws), {**encrypted, "status": "DISABLED"}
    made = resource.create("urn", stopped)
    resource.update(made.id, stopped, made.state, rotated(stopped))
    assert seen(mediaconnect, stopped)["OutputStatus"] == "DISABLED"


@pytest.mark.parametrize("part", ["streamId", "passphrase"])
def test_what_an_update_would_keep_is_taken_away_by_a_replacement(
    aws: AwsClients, encrypted: dict[str, Any], part: str
) -> None:
    srt = {key: value for key, value in encrypted["srt"].items() if key != part}
    resource = FlowOutput(aws)
    made = resource.create("urn", encrypted)
    diff = resource.diff(made.id, encrypted, made.state, {**encrypted, "srt": srt})
    assert diff.replaces == diff.changes.keys() != set()
    assert {path.partition(".")[0] for path in diff.replaces} == {"srt"}
    assert diff.delete_before_replace
    rtp = {key: value for key, value in encrypted.items() if key != "srt"}
    diff = resource.diff(made.id, encrypted, made.state, {**rtp, "protocol": "rtp"})
    assert "arn" not in diff.replaces
    assert diff.replaces


def test_a_passphrase_that_comes_needs_no_replacement(
    aws: AwsClients, plain: dict[str, Any], encrypted: dict[str, Any]
) -> None:
    made, resource = FlowOutput(aws).create("urn", plain), FlowOutput(aws)
    assert not resource.diff(made.id, plain, {}, encrypted).replaces
    unknown = {**plain, "srt": UNKNOWN}
    assert not resource.diff(made.id, encrypted, {}, unknown).replaces
    assert FlowOutput(aws).check("urn", None, unknown).failures == ()


@pytest.mark.parametrize(
    "wrong", [{"srt": None}, {"protocol": "rtp"}, {"srt": {"streamId": "made-up"}}]
)
def test_a_call_and_its_settings_go_together(
    aws: AwsClients, plain: dict[str, Any], wrong: dict[str, Any]
) -> None:
    given = {key: value for key, value in {**plain, **wrong}.items() if value is not None}
    checked = FlowOutput(aws).check("urn", None, given)
    assert checked.failures
    assert "made-up" not in str(checked.failures)


def test_a_stream_id_has_a_length(aws: AwsClients, plain: dict[str, Any]) -> None:
    long = {**plain, "srt": {"minLatency": 500, "streamId": "x" * 513}}
    (failure,) = FlowOutput(aws).check("urn", None, long).failures
    assert failure.path == "srt.streamId"
    assert "xxx" not in failure.reason


def test_smoothing_is_taken_back_too(
    aws: AwsClients, mediaconnect: Any, plain: dict[str, Any]
) -> None:
    rtp = {key: value for key, value in plain.items() if key != "srt"}
    smooth = {**rtp, "protocol": "rtp-fec", "smoothingLatency": 200}
    resource = FlowOutput(aws)
    made = resource.create("urn", smooth)
    result = resource.read("urn", made.id, smooth, made.state)
    assert result is not None
    assert result.inputs == smooth
    resource.update(made.id, smooth, made.state, {**rtp, "protocol": "rtp-fec"})
    assert seen(mediaconnect, smooth)["Transport"]["SmoothingLatency"] == 0


def test_a_secret_that_is_not_there_is_said(aws: AwsClients, encrypted: dict[str, Any]) -> None:
    passphrase = {**encrypted["srt"]["passphrase"], "secretArn": "arn:aws:secretsmanager:::none"}
    wrong = {**encrypted, "srt": {**encrypted["srt"], "passphrase": passphrase}}
    with pytest.raises(ResourceError, match="LUN31") as caught:
        FlowOutput(aws).create("urn", wrong)
    assert "made-up" not in str(caught.value)
