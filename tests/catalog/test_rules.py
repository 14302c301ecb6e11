"""Rules between keys, between files and with the flow."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import rules
from catalog.model import DestinationSpec


def spec(name: str = "one", platform: str = "youtube", **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": name, "platform": platform, "preset": "1080p30", **more}
    )


def test_a_platform_without_common_ingest_needs_a_url() -> None:
    url = "rtmp://host/app"
    assert list(rules.check_url_is_given(spec(platform="kick", url=url))) == []
    assert list(rules.check_url_is_given(spec(platform="kick"))) == [
        ("platform", "kick has no common ingest; give url")
    ]


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        (
            {"platform": "twitch", "encoding": {"bitrate_kbps": 6001}},
            ("encoding.bitrate_kbps", "6001 kb/s of video is more than the 6000 that Twitch takes"),
        ),
        (
            {"encoding": {"audio_bitrate_kbps": 192}},
            (
                "encoding.audio_bitrate_kbps",
                "192 kb/s of audio is more than the 160 that YouTube Live takes",
            ),
        ),
        (
            {"platform": "twitch", "encoding": {"keyframe_seconds": 3}},
            ("encoding.keyframe_seconds", "3 s of GOP is more than the 2 that Twitch takes"),
        ),
    ],
)
def test_above_a_platforms_limit(more: dict[str, Any], finding: rules.Finding) -> None:
    assert list(rules.check_platform_limits(spec(**more))) == [finding]


def test_at_a_platforms_limit() -> None:
    at_limit = spec(platform="twitch", encoding={"bitrate_kbps": 6000, "keyframe_seconds": 2})
    assert list(rules.check_platform_limits(at_limit)) == []


def test_a_stopped_destination_needs_no_advice_on_sessions() -> None:
    facebook = {"platform": "facebook"}
    assert list(rules.advise_on_sessions(spec(**facebook))) == [
        ("platform", "Facebook Live gives a key per session; this one will stop working")
    ]
    assert list(rules.advise_on_sessions(spec(**facebook, state="stopped"))) == []
    assert list(rules.advise_on_sessions(spec())) == []


def test_one_key_at_one_ingest_serves_one_destination() -> None:
    same: dict[str, Any] = {"stream_key": {"config": "shared"}}
    twice = [spec("one", **same), spec("two", **same)]
    assert list(rules.check_one_stream_per_key(twice)) == [
        (twice[1], ("stream_key", "one sends to the same ingest with the same key"))
    ]
    elsewhere = [spec("one", **same), spec("two", platform="twitch", **same)]
    assert list(rules.check_one_stream_per_key(elsewhere)) == []
    assert list(rules.check_one_stream_per_key([spec("one"), spec("two")])) == []


def test_the_key_of_another_destination_counts_by_its_name() -> None:
    borrowed = [spec("one"), spec("two", stream_key={"config": "one"})]
    assert len(list(rules.check_one_stream_per_key(borrowed))) == 1


def test_a_flow_takes_fifty_outputs() -> None:
    others = [f"other-{number}" for number in range(48)]
    assert rules.flow_has_room("main", existing=[*others, "one"], planned={"one", "two"}) is None
    assert rules.flow_has_room("main", existing=others, planned={"one", "two", "three"}) == (
        "flow main would have 51 outputs, but a flow takes 50 (48 are not of this stack); use"
        " another flow for some destinations"
    )
