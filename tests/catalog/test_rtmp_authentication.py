"""Credentials of RTMP ingests: keys, rules and members of the channel."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from catalog import encoder
from catalog.encoder import DestinationSecrets
from catalog.loader import findings
from catalog.model import DestinationSpec

PARAMETER = "/a/password"
CREDENTIALS = {"username": "lunora", "password": {"config": "akamai"}}


def spec(authentication: Any, **more: Any) -> DestinationSpec:
    url = "rtmps://ingest.example.org/live"
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "custom", "url": url, "preset": "1080p30", **more}
        | {"authentication": authentication}
    )


def group(declared: DestinationSpec) -> Any:
    (output_group,) = encoder.encoder_settings(declared)["OutputGroups"]
    return output_group["OutputGroupSettings"]["RtmpGroupSettings"]


def test_credentials_are_members_of_the_destination() -> None:
    (destination,) = encoder.destinations(
        spec(CREDENTIALS), DestinationSecrets("key", password_parameter=PARAMETER)
    )
    assert destination["Settings"] == [
        {
            "Url": "rtmps://ingest.example.org/live",
            "StreamName": "key",
            "Username": "lunora",
            "PasswordParam": PARAMETER,
        }
    ]


@pytest.mark.parametrize(("scheme", "member"), [("akamai", "AKAMAI"), ("common", "COMMON")])
def test_the_scheme_is_a_member_of_the_output_group(scheme: str, member: str) -> None:
    assert group(spec({"scheme": scheme}))["AuthenticationScheme"] == member


@pytest.mark.parametrize(
    ("authentication", "code"),
    [
        ({"username": "lunora"}, "LUN119"),
        ({"password": {"config": "akamai"}}, "LUN119"),
        ({"username": "lunora", "password": {}}, "LUN119"),
        ({"username": "lunora", "password": {"config": "a", "ssm": "/a"}}, "LUN119"),
        ({"username": "user:password", "password": {"config": "a"}}, "string_pattern_mismatch"),
    ],
)
def test_half_credentials_are_refused(authentication: Any, code: str) -> None:
    with pytest.raises(ValidationError) as error:
        spec(authentication)
    assert [details["type"] for details in error.value.errors()] == [code]


@pytest.mark.parametrize(
    ("authentication", "more", "expected"),
    [
        ({"scheme": "akamai"}, {}, []),
        ({"scheme": "akamai"}, {"url": "rtmp://host/app"}, [("LUN155", "authentication.scheme")]),
        (CREDENTIALS, {"url": "rtmp://host/app"}, []),
        (
            CREDENTIALS,
            {"route": "flow"},
            [("LUN121", "authentication"), ("LUN121", "preset")],
        ),
    ],
)
def test_what_has_no_effect_is_refused(
    authentication: Any, more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    declared = spec(authentication, **more)
    assert [(finding.code, finding.key) for finding in findings(declared)] == expected


def test_an_instance_is_part_of_the_ingest() -> None:
    assert spec(None, instance="event").ingests == ("rtmps://ingest.example.org/live/event",)
