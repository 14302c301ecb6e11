"""Refusals of MediaConnect for outputs over SRT, RTP and RTMP, over the wire."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

SRT = {"Name": "one", "Protocol": "srt-caller", "Destination": "203.0.113.9", "Port": 9000}
RTP = {"Name": "one", "Protocol": "rtp-fec", "Destination": "203.0.113.9", "Port": 5000}
PASSWORD = {"KeyType": "srt-password"}
# Beside these, a role and a secret that are there.
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no port": ({**SRT, "Port": None}, "an output needs Port"),
    "latency": ({**SRT, "MinLatency": 15_001}, "MinLatency is 0 to 15000"),
    "stream id": ({**SRT, "StreamId": "x" * 513}, "a StreamId has at most 512 characters"),
    "encrypted RTP": ({**RTP, "Encryption": {}}, "protocol rtp-fec cannot be encrypted"),
    "static key": (
        {**SRT, "Encryption": {"KeyType": "static-key"}},
        "SRT is encrypted with the KeyType srt-password",
    ),
    "no secret": (
        {**SRT, "Encryption": {"SecretArn": None}},
        "srt-password needs a RoleArn and a SecretArn",
    ),
    "unknown secret": (
        {**SRT, "Encryption": {"SecretArn": "arn:aws:secretsmanager:us-west-2:1:secret:none"}},
        "there is no secret arn:aws:secretsmanager:us-west-2:1:secret:none",
    ),
    "another's role": (
        {**SRT, "Encryption": {"RoleArn": "arn:aws:iam::123456789012:role/other"}},
        "mediaconnect.amazonaws.com is a trusted service",
    ),
}


LISTENED: dict[str, dict[str, Any]] = {
    "SRT": {"Protocol": "srt-listener", "Port": 9000, "CidrAllowList": ["203.0.113.0/24"]},
    "Zixi": {"Protocol": "zixi-pull", "RemoteId": "r", "StreamId": "s"},
}


@pytest.mark.parametrize("case", LISTENED)
def test_a_receiver_calls_the_flow_at_its_own_address(
    mediaconnect: Any, flow_arn: str, case: str
) -> None:
    (made,) = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[LISTENED[case]])["Outputs"]
    assert made["ListenerAddress"] == "203.0.113.10"
    assert made["Name"]
    message = refusal(
        lambda: mediaconnect.update_flow_output(
            FlowArn=flow_arn, OutputArn=made["OutputArn"], Protocol="srt-caller"
        )
    )
    assert message == "an output needs Destination"
    moved = {"Protocol": "srt-caller", "Destination": "203.0.113.9", "Port": 9000}
    mediaconnect.update_flow_output(FlowArn=flow_arn, OutputArn=made["OutputArn"], **moved)
    (after,) = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
    assert "ListenerAddress" not in after


def test_zixi_is_encrypted_with_a_static_key(
    mediaconnect: Any, flow_arn: str, encryption: dict[str, str]
) -> None:
    keys = {key: value for key, value in encryption.items() if key != "KeyType"}
    output = {**SRT, "Protocol": "zixi-push", "Encryption": {**keys, "Algorithm": "aes256"}}
    (made,) = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output])["Outputs"]
    assert made["Encryption"] == output["Encryption"]


@pytest.fixture
def encryption(client: Callable[[str], Any]) -> dict[str, str]:
    """A role and a secret that MediaConnect can use."""

    def role(name: str, service: str) -> str:
        statement = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": f"{service}.amazonaws.com"},
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
        return str(made["Role"]["Arn"])

    role("other", "medialive")
    made = client("secretsmanager").create_secret(Name="s", SecretString="made-up-passphrase")
    return {**PASSWORD, "RoleArn": role("reader", "mediaconnect"), "SecretArn": made["ARN"]}


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return str(caught.value.response["Error"]["Message"])


def without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_output_is_refused(
    mediaconnect: Any, flow_arn: str, encryption: dict[str, str], case: str
) -> None:
    members, reason = WRONG[case]
    if "Encryption" in members:
        members = {**members, "Encryption": without_none({**encryption, **members["Encryption"]})}
    outputs = [without_none(members)]
    message = refusal(lambda: mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=outputs))
    assert reason in message
    assert mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"] == []


def test_an_update_is_judged_as_a_whole_and_changes_nothing_when_refused(
    mediaconnect: Any, flow_arn: str, encryption: dict[str, str]
) -> None:
    outputs = [{**SRT, "Encryption": encryption}]
    made = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=outputs)["Outputs"][0]
    arn = made["OutputArn"]
    message = refusal(
        lambda: mediaconnect.update_flow_output(FlowArn=flow_arn, OutputArn=arn, Protocol="rtp")
    )
    assert message.endswith("cannot be encrypted")
    (after,) = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
    assert after == made
    mediaconnect.update_flow_output(FlowArn=flow_arn, OutputArn=arn, OutputStatus="DISABLED")
    (after,) = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"]
    assert after == {**made, "OutputStatus": "DISABLED"}


def test_error_correction_takes_two_more_ports(mediaconnect: Any, flow_arn: str) -> None:
    mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[RTP])
    taken = {**RTP, "Name": "two", "Protocol": "rtp", "Port": 5004}
    message = refusal(lambda: mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[taken]))
    assert message == "another output of this flow sends to this destination and port"
    mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[{**taken, "Port": 5005}])
    # SRT callers are told apart by their stream ids.
    callers = [{**SRT, "Name": "three"}, {**SRT, "Name": "four"}]
    mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=callers)
