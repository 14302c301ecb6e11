"""Sources, endpoints and classes of MediaLive's inputs, over the wire."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.flows import standby_flow
from tests.support.medialive import channel_request, settle

URL = "https://example.org/{}.m3u8"
FLOW = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:{}"
CLASSES: dict[str, tuple[str, dict[str, Any]]] = {
    "one URL": ("SINGLE_PIPELINE", {"Type": "URL_PULL", "Sources": [{"Url": URL.format(1)}]}),
    "two URLs": (
        "STANDARD",
        {"Type": "URL_PULL", "Sources": [{"Url": URL.format(number)} for number in (1, 2)]},
    ),
    "one flow": (
        "SINGLE_PIPELINE",
        {"Type": "MEDIACONNECT", "MediaConnectFlows": [{"FlowArn": FLOW.format(1)}]},
    ),
    "two flows": (
        "STANDARD",
        {
            "Type": "MEDIACONNECT",
            "MediaConnectFlows": [{"FlowArn": FLOW.format(number)} for number in (1, 2)],
        },
    ),
    "one SRT caller": (
        "SINGLE_PIPELINE",
        {"Type": "SRT_CALLER", "SrtSettings": {"SrtCallerSources": [{"StreamId": "s"}]}},
    ),
}
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "no URL": (
        "Invalid URL () specified for inputSource",
        {"Type": "URL_PULL", "Sources": [{"Url": ""}]},
    ),
    "no source": ("Invalid URL () specified for inputSource", {"Type": "RTMP_PULL"}),
    "a role that does not exist": (
        "Please make sure the role exists and medialive.amazonaws.com is a trusted service",
        {"Type": "MEDIACONNECT", "RoleArn": "arn:aws:iam::123456789012:role/none"},
    ),
    "a VPC without a role": (
        "manage network interfaces in your VPC is required to create a VPC input.",
        {"Type": "RTP_PUSH", "Vpc": {"SubnetIds": ["subnet-1", "subnet-2"]}},
    ),
    "destinations of a pull": (
        "an input of the type URL_PULL has no destinations",
        {
            "Type": "URL_PULL",
            "Sources": [{"Url": URL.format(1)}],
            "Destinations": [{"StreamName": "a/b"}],
        },
    ),
}


@pytest.mark.parametrize("case", CLASSES)
def test_the_number_of_sources_makes_the_class(medialive: Any, case: str) -> None:
    expected, members = CLASSES[case]
    made = medialive.create_input(Name="in", **members)["Input"]
    assert (made["InputClass"], made["InputSourceType"]) == (expected, "STATIC")


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_input_is_refused_in_the_words_of_aws(medialive: Any, case: str) -> None:
    reason, members = WRONG[case]
    with pytest.raises(ClientError) as caught:
        medialive.create_input(Name="in", **members)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert reason in caught.value.response["Error"]["Message"]
    assert medialive.list_inputs()["Inputs"] == []


def test_a_file_with_a_variable_in_its_url_is_dynamic(medialive: Any) -> None:
    sources = [{"Url": "s3ssl://bucket/$urlPath$"}]
    made = medialive.create_input(Name="in", Type="MP4_FILE", Sources=sources)["Input"]
    assert made["InputSourceType"] == "DYNAMIC"
    with pytest.raises(ClientError, match="the first input has to be static"):
        medialive.create_channel(**channel_request(made["Id"]))
    settle(lambda: medialive.describe_input(InputId=made["Id"])["State"], "DETACHED")
    medialive.update_input(InputId=made["Id"], Sources=[{"Url": "s3ssl://bucket/a.mp4"}])
    assert medialive.describe_input(InputId=made["Id"])["InputSourceType"] == "STATIC"


@pytest.mark.parametrize("names", [["a/b"], ["a/b", "c/d"]])
def test_an_rtmp_push_has_an_endpoint_for_each_stream_name(
    medialive: Any, names: list[str]
) -> None:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    made = medialive.create_input(
        Name="in",
        Type="RTMP_PUSH",
        InputSecurityGroups=[group["SecurityGroup"]["Id"]],
        Destinations=[{"StreamName": name} for name in names],
    )["Input"]
    assert [end["Url"].partition(":1935/")[2] for end in made["Destinations"]] == names
    settle(lambda: medialive.describe_input(InputId=made["Id"])["State"], "DETACHED")
    medialive.update_input(InputId=made["Id"], Destinations=[{"StreamName": "e/f"}])
    shown = medialive.describe_input(InputId=made["Id"])["Destinations"]
    assert {end["Url"].partition(":1935/")[2] for end in shown} == {"e/f"}
    assert [end["Ip"] for end in shown] == [end["Ip"] for end in made["Destinations"]]


def test_a_standard_channel_takes_no_input_of_one_source(medialive: Any) -> None:
    made = medialive.create_input(Name="in", Type="URL_PULL", Sources=[{"Url": URL.format(1)}])[
        "Input"
    ]
    request = channel_request(made["Id"], ChannelClass="STANDARD")
    request["Destinations"][0]["Settings"] *= 2
    with pytest.raises(ClientError, match=r"inputAttachments\[0\]\.inputId") as caught:
        medialive.create_channel(**request)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 422


@pytest.mark.parametrize("kind", ["SDI", "SRT_LISTENER", "AWS_CDI"])
def test_a_type_that_the_emulator_does_not_have_is_refused(medialive: Any, kind: str) -> None:
    with pytest.raises(ClientError) as caught:
        medialive.create_input(Name="in", Type=kind)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_an_input_takes_flows_of_different_zones(medialive: Any, mediaconnect: Any) -> None:
    zones = {"one": "us-west-2a", "two": "us-west-2b", "three": "us-west-2a"}
    arns = {
        name: standby_flow(mediaconnect, name, AvailabilityZone=zone)
        for name, zone in zones.items()
    }

    def taken(*names: str) -> dict[str, Any]:
        flows = [{"FlowArn": arns[name]} for name in names]
        return {"Name": "in", "Type": "MEDIACONNECT", "MediaConnectFlows": flows}

    with pytest.raises(ClientError, match="separate Availability Zones"):
        medialive.create_input(**taken("one", "three"))
    made = medialive.create_input(**taken("one", "two"))["Input"]
    assert (made["InputClass"], made["Destinations"]) == ("STANDARD", [])
    outputs = [mediaconnect.describe_flow(FlowArn=arn)["Flow"]["Outputs"] for arn in arns.values()]
    assert [[output["MediaLiveInputArn"] for output in listed] for listed in outputs] == [
        [made["Arn"]],
        [made["Arn"]],
        [],
    ]
