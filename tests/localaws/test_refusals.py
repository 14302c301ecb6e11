"""Refusals of MediaLive and MediaConnect, over the wire and without the client's own checks."""

from __future__ import annotations

import copy
import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from localaws.server import EmbeddedAws
from tests.support.clients import ONCE, connect
from tests.support.in_process import MODELS
from tests.support.medialive import channel_request, idle_channel, push_input
from tests.support.misfits import MISFITS, h264, wire_form


def raw(embedded: EmbeddedAws, service: str = "medialive", region: str = "us-west-2") -> Any:
    config = ONCE.merge(Config(parameter_validation=False))
    return connect(embedded.endpoint, service, region=region, config=config)


def refusal(call: Callable[[], Any]) -> tuple[int, str, list[str], str]:
    """Return status, code, element paths and message of a refused call."""
    with pytest.raises(ClientError) as caught:
        call()
    answer: dict[str, Any] = {**caught.value.response}
    paths = [error["ElementPath"] for error in answer.get("ValidationErrors", [])]
    error = answer["Error"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], error["Code"], paths, error["Message"]


def output(request: dict[str, Any]) -> dict[str, Any]:
    group: dict[str, Any] = request["EncoderSettings"]["OutputGroups"][0]
    return group["Outputs"][0]  # type: ignore[no-any-return]


CONTRADICTIONS: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "an audio selector that no input has": (
        lambda r: r["EncoderSettings"]["AudioDescriptions"][0].update(AudioSelectorName="x"),
        "audioDescriptions[0].audioSelectorName",
    ),
    "STANDARD with one destination": (
        lambda r: r.update(ChannelClass="STANDARD"),
        "destinations[0].settings",
    ),
    "a GOP of no length": (
        lambda r: h264(r).update(GopSize=0),
        "videoDescriptions[0].codecSettings.h264Settings.gopSize",
    ),
    "an unknown video description": (
        lambda r: output(r).update(VideoDescriptionName="x"),
        "outputGroups[0].outputs[0].videoDescriptionName",
    ),
    "a video description that no output uses": (
        lambda r: output(r).pop("VideoDescriptionName"),
        "videoDescriptions[0]",
    ),
    "an unknown audio description": (
        lambda r: output(r).update(AudioDescriptionNames=["x"]),
        "outputGroups[0].outputs[0].audioDescriptionNames",
    ),
    "an unknown caption description": (
        lambda r: output(r).update(CaptionDescriptionNames=["x"]),
        "outputGroups[0].outputs[0].captionDescriptionNames",
    ),
    "an audio description that no output uses": (
        lambda r: output(r).pop("AudioDescriptionNames"),
        "audioDescriptions[0]",
    ),
    "an unknown destination": (
        lambda r: output(r)["OutputSettings"]["RtmpOutputSettings"].update(
            Destination={"DestinationRefId": "x"}
        ),
        "outputGroups[0].outputs[0].outputSettings.destination",
    ),
    "an output without settings": (
        lambda r: output(r).update(OutputSettings={}),
        "outputGroups[0].outputs[0].outputSettings",
    ),
    "an output of another kind than its group": (
        lambda r: output(r).update(
            OutputSettings={"HlsOutputSettings": {"HlsSettings": {"FrameCaptureHlsSettings": {}}}}
        ),
        "outputGroups[0].outputs[0].outputSettings",
    ),
    "two audio descriptions of one name": (
        lambda r: r["EncoderSettings"]["AudioDescriptions"].append(
            {"Name": "audio", "AudioSelectorName": "default"}
        ),
        "audioDescriptions[1].name",
    ),
    "two destinations of one id": (
        lambda r: r["Destinations"].append(r["Destinations"][0]),
        "destinations[1].id",
    ),
    "no key": (
        lambda r: r["Destinations"][0]["Settings"][0].pop("StreamName"),
        "destinations[0].settings[0].streamName",
    ),
    "no URL": (
        lambda r: r["Destinations"][0]["Settings"][0].pop("Url"),
        "destinations[0].settings[0].url",
    ),
    "a nameless description": (
        lambda r: r["EncoderSettings"]["VideoDescriptions"][0].pop("Name"),
        "videoDescriptions[0].name",
    ),
    "an input that does not exist": (
        lambda r: r["InputAttachments"][0].update(InputId="999"),
        "inputAttachments[0].inputId",
    ),
    "no output group": (
        lambda r: r["EncoderSettings"].update(OutputGroups=[]),
        "outputGroups",
    ),
    "no encoder settings": (lambda r: r.pop("EncoderSettings"), "encoderSettings"),
}


@pytest.mark.parametrize("case", CONTRADICTIONS)
def test_a_contradiction_is_unprocessable_at_its_path(embedded: EmbeddedAws, case: str) -> None:
    medialive = raw(embedded)
    spoil, path = CONTRADICTIONS[case]
    request = channel_request(push_input(medialive))
    spoil(request)
    status, code, paths, message = refusal(lambda: medialive.create_channel(**request))
    assert (status, code) == (422, "UnprocessableEntityException")
    assert path in paths
    assert f"{path} " in message, "the reason is in the text too"
    assert medialive.list_channels()["Channels"] == []


def to_hls(request: dict[str, Any]) -> None:
    group = request["EncoderSettings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {
        "HlsGroupSettings": {"Destination": {"DestinationRefId": "rtmp"}}
    }
    output(request)["OutputSettings"] = {
        "HlsOutputSettings": {"HlsSettings": {"StandardHlsSettings": {}}}
    }


def to_media_package(request: dict[str, Any]) -> None:
    request["Destinations"] = [{"Id": "p", "MediaPackageSettings": [{"ChannelId": "a/b"}]}]
    group = request["EncoderSettings"]["OutputGroups"][0]
    group["OutputGroupSettings"] = {
        "MediaPackageGroupSettings": {"Destination": {"DestinationRefId": "p"}}
    }
    output(request)["OutputSettings"] = {"MediaPackageOutputSettings": {}}


# What spoils a request -> (status, text) as AWS answered; the sources are in the rules' docstrings.
AS_AWS_WORDS_IT: dict[str, tuple[Callable[[dict[str, Any]], Any], int, str]] = {
    "no name": (lambda r: r.pop("Name"), 400, "Non-empty channel name required"),
    "an empty name": (lambda r: r.update(Name=""), 400, "Non-empty channel name required"),
    "no input": (
        lambda r: r.update(InputAttachments=[]),
        400,
        "At least one inputAttachment must be specified",
    ),
    "a destination without settings": (
        lambda r: r["Destinations"][0].pop("Settings"),
        400,
        (
            "Exactly one of settings, MediaPackage settings, or Multiplex settings is required for"
            " destination rtmp."
        ),
    ),
    "an audio description that no output uses": (
        lambda r: r["EncoderSettings"]["AudioDescriptions"].append(
            {"Name": "other", "AudioSelectorName": "default"}
        ),
        422,
        'audioDescriptions[1] Audio description "other" is not referenced by any output',
    ),
    "a malformed channel id of MediaPackage": (
        to_media_package,
        422,
        (
            "outputGroups[0].outputGroupSettings.destination.channelId MediaPackage channel ID is"
            " invalid. The ID can have numbers, letters, underscores, and dashes. The ID is case"
            " sensitive."
        ),
    ),
    "an HLS output without M3U8 settings": (
        to_hls,
        422,
        (
            "outputGroups[0].outputs[0].outputSettings.hlsSettings.m3u8Settings"
            ' requires property "m3u8Settings";'
            " outputGroups[0].outputs[0].outputSettings.hlsOutputSettings.hlsSettings"
            ' Object does not match "standard";'
            ' outputGroups[0].outputs[0].outputSettings Object does not match "hls"'
        ),
    ),
}


@pytest.mark.parametrize("case", AS_AWS_WORDS_IT)
def test_a_recorded_refusal_has_the_words_of_aws(embedded: EmbeddedAws, case: str) -> None:
    medialive = raw(embedded)
    spoil, expected, text = AS_AWS_WORDS_IT[case]
    request = channel_request(push_input(medialive))
    spoil(request)
    status, code, _, message = refusal(lambda: medialive.create_channel(**request))
    assert (status, message) == (expected, text)
    assert code == {400: "BadRequestException", 422: "UnprocessableEntityException"}[status]


@pytest.mark.parametrize(
    ("operation", "members", "text"),
    [
        ("create_input", {"Type": "RTMP_PULL"}, "Non-empty input name required"),
        (
            "create_input",
            {"Name": "in", "Type": "URL_PULL"},
            "Invalid URL () specified for inputSource",
        ),
        ("create_input_security_group", {}, "Must specify at least one whitelist"),
    ],
)
def test_a_recorded_bad_request_has_the_words_of_aws(
    embedded: EmbeddedAws, operation: str, members: dict[str, Any], text: str
) -> None:
    call = getattr(raw(embedded), operation)
    status, code, _, message = refusal(lambda: call(**members))
    assert (status, code, message) == (400, "BadRequestException", text)


def test_an_rtmp_group_takes_several_outputs(embedded: EmbeddedAws) -> None:
    medialive = raw(embedded)
    request = channel_request(push_input(medialive))
    outputs = request["EncoderSettings"]["OutputGroups"][0]["Outputs"]
    outputs.append(copy.deepcopy(outputs[0]))
    made = medialive.create_channel(**request)["Channel"]
    assert len(made["EncoderSettings"]["OutputGroups"][0]["Outputs"]) == 2


@pytest.mark.parametrize("case", MISFITS)
def test_what_does_not_fit_the_model_is_a_bad_request(embedded: EmbeddedAws, case: str) -> None:
    medialive = raw(embedded)
    spoil, member = MISFITS[case]
    request = channel_request(push_input(medialive))
    spoil(request)
    body = wire_form(request)
    status, answer = post(embedded, "medialive", "/prod/channels", json.dumps(body).encode())
    assert status == 400
    assert member in answer["message"]


def test_an_input_of_another_region_is_not_there(embedded: EmbeddedAws) -> None:
    here, there = raw(embedded), raw(embedded, region="eu-central-1")
    for number in range(3):
        far = push_input(there, f"n{number}")
    status, _, paths, message = refusal(lambda: here.create_channel(**channel_request(far)))
    assert (status, paths) == (422, ["inputAttachments[0].inputId"])
    assert "does not exist in us-west-2" in message


def test_a_role_that_trusts_another_service_is_refused(embedded: EmbeddedAws) -> None:
    medialive = raw(embedded)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "NotmedialiveAmazonawsCom",
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ec2.amazonaws.com"},
            }
        ],
    }
    made = raw(embedded, "iam").create_role(
        RoleName="r", AssumeRolePolicyDocument=json.dumps(trust)
    )
    request = channel_request(push_input(medialive), RoleArn=made["Role"]["Arn"])
    status, code, _, message = refusal(lambda: medialive.create_channel(**request))
    assert (status, code) == (400, "BadRequestException")
    assert "medialive.amazonaws.com is a trusted service" in message


@pytest.mark.parametrize(
    ("flow_arn", "reason"),
    [("nonsense", "of the form arn"), ("arn:aws:mediaconnect:us-west-2:1:flow:1:none", "found")],
)
def test_an_arn_has_the_form_of_the_model(
    embedded: EmbeddedAws, flow_arn: str, reason: str
) -> None:
    mediaconnect = raw(embedded, "mediaconnect")
    status, _, _, message = refusal(lambda: mediaconnect.describe_flow(FlowArn=flow_arn))
    assert status in {400, 404}
    assert reason in message


def test_lists_come_in_pages(embedded: EmbeddedAws) -> None:
    medialive = raw(embedded)
    for number in range(3):
        push_input(medialive, f"n{number}")
    first = medialive.list_inputs(MaxResults=2)
    rest = medialive.list_inputs(MaxResults=2, NextToken=first["NextToken"])
    assert [item["Name"] for item in first["Inputs"] + rest["Inputs"]] == ["n0", "n1", "n2"]
    assert refusal(lambda: medialive.list_inputs(NextToken="made-up"))[0] == 400


def send(
    embedded: EmbeddedAws, service: str, method: str, path: str, body: bytes
) -> tuple[int, bytes]:
    place = urlsplit(embedded.endpoint)
    connection = http.client.HTTPConnection(str(place.hostname), place.port, timeout=10)
    scope = f"Credential=test/20260101/us-west-2/{service}/aws4_request"
    try:
        connection.request(method, path, body, {"Authorization": f"AWS4-HMAC-SHA256 {scope}"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def post(embedded: EmbeddedAws, service: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    status, text = send(embedded, service, "POST", path, body)
    answer: dict[str, Any] = json.loads(text)
    return status, answer


def operations() -> Iterator[tuple[str, str, str]]:
    for service, model in MODELS.items():
        for name in model.operation_names:
            http = model.operation_model(name).http
            yield service, http["method"], http["requestUri"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
BODIES = st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode())


@pytest.mark.fuzz
@given(
    operation=st.sampled_from(sorted(operations())),
    label=st.text(min_size=1, max_size=8),
    query=st.text(max_size=8),
    body=BODIES,
)
def test_no_bytes_make_it_stumble(
    embedded: EmbeddedAws, operation: tuple[str, str, str], label: str, query: str, body: bytes
) -> None:
    service, method, uri = operation
    parts = [quote(label, safe="") if part.startswith("{") else part for part in uri.split("/")]
    path = "/".join(parts) + f"?nextToken={quote(query)}&maxResults={quote(query)}"
    status, answer = send(embedded, service, method, path, body)
    assert status != 500, answer
    assert status in {200, 201, 202, 204, 400, 403, 404, 409, 420, 422, 429, 501}
    json.loads(answer)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield (*path, key)
        if isinstance(item, dict | list):
            yield from places(item, (*path, key))


@pytest.mark.fuzz
@given(place=st.sampled_from(list(places(channel_request("0")))), value=JSON)
def test_no_spoilt_channel_makes_it_stumble(
    embedded: EmbeddedAws, place: tuple[Any, ...], value: Any
) -> None:
    embedded.reset()
    here = embedded.medialive()
    rules = {"WhitelistRules": [{"Cidr": "203.0.113.10/32"}]}
    group = here.create_input_security_group(rules)["SecurityGroup"]["Id"]
    about = {"Name": "one", "Type": "RTP_PUSH", "InputSecurityGroups": [group]}
    request = channel_request(here.create_input(about)["Input"]["Id"])
    *way, last = place
    inner: Any = request
    for key in way:
        inner = inner[key]
    inner[last] = value
    body = json.dumps(wire_form(request)).encode()
    status, answer = send(embedded, "medialive", "POST", "/prod/channels", body)
    assert status in {201, 400, 409, 422}, answer
    json.loads(answer)
    assert bool(here.region.channels) == (status == 201)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"seconds": "soon"}', b'{"fault": "boredom"}'])
@pytest.mark.parametrize("what", ["clock", "mishaps", "faults"])
def test_the_control_address_refuses_nonsense(
    embedded: EmbeddedAws, what: str, body: bytes
) -> None:
    method = "PUT" if what == "faults" else "POST"
    status, answer = send(embedded, "medialive", method, f"/_localaws/{what}", body)
    assert status in ({400, 200} if what == "faults" else {400})
    json.loads(answer)


def test_a_channel_in_a_wrong_state_conflicts_and_says_which(embedded: EmbeddedAws) -> None:
    medialive = raw(embedded)
    channel = idle_channel(medialive)
    status, code, _, message = refusal(lambda: medialive.stop_channel(ChannelId=channel))
    assert (status, code) == (409, "ConflictException")
    assert "is IDLE" in message
