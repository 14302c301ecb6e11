"""Rules of outputs of SRT, HLS and archives: what MediaLive answers with 422."""

from __future__ import annotations

from typing import Any

import pytest

from provider import channel_rules

ARN = "arn:aws:secretsmanager:us-west-2:123456789012:secret:made-up-abcdef"
CALLER = {"Url": "srt://203.0.113.9:9000", "EncryptionPassphraseSecretArn": ARN}
LISTENER = {
    "ConnectionMode": "LISTENER",
    "ListenerPort": 5000,
    "EncryptionPassphraseSecretArn": ARN,
}
HTTP = "Locations should be of the form https://<hostname>/<path>"


def refused(*destinations: dict[str, Any], **more: Any) -> list[str]:
    """Return the paths at which a channel with these destinations is refused."""
    members = {
        "ChannelClass": "STANDARD" if _pipelines(destinations) > 1 else "SINGLE_PIPELINE",
        "Destinations": [{"Id": str(index), **item} for index, item in enumerate(destinations)],
        **more,
    }
    return [path for path, _ in channel_rules.problems(members)]


def _pipelines(destinations: tuple[dict[str, Any], ...]) -> int:
    return max(len(settings) for item in destinations for settings in item.values())


def srt(*settings: dict[str, Any]) -> dict[str, Any]:
    return {"SrtSettings": list(settings)}


FIRST = "destinations[0].srtSettings[0]"
GROUP = {"ChannelSecurityGroups": ["1"]}


@pytest.mark.parametrize(
    ("destination", "more", "paths"),
    [
        (srt(CALLER), {}, []),
        (srt({"Url": CALLER["Url"]}), {}, [f"{FIRST}.encryptionPassphraseSecretArn"]),
        (srt({**CALLER, "ListenerPort": 5000}), {}, [f"{FIRST}.listenerPort"]),
        (srt({**CALLER, "Url": "udp://203.0.113.9:1"}), {}, [f"{FIRST}.url"]),
        (srt(LISTENER), GROUP, []),
        (srt(LISTENER), {"Vpc": {"SubnetIds": ["a"]}}, []),
        (srt(LISTENER), {}, ["channelSecurityGroups"]),
        (srt(LISTENER), {"ChannelSecurityGroups": ["1", "2"]}, ["channelSecurityGroups"]),
        (srt(CALLER), GROUP, ["channelSecurityGroups"]),
        (srt({**LISTENER, "ListenerPort": 4999}), GROUP, [f"{FIRST}.listenerPort"]),
        (srt({**LISTENER, "ListenerPort": 5201}), GROUP, [f"{FIRST}.listenerPort"]),
        (srt(LISTENER, {**LISTENER, "ListenerPort": 5001}), GROUP, []),
        (srt(LISTENER, CALLER), GROUP, ["destinations[0].srtSettings"]),
        ({"Settings": [{"Url": "s3ssl://my.bucket/a"}]}, {}, ["destinations[0].settings[0].url"]),
        ({"Settings": [{"Url": "s3ssl://my-bucket/a.b"}]}, {}, []),
    ],
)
def test_a_destination_is_refused_as_the_guide_says(
    destination: dict[str, Any], more: dict[str, Any], paths: list[str]
) -> None:
    assert refused(destination, **more) == paths


def test_two_listeners_of_a_channel_need_two_ports() -> None:
    assert refused(srt(LISTENER), srt(LISTENER), **GROUP) == ["destinations[1].srtSettings"]


def group(kind: str, **settings: Any) -> dict[str, Any]:
    reference = {"Destination": {"DestinationRefId": "0"}}
    made = {"OutputGroupSettings": {kind: {**reference, **settings}}, "Outputs": []}
    return {"EncoderSettings": {"OutputGroups": [made]}}


PLACE = "outputGroups[0].outputGroupSettings.destination.uri"


@pytest.mark.parametrize(
    ("urls", "paths"),
    [
        (["s3ssl://my-bucket/a"], []),
        (["s3ssl://my-bucket/a", "s3ssl://my-bucket/b"], []),
        (["s3ssl://my-bucket/a", "s3ssl://my-bucket/a"], [PLACE]),
        (["https://host/a"], [PLACE]),
    ],
)
def test_an_archive_goes_to_s3_and_two_to_two_places(urls: list[str], paths: list[str]) -> None:
    settings = {"Settings": [{"Url": url} for url in urls]}
    assert refused(settings, **group("ArchiveGroupSettings")) == paths


@pytest.mark.parametrize(
    ("url", "cdn", "paths"),
    [
        ("https://host/live/index", {"HlsBasicPutSettings": {}}, []),
        ("https://host?cid=a", {"HlsWebdavSettings": {}}, [PLACE]),
        ("s3ssl://bucket/a", {"HlsBasicPutSettings": {}}, [PLACE]),
        ("s3ssl://bucket/a", {"HlsS3Settings": {}}, []),
    ],
)
def test_a_server_of_hls_needs_its_url(url: str, cdn: dict[str, Any], paths: list[str]) -> None:
    settings = {"Settings": [{"Url": url}]}
    assert refused(settings, **group("HlsGroupSettings", HlsCdnSettings=cdn)) == paths


def test_the_url_is_refused_in_the_words_of_aws() -> None:
    members = {
        "Destinations": [{"Id": "0", "Settings": [{"Url": "https://host"}]}],
        **group("HlsGroupSettings", HlsCdnSettings={"HlsWebdavSettings": {}}),
    }
    assert (PLACE, HTTP) in channel_rules.problems(members)
