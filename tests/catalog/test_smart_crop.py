"""`picture.fit: smart`: its settings, and the rules on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from catalog import loader
from catalog.channel_access import channel_access
from catalog.channel_members import channel_members
from catalog.encoder import encoder_settings
from catalog.model import DestinationSpec
from catalog.policies import channel_policy
from catalog.rules.smart_crop import check_one_channel_per_feed, feed_is_here, warn_about_smart_crop

FEED = "arn:aws:elemental-inference:us-west-2:123456789012:feed/f1a2b3c4d5e6f7g8h9j"


def spec(
    preset: str = "vertical-1080p30", name: str = "show", redundancy: str = "single", **picture: Any
) -> DestinationSpec:
    given: dict[str, Any] = {"name": name, "platform": "custom", "preset": preset}
    given |= {"url": "rtmp://ingest.example.org/app", "redundancy": redundancy}
    if redundancy == "standard":
        given["backup_url"] = "rtmp://backup.example.org/app"
    return DestinationSpec.model_validate({**given, "picture": {"fit": "smart", **picture}})


def codes(declared: DestinationSpec) -> list[tuple[str, str]]:
    return [(finding.code, finding.key) for finding in loader.findings(declared)]


def test_a_smart_crop_names_its_feed_and_scales_by_it() -> None:
    declared = spec(feed=FEED)
    members = channel_members(declared, {"in": "1"}, None)
    assert members["InferenceSettings"] == {"FeedArn": FEED}
    (video,) = encoder_settings(declared)["VideoDescriptions"]
    assert video["ScalingBehavior"] == "SMART_CROP"
    assert "CropRectangle" not in video
    assert codes(declared) == []
    assert declared.picture.black_share(declared.effective_encoding) == 0


def test_other_pictures_have_no_feed() -> None:
    assert "InferenceSettings" not in channel_members(spec(fit="crop"), {"in": "1"}, None)


@pytest.mark.parametrize(
    ("picture", "key"),
    [
        ({}, "fit"),
        ({"fit": "bars", "feed": FEED}, "feed"),
        ({"feed": FEED, "border_pixels": 2}, "border_pixels"),
        ({"feed": FEED, "position": {"width_pixels": 100, "height_pixels": 100}}, "position"),
    ],
)
def test_what_no_document_combines_is_refused(picture: dict[str, Any], key: str) -> None:
    assert codes(spec(**picture)) == [("LUN165", f"picture.{key}")]


def test_an_area_of_ones_own_is_refused() -> None:
    area = {"width_pixels": 608, "height_pixels": 1080}
    assert codes(spec(feed=FEED, area=area)) == [("LUN137", "picture.area")]


@pytest.mark.parametrize("feed", ["f1a2b3c4d5e6f7g8h9j", FEED.replace("feed/", "dictionary/")])
def test_what_is_no_feed_is_refused(feed: str) -> None:
    with pytest.raises(ValidationError):
        spec(feed=feed)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (spec(feed=FEED), ["LUN166"]),
        (spec("1080p30", feed=FEED), ["LUN166", "LUN167"]),
        (spec("480p30", feed=FEED), ["LUN166", "LUN167"]),
        (
            spec("1080p30", feed=FEED, source={"width_pixels": 1440, "height_pixels": 1080}),
            ["LUN166"],
        ),
        (spec(fit="bars"), []),
    ],
)
def test_charges_and_a_crop_of_nothing_are_warnings(
    declared: DestinationSpec, expected: list[str]
) -> None:
    assert [finding.code for finding in warn_about_smart_crop(declared)] == expected


def test_two_pipelines_are_charged_twice() -> None:
    (charges,) = warn_about_smart_crop(spec(feed=FEED, redundancy="standard"))
    assert "two pipelines" in charges.message


def test_the_warning_reaches_whoever_validates(tmp_path: Path) -> None:
    text = (
        "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: vertical-1080p30\n"
        f"picture: {{fit: smart, feed: '{FEED}'}}\n"
    )
    (tmp_path / "show.yaml").write_text(text)
    (warning,) = loader.load(tmp_path).warnings
    assert (warning.code, warning.key) == ("LUN166", "picture.fit")


def test_a_feed_takes_one_channel() -> None:
    first, second = spec(feed=FEED), spec(feed=FEED, name="other")
    ((refused, finding),) = check_one_channel_per_feed([first, spec(fit="bars"), second])
    assert (refused, finding.code, finding.key) == (second, "LUN168", "picture.feed")


@pytest.mark.parametrize(
    ("region", "account", "code"),
    [
        ("us-west-2", "123456789012", None),
        ("us-west-2", None, None),
        ("eu-west-1", "123456789012", "LUN169"),
        ("us-west-2", "210987654321", "LUN169"),
    ],
)
def test_a_feed_is_where_its_channel_is(region: str, account: str | None, code: str | None) -> None:
    error = feed_is_here(spec(feed=FEED), region, account)
    assert (error.code if error else None) == code
    assert feed_is_here(spec(fit="bars"), region, account) is None


def test_the_channels_role_may_use_the_feed_and_no_other() -> None:
    access = channel_access("lunora-player", "prod", [spec(feed=FEED), spec(fit="bars")])
    (statement,) = channel_policy(access, account="123456789012")["Statement"]
    assert statement["Resource"] == [FEED]
    assert statement["Action"] == [
        "elemental-inference:GetMetadata",
        "elemental-inference:PutMedia",
    ]
