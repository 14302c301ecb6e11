"""Identity of ingests: one for every spelling of one ingest, another for every other."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from catalog import flow_output_settings, ingest
from catalog.loader import findings
from catalog.model import DestinationSpec
from catalog.platforms import platforms
from catalog.rules.cross_file import check_one_stream_per_key, duplicate_streams

SAME = [
    (
        "rtmp://a.rtmp.youtube.com/live2",
        "rtmps://a.rtmps.youtube.com/live2",
        "rtmps://a.rtmps.youtube.com:443/live2/",
    ),
    ("rtmp://b.rtmp.youtube.com/live2?backup=1", "rtmps://b.rtmps.youtube.com:443/live2"),
    (
        "rtmp://live.twitch.tv/app",
        "rtmps://live-fra.twitch.tv:443/app",
        "rtmp://fra05.contribute.live-video.net/app",
    ),
    ("rtmps://rtmp-api.facebook.com:443/rtmp", "rtmps://live-api-s.facebook.com/rtmp/"),
    (
        "rtmp://Host.example.org/live",
        "rtmps://host.example.org/live",
        "rtmp://host.example.org:1935/live",
        "rtmps://host.example.org:443/live/_definst_",
    ),
]
OTHER = [
    ("rtmp://a.rtmp.youtube.com/live2", "rtmp://b.rtmp.youtube.com/live2?backup=1"),
    ("rtmp://host.example.org/live", "rtmp://host.example.org/app"),
    ("rtmp://host.example.org/live", "rtmp://host.example.org:1936/live"),
    ("rtmp://host.example.org/live", "rtmp://other.example.org/live"),
    # Of each account at Amazon IVS, which Kick uses.
    (
        "rtmps://one.global-contribute.live-video.net/app",
        "rtmps://two.global-contribute.live-video.net/app",
    ),
    ("srt://host.example.org:9000", "srt://host.example.org:9001"),
]


@pytest.mark.parametrize("spellings", SAME)
def test_all_spellings_of_one_ingest_are_one(spellings: tuple[str, ...]) -> None:
    assert len({ingest.identity(ingest.normalised(text)) for text in spellings}) == 1


@pytest.mark.parametrize("ingests", OTHER)
def test_two_ingests_are_two(ingests: tuple[str, str]) -> None:
    first, second = map(ingest.normalised, ingests)
    assert ingest.identity(first) != ingest.identity(second)


@pytest.mark.parametrize("key", platforms())
def test_an_ingest_of_a_platform_is_at_its_hosts(key: str) -> None:
    facts = platforms()[key]
    roles = {"primary": facts.ingest, "backup": facts.backup_ingest}
    for role, url in roles.items():
        if url and facts.hosts:
            assert ingest.identity(ingest.normalised(url))[:2] == (key, role)


def test_a_platform_s_own_query_is_kept() -> None:
    url = "rtmp://b.rtmp.youtube.com/live2?backup=1"
    assert ingest.normalised(url) == url
    spec = destination("one", url=url, route="flow", preset=None)
    assert flow_output_settings.rtmp_push(spec, stream_key="k")["application"] == "live2?backup=1"


@pytest.mark.parametrize(
    "url",
    [
        "rtmp://b.rtmp.youtube.com/live2?backup=2",
        "rtmp://b.rtmp.youtube.com/live2?backup=1&key=made-up",
        "rtmp://host.example.org/live?backup=1",
        "rtmp://user@b.rtmp.youtube.com/live2?backup=1",
        "rtmp://host.example.org/live/made-up",
        "rtmp://host.example.org/live/_definst_/made-up",
    ],
)
def test_what_may_hold_a_key_is_refused(url: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        ingest.normalised(url)
    assert error.value.type == "LUN113"
    assert "made-up" not in str(error.value)


def destination(name: str, **more: Any) -> DestinationSpec:
    given = {"platform": "custom", "preset": "1080p30", "name": name, **more}
    return DestinationSpec.model_validate(given)


def test_an_instance_is_behind_the_application_of_both_ingests() -> None:
    spec = destination(
        "one",
        url="rtmps://host.example.org:2935/live/_definst_",
        backup_url="rtmps://other.example.org:2935/live",
        instance="event-1",
        redundancy="standard",
    )
    assert spec.ingests == (
        "rtmps://host.example.org:2935/live/event-1",
        "rtmps://other.example.org:2935/live/event-1",
    )
    assert list(findings(spec)) == []


def test_an_instance_is_for_rtmp() -> None:
    spec = destination("one", url="srt://203.0.113.9:9000", route="flow", instance="x", preset=None)
    assert ("LUN123", "instance") in [(finding.code, finding.key) for finding in findings(spec)]


PAIRS = [
    # The second ingest of the first destination is the first one of the second.
    (
        {
            "redundancy": "standard",
            "url": "rtmp://one.example.org/live",
            "backup_url": "rtmp://two.example.org/live",
        },
        {"url": "rtmps://two.example.org/live"},
        True,
    ),
    ({"platform": "youtube", "redundancy": "standard"}, {"platform": "youtube"}, True),
    (
        {"platform": "youtube"},
        {"url": "rtmp://b.rtmp.youtube.com/live2?backup=1"},
        False,
    ),
]


@pytest.mark.parametrize(("first", "second", "is_refused"), PAIRS)
def test_every_ingest_is_compared(
    first: dict[str, Any],
    second: dict[str, Any],
    is_refused: bool,  # noqa: FBT001
) -> None:
    key = {"stream_key": {"config": "shared"}}
    specs = [destination("one", **first, **key), destination("two", **second, **key)]
    assert [spec.name for spec, _ in check_one_stream_per_key(specs)] == (
        ["two"] if is_refused else []
    )
    error = duplicate_streams(specs, {"one": "k", "two": "k"})
    assert (error is not None) == is_refused
    assert error is None or error.code == "LUN130"
    assert duplicate_streams(specs, {"one": "k", "two": "l"}) is None


def test_two_hosts_of_one_ingest_are_no_redundancy() -> None:
    spec = destination(
        "one",
        url="rtmp://live-fra.twitch.tv/app",
        backup_url="rtmp://live-ams.twitch.tv/app",
        redundancy="standard",
    )
    assert [finding.key for finding in findings(spec)] == ["backup_url"]
