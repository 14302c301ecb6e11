"""A flow output that pushes RTMP: made, changed in place, read back, never without its settings."""

from __future__ import annotations

from typing import Any

import pytest

from provider.aws import AwsClients
from provider.flow_output import FlowOutput


def seen(mediaconnect: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    (output,) = mediaconnect.describe_flow(FlowArn=inputs["flowArn"])["Flow"]["Outputs"]
    described: dict[str, Any] = output
    return described


def test_it_is_made_with_its_key_and_tls(
    aws: AwsClients, mediaconnect: Any, pushed: dict[str, Any]
) -> None:
    made = FlowOutput(aws).create("urn", pushed)
    output = seen(mediaconnect, pushed)
    assert output["Transport"]["RtmpPushOutputSettings"] == {
        "ApplicationName": "app",
        "StreamName": "made-up",
        "TlsEncryption": {
            "EncryptionType": "PUBLIC",
            "EncryptionConfiguration": {"Public": {}},
        },
    }
    assert (output["Destination"], output["Port"]) == ("live.example.org", 443)
    assert made.state == {**pushed, "arn": made.id}


def test_without_tls_none_is_asked_for(
    aws: AwsClients, mediaconnect: Any, pushed: dict[str, Any]
) -> None:
    plain = {"application": "app", "streamName": "made-up", "tls": False}
    FlowOutput(aws).create("urn", {**pushed, "rtmpPush": plain})
    settings = seen(mediaconnect, pushed)["Transport"]["RtmpPushOutputSettings"]
    assert "TlsEncryption" not in settings


def test_a_disabled_one_is_read_as_such(aws: AwsClients, pushed: dict[str, Any]) -> None:
    made = FlowOutput(aws).create("urn", {**pushed, "status": "DISABLED"})
    result = FlowOutput(aws).read("urn", made.id, {}, {})
    assert result is not None
    assert result.inputs["status"] == "DISABLED"


def test_an_import_reads_all_of_it(aws: AwsClients, pushed: dict[str, Any]) -> None:
    made = FlowOutput(aws).create("urn", pushed)
    result = FlowOutput(aws).read("urn", made.id, {}, {})
    assert result is not None
    assert result.inputs == pushed


def test_it_is_disabled_and_enabled_in_place(
    aws: AwsClients, mediaconnect: Any, pushed: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", pushed)
    stopped = {**pushed, "status": "DISABLED"}
    assert not resource.diff(made.id, pushed, made.state, stopped).replaces
    resource.update(made.id, pushed, made.state, stopped)
    assert seen(mediaconnect, pushed)["OutputStatus"] == "DISABLED"


def test_another_route_changes_it_in_place(
    aws: AwsClients, mediaconnect: Any, pushed: dict[str, Any]
) -> None:
    resource = FlowOutput(aws)
    made = resource.create("urn", pushed)
    rtp = {**pushed, "protocol": "rtp", "destination": "198.51.100.1", "port": 5000}
    del rtp["rtmpPush"]
    assert not resource.diff(made.id, pushed, made.state, rtp).replaces
    resource.update(made.id, pushed, made.state, rtp)
    output = seen(mediaconnect, pushed)
    assert output["Transport"]["Protocol"] == "rtp"
    assert "RtmpPushOutputSettings" not in output["Transport"]
    resource.update(made.id, rtp, made.state, pushed)
    assert seen(mediaconnect, pushed)["Transport"]["Protocol"] == "rtmp-push"


@pytest.mark.parametrize(
    "wrong", [{"rtmpPush": None}, {"protocol": "rtp"}, {"rtmpPush": {"stream": "made-up"}}]
)
def test_a_push_and_its_settings_go_together(
    aws: AwsClients, pushed: dict[str, Any], wrong: dict[str, Any]
) -> None:
    given = {key: value for key, value in {**pushed, **wrong}.items() if value is not None}
    checked = FlowOutput(aws).check("urn", None, given)
    assert checked.failures
    assert "made-up" not in str(checked.failures)
