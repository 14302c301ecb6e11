"""Requests checked against botocore's model of MediaLive."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest

from provider import service_model
from provider.resource import UNKNOWN
from tests.support.medialive import channel_request

Spoil = Callable[[dict[str, Any]], Any]

VIDEO = "EncoderSettings.VideoDescriptions[0]"
SETTINGS = "Destinations[0].Settings[0]"


@pytest.fixture(scope="module")
def shape() -> Any:
    model = botocore.session.get_session().get_service_model("medialive")
    return model.operation_model("CreateChannel").input_shape


def video(request: dict[str, Any]) -> dict[str, Any]:
    descriptions: list[dict[str, Any]] = request["EncoderSettings"]["VideoDescriptions"]
    return descriptions[0]


def h264(request: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = video(request)["CodecSettings"]["H264Settings"]
    return settings


def h264_path(member: str) -> str:
    return f"{VIDEO}.CodecSettings.H264Settings.{member}"


REFUSED: dict[str, tuple[Spoil, str, str]] = {
    "an unknown member": (
        lambda r: h264(r).update(Bitrat=1),
        h264_path("Bitrat"),
        "is no member of H264Settings",
    ),
    "a member in another casing": (
        lambda r: r.update(logLevel="INFO"),
        "logLevel",
        "is no member of CreateChannelRequest",
    ),
    "a text for a number": (
        lambda r: h264(r).update(Bitrate="3000000"),
        h264_path("Bitrate"),
        "must be a number",
    ),
    "true for a number": (
        lambda r: h264(r).update(Bitrate=True),
        h264_path("Bitrate"),
        "must be a number",
    ),
    "a whole number beyond a double": (
        lambda r: h264(r).update(Bitrate=10**400),
        h264_path("Bitrate"),
        "must be a number from -9007199254740992 to 9007199254740992",
    ),
    "no number at all": (
        lambda r: h264(r).update(GopSize=math.nan),
        h264_path("GopSize"),
        "must be a number from -9007199254740992 to 9007199254740992",
    ),
    "a fraction for a whole number": (
        lambda r: h264(r).update(Bitrate=3000000.5),
        h264_path("Bitrate"),
        "must be a whole number",
    ),
    "a number for a text": (lambda r: r.update(Name=1), "Name", "must be a text"),
    "a word for true or false": (
        lambda r: r.update(DryRun="yes"),
        "DryRun",
        "must be true or false",
    ),
    "a text for an object": (
        lambda r: r.update(InputSpecification="HD"),
        "InputSpecification",
        "must be an object",
    ),
    "an object for a list": (
        lambda r: r.update(Destinations=r["Destinations"][0]),
        "Destinations",
        "must be a list",
    ),
    "a list for a map": (lambda r: r.update(Tags=["a"]), "Tags", "must be a map"),
    "a number in a map of texts": (
        lambda r: r.update(Tags={"a": 1}),
        "Tags.a",
        "must be a text",
    ),
    "a word outside an enum": (
        lambda r: h264(r).update(RateControlMode="ABR"),
        h264_path("RateControlMode"),
        "must be CBR, MULTIPLEX, QVBR, VBR",
    ),
    "a number below its limit": (
        lambda r: h264(r).update(Bitrate=999),
        h264_path("Bitrate"),
        "must be at least 1000",
    ),
    "a number above its limit": (
        lambda r: h264(r).update(QvbrQualityLevel=11),
        h264_path("QvbrQualityLevel"),
        "must be at most 10",
    ),
    "a text below its limit": (
        lambda r: r["EncoderSettings"]["AudioDescriptions"][0].update(LanguageCode=""),
        "EncoderSettings.AudioDescriptions[0].LanguageCode",
        "must be at least 1 characters",
    ),
    "a text above its limit": (
        lambda r: r["EncoderSettings"]["OutputGroups"][0].update(Name="g" * 33),
        "EncoderSettings.OutputGroups[0].Name",
        "must be at most 32 characters",
    ),
    "a missing member": (
        lambda r: video(r).pop("Name"),
        f"{VIDEO}.Name",
        "is required",
    ),
    "a member that is null": (
        lambda r: video(r).update(Name=None),
        f"{VIDEO}.Name",
        "is required",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_fault_is_named_with_its_path(shape: Any, case: str) -> None:
    spoil, path, message = REFUSED[case]
    request = channel_request("1")
    spoil(request)
    assert (path, message) in list(service_model.problems(shape, request))


def test_a_text_has_the_form_of_the_model() -> None:
    model = botocore.session.get_session().get_service_model("mediaconnect")
    about: Any = model.operation_model("DescribeFlow").input_shape
    ((path, message),) = service_model.problems(about, {"FlowArn": "nonsense"})
    assert (path, message.startswith("must be of the form arn")) == ("FlowArn", True)


ACCEPTED: dict[str, Spoil] = {
    "as it is": lambda _: None,
    "a whole number for a fraction": lambda r: h264(r).update(GopSize=2),
    "a whole fraction for a whole number": lambda r: h264(r).update(Bitrate=3000000.0),
    "an unknown id": lambda r: r["InputAttachments"][0].update(InputId=UNKNOWN),
    "unknown settings": lambda r: r.update(EncoderSettings=UNKNOWN),
    "an optional member that is null": lambda r: r.update(LogLevel=None),
    "tags": lambda r: r.update(Tags={"any key": "any text"}),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_the_model_takes_has_no_problem(shape: Any, case: str) -> None:
    request = channel_request("1")
    ACCEPTED[case](request)
    assert list(service_model.problems(shape, request)) == []


KEY = "made-up-key-0123"


@pytest.mark.parametrize(
    "misplaced",
    [
        KEY,
        [KEY],
        [{"Id": "rtmp", "Settings": KEY}],
        [{"Id": "rtmp", "Settings": [KEY]}],
        [{"Id": [KEY]}],
        [{"Id": "rtmp", "Settings": [{"Url": {"StreamName": KEY}}]}],
    ],
)
def test_no_message_quotes_a_value(shape: Any, misplaced: object) -> None:
    problems = list(service_model.problems(shape, {"Destinations": misplaced}))
    assert problems
    assert KEY not in str(problems)


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("__integerMin0Max100", (0, 100)),
        ("__integerMinNegative60Max6", (-60, 6)),
        ("__doubleMin0Max5000", (0, 5000)),
        ("__doubleMinNegative1Point5", (-1.5, None)),
        ("__stringMax256", (None, 256)),
        ("__listOfOutputDestination", (None, None)),
        ("H264Settings", (None, None)),
    ],
)
def test_limits_are_in_the_names_of_shapes(
    name: str, limits: tuple[float | None, float | None]
) -> None:
    class Shape:
        metadata: dict[str, float] = {}  # noqa: RUF012 - of a stub

    stub: Any = Shape()
    stub.name = name
    assert service_model.limits(stub) == limits


def test_limits_of_the_model_itself_come_first() -> None:
    class Shape:
        name = "__integerMin0Max100"
        metadata = {"min": 1, "max": 9}  # noqa: RUF012 - of a stub

    assert service_model.limits(Shape()) == (1, 9)
