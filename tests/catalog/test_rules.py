"""Rules between keys, between files and with the flow."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.model import DestinationSpec
from catalog.presets import presets
from catalog.rules import cross_file, flow, per_file, platform


def spec(name: str = "one", **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": name, "platform": "youtube", "preset": "1080p30", **more}
    )


def test_a_platform_without_common_ingest_needs_a_url() -> None:
    url = "rtmp://host/app"
    assert list(per_file.check_url_is_given(spec(platform="kick", url=url))) == []
    assert list(per_file.check_url_is_given(spec(platform="kick"))) == [
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
def test_above_a_platforms_limit(more: dict[str, Any], finding: per_file.Finding) -> None:
    assert list(platform.check_platform_limits(spec(**more))) == [finding]


def test_all_that_is_above_a_limit_is_told_at_once() -> None:
    above = {"bitrate_kbps": 8001, "audio_bitrate_kbps": 192, "keyframe_seconds": 3}
    found = platform.check_platform_limits(spec(platform="kick", encoding=above))
    assert [key for key, _ in found] == [f"encoding.{key}" for key in above]


def test_what_the_preset_brings_is_told_at_the_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = {"1080p30": presets()["1080p30"].model_copy(update={"video_kbps": 9000})}
    monkeypatch.setattr("catalog.model.presets", lambda: heavy)
    assert list(platform.check_platform_limits(spec(platform="twitch"))) == [
        ("preset", "9000 kb/s of video is more than the 6000 that Twitch takes")
    ]


@pytest.mark.parametrize(
    ("service", "encoding"),
    [
        ("twitch", {"bitrate_kbps": 6000, "audio_bitrate_kbps": 320, "keyframe_seconds": 2}),
        ("youtube", {"audio_bitrate_kbps": 160, "keyframe_seconds": 4}),
        pytest.param("restream", {"bitrate_kbps": 50000}, id="no limit is known"),
        pytest.param("custom", {"bitrate_kbps": 50000, "keyframe_seconds": 10}, id="any ingest"),
    ],
)
def test_at_a_platforms_limit(service: str, encoding: dict[str, int]) -> None:
    assert list(platform.check_platform_limits(spec(platform=service, encoding=encoding))) == []


def test_a_stopped_destination_needs_no_advice_on_sessions() -> None:
    facebook = {"platform": "facebook"}
    assert list(platform.warn_about_sessions(spec(**facebook))) == [
        ("platform", "Facebook Live gives a key per session; this one will stop working")
    ]
    assert list(platform.warn_about_sessions(spec(**facebook, state="stopped"))) == []
    assert list(platform.warn_about_sessions(spec())) == []


def test_a_broadcast_that_the_platform_ends_is_announced() -> None:
    assert list(platform.warn_about_sessions(spec(platform="twitch"))) == [
        ("platform", "Twitch ends a broadcast after 48 hours")
    ]
    assert list(platform.warn_about_sessions(spec(platform="twitch", state="stopped"))) == []


def test_one_key_at_one_ingest_serves_one_destination() -> None:
    same: dict[str, Any] = {"stream_key": {"config": "shared"}}
    twice = [spec("one", **same), spec("two", **same)]
    assert list(cross_file.check_one_stream_per_key(twice)) == [
        (twice[1], ("stream_key", "one sends to the same ingest with the same key"))
    ]
    elsewhere = [spec("one", **same), spec("two", platform="twitch", **same)]
    assert list(cross_file.check_one_stream_per_key(elsewhere)) == []
    assert list(cross_file.check_one_stream_per_key([spec("one"), spec("two")])) == []


def test_the_key_of_another_destination_counts_by_its_name() -> None:
    borrowed = [spec("one"), spec("two", stream_key={"config": "one"})]
    assert len(list(cross_file.check_one_stream_per_key(borrowed))) == 1


def test_an_existing_parameter_is_a_key_like_any_other() -> None:
    same: dict[str, Any] = {"stream_key": {"ssm": "/shared"}}
    three = [spec(name, **same) for name in ("one", "two", "three")]
    found = list(cross_file.check_one_stream_per_key(three))
    assert [other.name for other, _ in found] == ["two", "three"]
    other = spec("two", stream_key={"ssm": "/other"})
    assert list(cross_file.check_one_stream_per_key([three[0], other])) == []


def test_the_ingest_counts_and_not_the_platform_that_names_it() -> None:
    same: dict[str, Any] = {"stream_key": {"config": "shared"}}
    by_url = spec("two", platform="custom", url="rtmp://live.twitch.tv/app", **same)
    twice = [spec("one", platform="twitch", **same), by_url]
    assert [other.name for other, _ in cross_file.check_one_stream_per_key(twice)] == ["two"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("rtmp://live.twitch.tv/app", "RTMP://Live.Twitch.TV:1935/app/"),
        ("rtmps://host/app", "rtmps://host:443/app"),
    ],
)
def test_another_way_of_writing_an_ingest_is_the_same_ingest(one: str, other: str) -> None:
    same: dict[str, Any] = {"platform": "custom", "stream_key": {"config": "shared"}}
    twice = [spec("one", url=one, **same), spec("two", url=other, **same)]
    assert [found.name for found, _ in cross_file.check_one_stream_per_key(twice)] == ["two"]


def test_a_flow_takes_fifty_outputs() -> None:
    others = [f"other-{number}" for number in range(48)]
    assert flow.flow_has_room("main", existing=[*others, "one"], planned={"one", "two"}) is None
    assert flow.flow_has_room("main", existing=others, planned={"one", "two", "three"}) == (
        "flow main would have 51 outputs, but a flow takes 50 (48 are not of this stack); use"
        " another flow for some destinations"
    )


def test_a_flow_has_one_key() -> None:
    assert flow.duplicate_flows({"main": "arn:1", "backup": "arn:2"}) is None
    assert flow.duplicate_flows({"main": "arn:1", "backup": "arn:2", "spare": "arn:1"}) == (
        "flows main and spare of the configuration are one flow; keep one key"
    )


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"backup_url": "rtmp://backup.example.org/app"}, []),
        ({}, []),
        *(
            (
                more,
                [
                    (
                        "redundancy",
                        "standard needs a second ingest for its second pipeline; give backup_url",
                    )
                ],
            )
            for more in ({"platform": "twitch"}, {"url": "rtmp://ingest.example.org/app"})
        ),
        (
            {"url": "rtmp://host:1935/app", "backup_url": "rtmp://host/app"},
            [("backup_url", "is the same ingest as the first; give the platform's second one")],
        ),
    ],
)
def test_two_pipelines_need_two_ingests(more: dict[str, Any], found: list[tuple[str, str]]) -> None:
    standard = spec(redundancy="standard", **more)
    assert list(per_file.check_second_ingest(standard)) == found


def test_a_second_ingest_is_for_two_pipelines() -> None:
    assert list(per_file.check_second_ingest(spec(backup_url="rtmp://host/app"))) == [
        ("backup_url", "is only used with redundancy: standard; leave one of them out")
    ]


def test_a_time_that_the_clock_jumps_over_within_a_year_is_announced() -> None:
    today = dt.date(2027, 1, 1)
    assert list(per_file.warn_about_clock_changes(spec(), today)) == []
    night = {"days": ["sun"], "start": "02:30", "stop": "05:00"}
    weekly = spec(schedule={"timezone": "America/Los_Angeles", "windows": [night]})
    ((key, message),) = per_file.warn_about_clock_changes(weekly, today)
    assert key == "schedule"
    assert message == (
        "02:30 does not exist on 2027-03-14 in America/Los_Angeles, so it does not start then;"
        " choose a time before or after"
    )
    morning = {"days": ["sat"], "start": "22:00", "stop": "02:30"}
    weekly = spec(schedule={"timezone": "America/Los_Angeles", "windows": [morning]})
    ((_, message),) = per_file.warn_about_clock_changes(weekly, today)
    assert "so it does not stop then" in message


TODAY = dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("expires", "said"),
    [
        (
            "2026-06-14",
            "its last day is over, so it is stopped; remove the file, or give a later day",
        ),
        ("2026-06-15", "its last day is today; afterwards it is stopped"),
        ("2026-06-16", "its last day is tomorrow; afterwards it is stopped"),
        ("2026-06-29", "its last day is in 14 days; afterwards it is stopped"),
        ("2026-06-30", None),
    ],
)
def test_the_end_is_announced_two_weeks_ahead(expires: str, said: str | None) -> None:
    ending = spec(expires=expires)
    assert list(per_file.warn_about_expiry(ending, TODAY)) == ([("expires", said)] if said else [])
    assert per_file.is_expired(ending, TODAY) == (expires == "2026-06-14")
    stopped = spec(expires=expires, state="stopped")
    assert list(per_file.warn_about_expiry(stopped, TODAY)) == []


def test_what_has_no_last_day_never_expires() -> None:
    assert not per_file.is_expired(spec(), TODAY)
    assert list(per_file.warn_about_expiry(spec(), TODAY)) == []


def test_a_previous_name_belongs_to_one_destination() -> None:
    renamed = [spec("new", previous_names=["old", "older"]), spec("newer", previous_names=["old"])]
    assert list(cross_file.check_previous_names(renamed[:1])) == []
    assert list(cross_file.check_previous_names(renamed)) == [
        (renamed[1], ("previous_names", "old is claimed by new too"))
    ]


def test_a_previous_name_is_no_file_that_is_there() -> None:
    three = [
        spec("new", previous_names=["old"]),
        spec("old"),
        spec("self", previous_names=["self"]),
    ]
    assert list(cross_file.check_previous_names(three)) == [
        (three[0], ("previous_names", "old is a file of its own; remove one")),
        (three[2], ("previous_names", "self is a file of its own; remove one")),
    ]


def test_a_renamed_destination_keeps_what_it_was_created_under() -> None:
    renamed = spec("newest", previous_names=["first", "second"])
    assert (renamed.original_name, renamed.key_name) == ("first", "first")
    assert (spec("first").original_name, spec("first").key_name) == ("first", "first")
    assert spec("new", previous_names=["old"], stream_key={"config": "k"}).key_name == "k"


SMALL = {"width_pixels": 640, "height_pixels": 360}


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        (
            {"preset": "480p30"},
            (
                "preset",
                "YouTube Live advises 3000 to 8000 kb/s for 480p30, and this is 1500",
            ),
        ),
        (
            {"encoding": {"bitrate_kbps": 9000}},
            (
                "encoding.bitrate_kbps",
                "YouTube Live advises 3000 to 8000 kb/s for 1080p30, and this is 9000",
            ),
        ),
        (
            {"encoding": {"keyframe_seconds": 4}},
            (
                "encoding.keyframe_seconds",
                "YouTube Live advises a key frame every 2 s, and this is 4",
            ),
        ),
        (
            {"encoding": {"audio_bitrate_kbps": 160}},
            (
                "encoding.audio_bitrate_kbps",
                "YouTube Live advises 128 kb/s of audio, and this is 160",
            ),
        ),
        (
            {"platform": "linkedin"},
            ("preset", "LinkedIn Live shows at most 720 lines of these 1080"),
        ),
        (
            {"platform": "tiktok"},
            ("preset", "TikTok Live is watched upright, and this picture is not"),
        ),
        (
            {"platform": "facebook", "preset": "vertical-1080p30"},
            ("preset", "Facebook Live is watched wide, and this picture is not"),
        ),
    ],
)
def test_what_a_platform_takes_but_does_not_advise(
    more: dict[str, Any], finding: per_file.Finding
) -> None:
    assert list(platform.check_platform_limits(spec(**more))) == []
    assert list(platform.warn_about_encoding(spec(**more))) == [finding]


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="within the range"),
        pytest.param({"encoding": SMALL}, id="no range is published"),
        pytest.param({"platform": "tiktok", "preset": "vertical-1080p30"}, id="upright"),
    ],
)
def test_what_needs_no_advice(more: dict[str, Any]) -> None:
    assert list(platform.warn_about_encoding(spec(**more))) == []


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        (
            {"platform": "linkedin", "preset": "720p60"},
            ("preset", "60 frames/s is more than the 30 that LinkedIn Live takes"),
        ),
        (
            {
                "platform": "facebook",
                "encoding": {"width_pixels": 1200, "height_pixels": 1200},
            },
            (
                "encoding.height_pixels",
                "1200 lines is more than the 1080 that Facebook Live takes",
            ),
        ),
    ],
)
def test_size_and_rate_have_limits_too(more: dict[str, Any], finding: per_file.Finding) -> None:
    assert list(platform.check_platform_limits(spec(**more))) == [finding]


def test_where_a_platform_wants_tls_a_plain_url_is_refused() -> None:
    plain, safe = spec(platform="kick", url="rtmp://host/app"), "rtmps://host/app"
    assert list(platform.check_platform_takes_the_protocol(plain)) == [
        ("url", "Kick takes only RTMPS; begin it with rtmps://")
    ]
    assert list(platform.check_platform_takes_the_protocol(spec(platform="kick", url=safe))) == []
    assert list(platform.check_platform_takes_the_protocol(spec(url="rtmp://host/app"))) == []


def test_a_broadcast_that_a_person_starts_is_announced() -> None:
    assert list(platform.warn_about_sessions(spec(platform="x"))) == [
        ("platform", "X shows it only while a broadcast is started there")
    ]


def test_one_key_is_one_stream_whatever_its_secrets_are_called() -> None:
    twice = [spec("one"), spec("two"), spec("three")]
    keys = {"one": "made-up", "two": "made-up", "three": "another"}
    said = cross_file.duplicate_streams(twice, keys)
    assert said == (
        "one and two send with the same stream key to the same ingest; give one of them a key of"
        " its own"
    )
    assert "made-up" not in said
    assert cross_file.duplicate_streams(twice, {"one": "made-up"}) is None
    assert cross_file.duplicate_streams([spec("nought"), *twice], keys) == said, (
        "one key is not known"
    )
    elsewhere = [spec("one"), spec("two", platform="twitch")]
    assert cross_file.duplicate_streams(elsewhere, keys) is None
