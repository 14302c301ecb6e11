"""Structures of MediaLive, compared member by member."""

from __future__ import annotations

import copy
from typing import Any

import botocore.session
import pytest

from provider import members
from provider.resource import UNKNOWN
from tests.support.medialive import channel_request


@pytest.fixture(scope="module")
def service_model() -> Any:
    return botocore.session.get_session().get_service_model("medialive")


@pytest.fixture(scope="module")
def shown(service_model: Any) -> Any:
    return service_model.operation_model("DescribeChannel").output_shape


@pytest.fixture(scope="module")
def taken(service_model: Any) -> Any:
    return service_model.operation_model("CreateChannel").input_shape


def paths(declared: Any, actual: Any, shape: Any) -> list[str]:
    return list(members.differences(declared, actual, shape))


def video(request: dict[str, Any]) -> dict[str, Any]:
    descriptions: list[dict[str, Any]] = request["EncoderSettings"]["VideoDescriptions"]
    return descriptions[0]


def test_equal_structures_do_not_differ(shown: Any) -> None:
    request = channel_request("1")
    assert paths(request, copy.deepcopy(request), shown) == []


def test_members_that_aws_fills_in_are_no_difference(shown: Any) -> None:
    request = channel_request("1")
    actual = {**copy.deepcopy(request), "LogLevel": "DISABLED", "Id": "7"}
    video(actual)["RespondToAfd"] = "NONE"
    assert paths(request, actual, shown) == []


def test_a_difference_is_named_by_its_path(shown: Any) -> None:
    request = channel_request("1")
    actual = copy.deepcopy(request)
    video(actual)["CodecSettings"]["H264Settings"]["Bitrate"] = 1
    actual["Destinations"][0]["Settings"][0]["StreamName"] = "another"
    assert paths(request, actual, shown) == [
        "Destinations[0].Settings[0].StreamName",
        "EncoderSettings.VideoDescriptions[0].CodecSettings.H264Settings.Bitrate",
    ]


def test_a_missing_structure_differs_at_its_leaves(shown: Any) -> None:
    declared = {"Maintenance": {"MaintenanceDay": "MONDAY", "MaintenanceStartTime": "02:00"}}
    assert paths(declared, {}, shown) == [
        "Maintenance.MaintenanceDay",
        "Maintenance.MaintenanceStartTime",
    ]


def test_a_list_of_another_length_differs_as_a_whole(shown: Any) -> None:
    request = channel_request("1")
    actual = copy.deepcopy(request)
    actual["EncoderSettings"]["OutputGroups"].append({"Outputs": []})
    assert paths(request, actual, shown) == ["EncoderSettings.OutputGroups"]
    assert paths({"Destinations": [{"Id": "a"}]}, {"Destinations": None}, shown) == ["Destinations"]


def test_an_empty_list_is_as_good_as_none(shown: Any) -> None:
    declared: dict[str, Any] = {"EncoderSettings": {"VideoDescriptions": []}}
    assert paths(declared, {"EncoderSettings": {}}, shown) == []


def test_the_order_of_a_list_counts(shown: Any) -> None:
    first, second = {"Url": "rtmp://a"}, {"Url": "rtmp://b"}
    declared = {"Destinations": [{"Settings": [first, second]}]}
    actual = {"Destinations": [{"Settings": [second, first]}]}
    assert paths(declared, actual, shown) == [
        "Destinations[0].Settings[0].Url",
        "Destinations[0].Settings[1].Url",
    ]


def test_an_unknown_value_differs_from_nothing(shown: Any) -> None:
    request = channel_request("1")
    request["InputAttachments"][0]["InputId"] = UNKNOWN
    assert paths(request, channel_request("2"), shown) == []
    assert paths({"Destinations": UNKNOWN}, {}, shown) == []


def test_a_member_that_aws_never_shows_differs_from_nothing(shown: Any) -> None:
    assert paths({"RequestId": "a", "DryRun": True}, {}, shown) == []


def test_a_whole_number_is_the_same_with_and_without_a_fraction(shown: Any) -> None:
    def audio(rate: float) -> dict[str, Any]:
        codec = {"AacSettings": {"SampleRate": rate}}
        return {"EncoderSettings": {"AudioDescriptions": [{"CodecSettings": codec}]}}

    assert paths(audio(48000), audio(48000.0), shown) == []
    assert len(paths(audio(48000), audio(44100.0), shown)) == 1


def test_keys_of_a_map_are_compared_as_they_are(shown: Any) -> None:
    assert paths({"Tags": {"a": "1"}}, {"Tags": {"a": "1", "b": "2"}}, shown) == []
    assert paths({"Tags": {"a": "1"}}, {"Tags": {"a": "2"}}, shown) == ["Tags.a"]


def test_a_refresh_keeps_the_members_that_are_declared(shown: Any) -> None:
    request = channel_request("1")
    actual = {**copy.deepcopy(request), "LogLevel": "DISABLED"}
    video(actual)["RespondToAfd"] = "NONE"
    assert members.as_declared(request, actual, shown) == request


def test_a_refresh_shows_the_actual_value_of_a_declared_member(shown: Any) -> None:
    request = channel_request("1")
    actual = copy.deepcopy(request)
    video(actual)["CodecSettings"]["H264Settings"]["Bitrate"] = 1
    assert members.as_declared(request, actual, shown) == actual


def test_a_refresh_leaves_out_a_member_that_is_gone(shown: Any) -> None:
    declared = {"Name": "a", "RoleArn": "arn:role"}
    assert members.as_declared(declared, {"Name": "b"}, shown) == {"Name": "b"}


def test_a_refresh_keeps_what_aws_never_shows_and_what_is_empty(shown: Any) -> None:
    declared = {"RequestId": "a", "EncoderSettings": {"VideoDescriptions": []}}
    assert members.as_declared(declared, {"EncoderSettings": {}}, shown) == declared


def test_a_refresh_shows_a_list_of_another_length_as_it_is(shown: Any) -> None:
    actual = {"Destinations": [{"Id": "a", "Settings": []}, {"Id": "b"}]}
    assert members.as_declared({"Destinations": [{"Id": "a"}]}, actual, shown) == actual


def test_an_import_takes_what_a_creation_takes(taken: Any) -> None:
    request = channel_request("1")
    described = {
        **copy.deepcopy(request),
        "Arn": "arn",
        "State": "IDLE",
        "EgressEndpoints": [],
        "Maintenance": {
            "MaintenanceDay": "MONDAY",
            "MaintenanceDeadline": "2026-01-01T00:00:00Z",
            "MaintenanceStartTime": "02:00",
        },
    }
    window = {"MaintenanceDay": "MONDAY", "MaintenanceStartTime": "02:00"}
    assert members.accepted_by(taken, described) == {**request, "Maintenance": window}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Name", "one"),
        ("Destinations[0].Settings[0].StreamName", "made-up"),
        ("Destinations[1].Settings", None),
        ("Destinations[0].Settings[0].StreamName.More", None),
        ("Nothing.At[3].All", None),
    ],
)
def test_a_value_is_reached_by_its_path(path: str, value: object) -> None:
    assert members.value_at(channel_request("1"), path) == value


def test_a_digest_is_the_same_for_equal_values_only() -> None:
    first, second = {"a": 1, "b": [2]}, {"b": [2], "a": 1}
    assert members.digest(first) == members.digest(second)
    assert members.digest(first) != members.digest({"a": 1, "b": [3]})
    assert len(members.digest(None)) == 16


def test_a_member_whose_declaration_goes_is_dropped_where_aws_shows_it() -> None:
    """It is dropped whatever value AWS shows now, but not for what AWS filled in beside it."""
    former = {"A": {"B": 1, "C": {"D": 2, "E": []}}, "L": [{"N": "x", "S": {"T": 1}}], "M": 3}
    declared = {"A": {"B": 1}, "L": [{"N": "x"}]}
    shown = {"A": {"B": 1, "C": {"D": 2, "F": 9}, "G": 4}, "L": [{"N": "x", "S": {"T": 1}}], "M": 4}
    assert list(members.dropped(former, declared, shown)) == ["A.C", "L[0].S", "M"]
    assert list(members.dropped(former, declared, declared)) == []
    beside = {"A": {"B": 1, "C": {"E": [], "F": 9}}, "L": [{"N": "x", "S": {"U": 1}}], "M": None}
    assert list(members.dropped(former, declared, beside)) == []
    assert list(members.dropped(former, former, shown)) == []
    assert list(members.dropped(former, {"A": UNKNOWN, "L": UNKNOWN, "M": 3}, shown)) == []
    assert list(members.dropped(former, {**former, "L": []}, shown)) == []
