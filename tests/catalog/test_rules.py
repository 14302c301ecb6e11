"""Rules between keys, between files and with the flow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest

from catalog.model import DestinationSpec
from catalog.presets import presets
from catalog.rules import cross_file, flow, per_file, platform, transport
from catalog.rules.finding import Finding


def spec(name: str = "one", **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": name, "platform": "youtube", "preset": "1080p30", **more}
    )


def briefs(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """Return code and key of *findings*."""
    return [(finding.code, finding.key) for finding in findings]


def between(
    results: Iterable[tuple[DestinationSpec, Finding]],
) -> list[tuple[str, str, str]]:
    """Return destination, code and key of *results*."""
    return [(spec.name, finding.code, finding.key) for spec, finding in results]


def test_a_platform_without_common_ingest_needs_a_url() -> None:
    url = "rtmp://host/app"
    assert list(per_file.check_url_is_given(spec(platform="kick", url=url))) == []
    assert briefs(per_file.check_url_is_given(spec(platform="kick"))) == [("LUN120", "platform")]


@pytest.mark.parametrize(
    ("more", "finding"),
    [
        (
            {"platform": "twitch", "encoding": {"bitrate_kbps": 6001}},
            ("LUN126", "encoding.bitrate_kbps"),
        ),
        (
            {"encoding": {"audio_bitrate_kbps": 192}},
            ("LUN126", "encoding.audio_bitrate_kbps"),
        ),
        (
            {"platform": "twitch", "encoding": {"keyframe_seconds": 3}},
            ("LUN126", "encoding.keyframe_seconds"),
        ),
    ],
)
def test_above_a_platforms_limit(more: dict[str, Any], finding: tuple[str, str]) -> None:
    assert briefs(platform.check_platform_limits(spec(**more))) == [finding]


def test_all_that_is_above_a_limit_is_told_at_once() -> None:
    above = {"bitrate_kbps": 8001, "audio_bitrate_kbps": 192, "keyframe_seconds": 3}
    findings = platform.check_platform_limits(spec(platform="kick", encoding=above))
    assert [finding.key for finding in findings] == [f"encoding.{key}" for key in above]


def test_what_the_preset_brings_is_told_at_the_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    heavy = {"1080p30": presets()["1080p30"].model_copy(update={"video_kbps": 9000})}
    monkeypatch.setattr("catalog.model.presets", lambda: heavy)
    assert briefs(platform.check_platform_limits(spec(platform="twitch"))) == [("LUN126", "preset")]


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
    assert briefs(platform.warn_about_sessions(spec(**facebook))) == [("LUN143", "platform")]
    assert list(platform.warn_about_sessions(spec(**facebook, state="stopped"))) == []
    assert list(platform.warn_about_sessions(spec())) == []


def test_a_broadcast_that_the_platform_ends_is_announced() -> None:
    assert briefs(platform.warn_about_sessions(spec(platform="twitch"))) == [("LUN143", "platform")]
    assert list(platform.warn_about_sessions(spec(platform="twitch", state="stopped"))) == []


def test_one_key_at_one_ingest_serves_one_destination() -> None:
    same: dict[str, Any] = {"stream_key": {"config": "shared"}}
    twice = [spec("one", **same), spec("two", **same)]
    assert between(cross_file.check_one_stream_per_key(twice)) == [("two", "LUN130", "stream_key")]
    elsewhere = [spec("one", **same), spec("two", platform="twitch", **same)]
    assert list(cross_file.check_one_stream_per_key(elsewhere)) == []
    assert list(cross_file.check_one_stream_per_key([spec("one"), spec("two")])) == []


def test_the_key_of_another_destination_counts_by_its_name() -> None:
    borrowed = [spec("one"), spec("two", stream_key={"config": "one"})]
    assert len(list(cross_file.check_one_stream_per_key(borrowed))) == 1


def test_an_existing_parameter_is_a_key_like_any_other() -> None:
    same: dict[str, Any] = {"stream_key": {"ssm": "/shared"}}
    three = [spec(name, **same) for name in ("one", "two", "three")]
    pairs = list(cross_file.check_one_stream_per_key(three))
    assert [other.name for other, _ in pairs] == ["two", "three"]
    other = spec("two", stream_key={"ssm": "/other"})
    assert list(cross_file.check_one_stream_per_key([three[0], other])) == []


def test_the_ingest_counts_and_not_the_platform_that_names_it() -> None:
    same: dict[str, Any] = {"stream_key": {"config": "shared"}}
    by_url = spec("two", platform="custom", url="rtmp://live.twitch.tv/app", **same)
    twice = [spec("one", platform="twitch", **same), by_url]
    assert [other.name for other, _ in cross_file.check_one_stream_per_key(twice)] == ["two"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("rtmp://live.twitch.tv/app", "RTMP://Live.Twitch.TV:1935/app/"),
        ("rtmps://host/app", "rtmps://host:443/app"),
    ],
)
def test_another_way_of_writing_an_ingest_is_the_same_ingest(first: str, second: str) -> None:
    same: dict[str, Any] = {"platform": "custom", "stream_key": {"config": "shared"}}
    twice = [spec("one", url=first, **same), spec("two", url=second, **same)]
    assert [spec.name for spec, _ in cross_file.check_one_stream_per_key(twice)] == ["two"]


def test_a_flow_takes_fifty_outputs() -> None:
    others = [f"other-{number}" for number in range(48)]
    assert flow.flow_has_room("main", existing=[*others, "one"], planned={"one", "two"}) is None
    error = flow.flow_has_room("main", existing=others, planned={"one", "two", "three"})
    assert error is not None
    assert error.code == "LUN251"
    assert "51 outputs, but a flow takes 50 (48 are not of this stack)" in error.message


def test_a_flow_has_one_key() -> None:
    assert flow.duplicate_flows({"main": "arn:1", "backup": "arn:2"}) is None
    error = flow.duplicate_flows({"main": "arn:1", "backup": "arn:2", "spare": "arn:1"})
    assert error is not None
    assert error.code == "LUN255"
    assert error.message.startswith("flows main and spare ")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"backup_url": "rtmp://backup.example.org/app"}, []),
        ({}, []),
        *(
            (
                more,
                [("LUN125", "redundancy")],
            )
            for more in ({"platform": "twitch"}, {"url": "rtmp://ingest.example.org/app"})
        ),
        (
            {"url": "rtmp://host:1935/app", "backup_url": "rtmp://host/app"},
            [("LUN125", "backup_url")],
        ),
    ],
)
def test_two_pipelines_need_two_ingests(
    more: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    standard = spec(redundancy="standard", **more)
    assert briefs(per_file.check_second_ingest(standard)) == expected


def test_a_second_ingest_is_for_two_pipelines() -> None:
    assert briefs(per_file.check_second_ingest(spec(backup_url="rtmp://host/app"))) == [
        ("LUN125", "backup_url")
    ]


def test_a_time_that_the_clock_jumps_over_within_a_year_is_announced() -> None:
    today = dt.date(2027, 1, 1)
    assert list(per_file.warn_about_clock_changes(spec(), today)) == []
    night = {"days": ["sun"], "start": "02:30", "stop": "05:00"}
    weekly = spec(schedule={"timezone": "America/Los_Angeles", "windows": [night]})
    (finding,) = per_file.warn_about_clock_changes(weekly, today)
    assert (finding.code, finding.key) == ("LUN141", "schedule")
    assert "02:30 does not exist on 2027-03-14" in finding.message
    assert "does not start" in finding.message
    morning = {"days": ["sat"], "start": "22:00", "stop": "02:30"}
    weekly = spec(schedule={"timezone": "America/Los_Angeles", "windows": [morning]})
    (finding,) = per_file.warn_about_clock_changes(weekly, today)
    assert "does not stop" in finding.message


TODAY = dt.date(2026, 6, 15)


@pytest.mark.parametrize(
    ("expires", "cause"),
    [
        ("2026-06-14", "is over"),
        ("2026-06-15", "is today"),
        ("2026-06-16", "is tomorrow"),
        ("2026-06-29", "is in 14 days"),
        ("2026-06-30", None),
    ],
)
def test_the_end_is_announced_two_weeks_ahead(expires: str, cause: str | None) -> None:
    ending = spec(expires=expires)
    findings = list(per_file.warn_about_expiry(ending, TODAY))
    assert briefs(findings) == ([("LUN140", "expires")] if cause else [])
    assert all(str(cause) in finding.message for finding in findings)
    assert per_file.is_expired(ending, TODAY) == (expires == "2026-06-14")
    stopped = spec(expires=expires, state="stopped")
    assert list(per_file.warn_about_expiry(stopped, TODAY)) == []


def test_what_has_no_last_day_never_expires() -> None:
    assert not per_file.is_expired(spec(), TODAY)
    assert list(per_file.warn_about_expiry(spec(), TODAY)) == []


def test_a_previous_name_belongs_to_one_destination() -> None:
    renamed = [spec("new", previous_names=["old", "older"]), spec("newer", previous_names=["old"])]
    assert list(cross_file.check_previous_names(renamed[:1])) == []
    assert between(cross_file.check_previous_names(renamed)) == [
        ("newer", "LUN132", "previous_names")
    ]


def test_a_previous_name_is_no_file_that_is_there() -> None:
    three = [
        spec("new", previous_names=["old"]),
        spec("old"),
        spec("self", previous_names=["self"]),
    ]
    assert between(cross_file.check_previous_names(three)) == [
        ("new", "LUN132", "previous_names"),
        ("self", "LUN132", "previous_names"),
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
            ("LUN142", "preset"),
        ),
        (
            {"encoding": {"bitrate_kbps": 9000}},
            ("LUN142", "encoding.bitrate_kbps"),
        ),
        (
            {"encoding": {"keyframe_seconds": 4}},
            ("LUN142", "encoding.keyframe_seconds"),
        ),
        (
            {"encoding": {"audio_bitrate_kbps": 160}},
            ("LUN142", "encoding.audio_bitrate_kbps"),
        ),
        (
            {"platform": "linkedin"},
            ("LUN142", "preset"),
        ),
        (
            {"platform": "tiktok"},
            ("LUN142", "preset"),
        ),
        (
            {"platform": "facebook", "preset": "vertical-1080p30"},
            ("LUN142", "preset"),
        ),
    ],
)
def test_what_a_platform_takes_but_does_not_advise(
    more: dict[str, Any], finding: tuple[str, str]
) -> None:
    assert list(platform.check_platform_limits(spec(**more))) == []
    assert briefs(platform.warn_about_encoding(spec(**more))) == [finding]


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
            ("LUN126", "preset"),
        ),
        (
            {
                "platform": "facebook",
                "encoding": {"width_pixels": 1200, "height_pixels": 1200},
            },
            ("LUN126", "encoding.height_pixels"),
        ),
    ],
)
def test_size_and_rate_have_limits_too(more: dict[str, Any], finding: tuple[str, str]) -> None:
    assert briefs(platform.check_platform_limits(spec(**more))) == [finding]


def test_where_a_platform_wants_tls_a_plain_url_is_refused() -> None:
    plain, safe = spec(platform="kick", url="rtmp://host/app"), "rtmps://host/app"
    assert briefs(platform.check_platform_takes_the_protocol(plain)) == [("LUN127", "url")]
    assert list(platform.check_platform_takes_the_protocol(spec(platform="kick", url=safe))) == []
    assert list(platform.check_platform_takes_the_protocol(spec(url="rtmp://host/app"))) == []


def test_a_broadcast_that_a_person_starts_is_announced() -> None:
    assert briefs(platform.warn_about_sessions(spec(platform="x"))) == [("LUN143", "platform")]


def test_one_key_is_one_stream_whatever_its_secrets_are_called() -> None:
    twice = [spec("one"), spec("two"), spec("three")]
    keys = {"one": "made-up", "two": "made-up", "three": "another"}
    error = cross_file.duplicate_streams(twice, keys)
    assert error is not None
    assert error.code == "LUN130"
    assert error.message.startswith("one and two ")
    assert "made-up" not in str(error)
    assert cross_file.duplicate_streams(twice, {"one": "made-up"}) is None
    unknown = [spec("nought"), *twice]
    assert str(cross_file.duplicate_streams(unknown, keys)) == str(error)
    elsewhere = [spec("one"), spec("two", platform="twitch")]
    assert cross_file.duplicate_streams(elsewhere, keys) is None


def test_kick_takes_a_megabit_and_more() -> None:
    def rate(kbps: int) -> DestinationSpec:
        url = "rtmps://one.global-contribute.live-video.net/app"
        return spec(platform="kick", url=url, encoding={"bitrate_kbps": kbps})

    assert briefs(platform.check_platform_limits(rate(999))) == [
        ("LUN126", "encoding.bitrate_kbps")
    ]
    assert list(platform.check_platform_limits(rate(1000))) == []


def test_a_platform_with_one_figure_for_all_sizes_advises_it() -> None:
    above = spec(platform="mux", encoding={"bitrate_kbps": 5001})
    assert briefs(platform.warn_about_encoding(above)) == [("LUN142", "encoding.bitrate_kbps")]
    at_most = spec(platform="mux", encoding={"bitrate_kbps": 5000})
    assert list(platform.warn_about_encoding(at_most)) == []


def test_youtube_advises_its_own_figure_for_h264_at_1080p60() -> None:
    def rate(kbps: int) -> DestinationSpec:
        return spec(preset="1080p60", encoding={"bitrate_kbps": kbps})

    assert briefs(platform.warn_about_encoding(rate(6000))) == [("LUN142", "encoding.bitrate_kbps")]
    assert list(platform.warn_about_encoding(rate(12000))) == []


def test_a_key_goes_to_twitch_encrypted() -> None:
    assert spec(platform="twitch").scheme == "rtmps"


def test_a_platform_in_doubt_is_announced() -> None:
    url = "rtmps://host/app"
    doubtful = spec(platform="instagram", url=url, preset="vertical-1080p30")
    assert briefs(platform.warn_about_sessions(doubtful)) == [
        ("LUN153", "platform"),
        ("LUN143", "platform"),
    ]


@pytest.mark.parametrize(
    ("url", "codes"),
    [
        ("rtmp://host/app", []),
        ("rtmp://host:1024/app", []),
        ("rtmp://host:1023/app", ["LUN154"]),
        ("rtmp://host:443/app", ["LUN154"]),
        ("rtmps://host/app", []),
        ("rtmps://host:1024/app", []),
        ("rtmps://host:444/app", ["LUN154"]),
    ],
)
def test_a_flow_pushes_rtmp_to_documented_ports(url: str, codes: list[str]) -> None:
    pushed = spec(platform="custom", preset=None, route="flow", url=url)
    assert [finding.code for finding in transport.warn_about_ports(pushed)] == codes


def test_a_channel_pushes_rtmp_to_any_port() -> None:
    assert list(transport.warn_about_ports(spec(platform="custom", url="rtmp://host:80/x"))) == []
