"""The world of moto's tests: an emulator instead of moto's mock, and inputs that AWS takes."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable
from typing import Any

import boto3

from localaws.quotas import Quotas
from localaws.server import EmbeddedAws

REGION = "eu-west-1"
_SOURCE = {"Protocol": "rtp", "WhitelistCidr": "203.0.113.0/24", "IngestPort": 5000}


def mock_aws(test: Callable[[], None]) -> Callable[[], None]:
    """Run *test* against an emulator of its own, at AWS's pace.

    moto changes states at once. A client of AWS waits until the state that a call leads to is
    reached; before each call these wait for all that is under way.
    """

    @functools.wraps(test)
    def run() -> None:
        quotas = Quotas(channels=20, push_inputs=20, input_security_groups=20)
        with EmbeddedAws(quotas=quotas) as aws:
            os.environ |= {
                "AWS_ENDPOINT_URL": aws.endpoint,
                "AWS_ACCESS_KEY_ID": "embedded",
                "AWS_SECRET_ACCESS_KEY": "embedded",
            }
            boto3.setup_default_session()
            lists = {
                "medialive": [_client("medialive").list_channels, _client("medialive").list_inputs],
                "mediaconnect": [_client("mediaconnect").list_flows],
            }

            def wait(**event: Any) -> None:
                # Each transient state is shown once.
                for show in lists[event["model"].service_model.service_name] * 2:
                    show()

            boto3.setup_default_session()
            for service in lists:
                boto3.DEFAULT_SESSION._session.register(f"before-call.{service}", wait)  # type: ignore[union-attr]  # noqa: SLF001
            test()

    return run


def _client(service: str) -> Any:
    return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]  # a variable


def role(name: str) -> str:
    """Make a role that MediaLive and MediaConnect may assume; return its ARN."""
    services = ["medialive.amazonaws.com", "mediaconnect.amazonaws.com"]
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        f' "Principal": {{"Service": {services}}}}}]}}'.replace("'", '"')
    )
    iam = _client("iam")
    try:
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
    return str(arn)


def secret_arn() -> str:
    """Make a secret with a key of AES-256; return its ARN."""
    secrets = _client("secretsmanager")
    try:
        return str(secrets.create_secret(Name="flows", SecretString="0" * 64)["ARN"])
    except secrets.exceptions.ResourceExistsException:
        return str(secrets.describe_secret(SecretId="flows")["ARN"])


def input_config(name: str, **_: Any) -> dict[str, Any]:
    """Return the members of an input that pulls."""
    return {
        "Name": name,
        "Type": "URL_PULL",
        "RequestId": name,
        "Destinations": [],
        "InputDevices": [],
        "MediaConnectFlows": [],
        "RoleArn": role("TestMediaLiveInputCreateRole"),
        "Sources": [
            {"PasswordParam": "/pwd", "Url": f"https://example.org/{number}", "Username": "userX"}
            for number in range(2)
        ],
        "Tags": {"Customer": "moto"},
    }


def channel_config(name: str, **_: Any) -> dict[str, Any]:
    """Return the members of a channel to a platform over RTMP."""
    made = _client("medialive").create_input(**input_config(f"of {name}"))
    url = "rtmp://203.0.113.9/live"
    return {
        "Name": name,
        "RequestId": name,
        "RoleArn": role("TestMediaLiveChannelCreateRole"),
        "LogLevel": "INFO",
        "Tags": {"Customer": "moto"},
        "InputSpecification": {
            "Codec": "AVC",
            "Resolution": "HD",
            "MaximumBitrate": "MAX_20_MBPS",
        },
        "InputAttachments": [{"InputId": made["Input"]["Id"], "InputAttachmentName": "in"}],
        "Destinations": [
            {
                "Id": "destination",
                "Settings": [{"Url": url, "StreamName": key} for key in ("a", "b")],
                "MediaPackageSettings": [],
            }
        ],
        "EncoderSettings": {
            "VideoDescriptions": [{"Name": "video"}],
            "AudioDescriptions": [{"Name": "audio", "AudioSelectorName": "audio"}],
            "TimecodeConfig": {"Source": "EMBEDDED"},
            "OutputGroups": [
                {
                    "OutputGroupSettings": {"RtmpGroupSettings": {}},
                    "Outputs": [
                        {
                            "OutputName": "output",
                            "VideoDescriptionName": "video",
                            "AudioDescriptionNames": ["audio"],
                            "OutputSettings": {
                                "RtmpOutputSettings": {
                                    "Destination": {"DestinationRefId": "destination"}
                                }
                            },
                        }
                    ],
                }
            ],
        },
    }


def source(name: str = "Source-A") -> dict[str, Any]:
    """Return the members of a source."""
    port = 5000 + sum(map(ord, name)) % 100
    return {"Name": name, "Description": "A source", **_SOURCE, "IngestPort": port}


def single_pipeline(config: dict[str, Any]) -> dict[str, Any]:
    """Return *config* for a channel with one pipeline."""
    (destination,) = config["Destinations"]
    first_ingest = {**destination, "Settings": destination["Settings"][:1]}
    return {**config, "ChannelClass": "SINGLE_PIPELINE", "Destinations": [first_ingest]}


def check_mediaconnect_arn(type_: str, arn: str, name: str) -> None:
    """Check the form of an ARN of AWS."""
    assert re.fullmatch(  # noqa: S101 - moto's tests call it
        rf"arn:aws:mediaconnect:{REGION}:\d{{12}}:{type_}:1-\w+-[0-9a-f]{{12}}:{name}", arn
    ), arn


def output() -> dict[str, Any]:
    """Return the members of an output over RIST."""
    return {
        "Name": "string",
        "Description": "string",
        "Protocol": "rist",
        "Destination": "203.0.113.3",
        "Port": 1234,
    }


def vpc_interface() -> dict[str, Any]:
    """Return the members of a VPC interface."""
    return {
        "Name": "VPCInterface",
        "SubnetId": "subnet-11111111",
        "SecurityGroupIds": ["sg-11111111"],
        "RoleArn": role("flows"),
    }


def entitlement(name: str = "Entitlement-A") -> dict[str, Any]:
    """Return the members of an entitlement."""
    secret = {"RoleArn": role("flows"), "SecretArn": secret_arn()}
    return {
        "DataTransferSubscriberFeePercent": 12,
        "Description": "An entitlement",
        "Encryption": {"Algorithm": "aes256", **secret},
        "EntitlementStatus": "ENABLED",
        "Name": name,
        "Subscribers": ["123456789012"],
    }


def with_failover(config: dict[str, Any]) -> dict[str, Any]:
    """Return *config* for a flow that takes a second source."""
    return {**config, "SourceFailoverConfig": {"State": "ENABLED", "FailoverMode": "FAILOVER"}}


def flow_config(name: str, **given: Any) -> dict[str, Any]:
    """Return the members of a flow, with moto's parts as far as AWS takes them."""
    outputs = [
        {"Name": "Output-1", "Protocol": "zixi-push", "Destination": "203.0.113.1", "Port": 2088},
        {"Name": "Output-2", "Protocol": "zixi-pull", "RemoteId": "a", "StreamId": "b"},
        {"Name": "Output-3", "Protocol": "srt-listener", "Port": 2090},
    ]
    defaults = {
        "availability_zone": f"{REGION}a",
        "entitlements": [entitlement()],
        "outputs": outputs,
        "source": source(),
    }
    members = {
        "".join(word.title() for word in key.split("_")): value
        for key, value in (defaults | given).items()
    }
    return {"Name": name, **{key: value for key, value in members.items() if value}}
