"""The part of the source that a picture shows, and the rules on it."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from catalog import encoder, loader
from catalog.model import DestinationSpec
from catalog.video_settings import video_description
from provider import channel_rules

HD = {"width_pixels": 1920, "height_pixels": 1080}


def spec(preset: str = "vertical-1080p30", **picture: Any) -> DestinationSpec:
    url = "rtmp://ingest.example.org/app"
    return DestinationSpec.model_validate(
        {"name": "show", "platform": "custom", "url": url, "preset": preset, "picture": picture}
    )


def members(declared: DestinationSpec) -> dict[str, Any]:
    video = video_description(declared)
    kinds = ("ScalingBehavior", "CropRectangle", "OutputPositionRectangle", "Border")
    return {kind: video[kind] for kind in kinds if kind in video}


def codes(declared: DestinationSpec) -> list[tuple[str, str]]:
    return [(finding.code, finding.key) for finding in loader.findings(declared)]


def area(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {
        "left_pixels": left,
        "top_pixels": top,
        "width_pixels": width,
        "height_pixels": height,
    }


def rectangle(x: int, y: int, width: int, height: int) -> dict[str, int]:
    return {"X": x, "Y": y, "Width": width, "Height": height}


def test_a_picture_shows_the_whole_source_by_default() -> None:
    assert members(spec()) == {"ScalingBehavior": "DEFAULT"}


@pytest.mark.parametrize(
    ("preset", "source", "shown"),
    [
        ("vertical-1080p30", (1920, 1080), (656, 0, 608, 1080)),
        ("vertical-1080p30", (1280, 720), (438, 0, 404, 720)),
        ("1080p30", (1440, 1080), (0, 134, 1440, 810)),
    ],
)
def test_the_middle_of_the_source_fills_the_picture(
    preset: str, source: tuple[int, int], shown: tuple[int, int, int, int]
) -> None:
    size = {"width_pixels": source[0], "height_pixels": source[1]}
    declared = spec(preset, fit="crop", source=size)
    assert members(declared) == {
        "ScalingBehavior": "STRETCH_TO_OUTPUT",
        "CropRectangle": rectangle(*shown),
    }
    assert declared.picture.black_share(declared.effective_encoding) == 0
    assert codes(declared) == []


def test_a_border_and_a_position_change_the_shape_of_the_middle() -> None:
    bordered = spec("1080p30", fit="crop", source=HD, border_pixels=100)
    assert members(bordered)["CropRectangle"] == rectangle(0, 48, 1920, 982)
    placed = spec("1080p30", fit="crop", source=HD, position=area(840, 540, 1080, 540))
    assert members(placed)["CropRectangle"] == rectangle(0, 60, 1920, 960)


def test_an_area_keeps_its_shape() -> None:
    declared = spec("1080p30", fit="crop", area=area(0, 0, 540, 1080))
    assert members(declared) == {
        "ScalingBehavior": "DEFAULT",
        "CropRectangle": rectangle(0, 0, 540, 1080),
    }
    black = declared.picture.black_share(declared.effective_encoding)
    assert black == pytest.approx(1 - 0.5 / (16 / 9))


def test_a_stretched_source_has_no_bars() -> None:
    declared = spec(fit="stretch")
    assert members(declared) == {"ScalingBehavior": "STRETCH_TO_OUTPUT"}
    assert declared.picture.black_share(declared.effective_encoding) == 0


@pytest.mark.parametrize(
    ("picture", "key"),
    [
        ({"fit": "crop"}, "picture.fit"),
        ({"source": {"width_pixels": 1080, "height_pixels": 1920}}, "picture.source"),
        ({"area": area(0, 0, 2, 2)}, "picture.area"),
        ({"fit": "crop", "source": HD, "area": area(2, 0, 1920, 1080)}, "picture.area"),
        ({"position": area(0, 2, 1080, 1920)}, "picture.position"),
        ({"position": area(0, 0, 540, 960), "border_pixels": 2}, "picture.border_pixels"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(picture: dict[str, Any], key: str) -> None:
    assert codes(spec(**picture)) == [("LUN137", key)]


def test_a_border_leaves_some_of_the_picture() -> None:
    url = "rtmp://ingest.example.org/app"
    small = {"width_pixels": 200, "height_pixels": 356}
    given = {"name": "show", "platform": "custom", "url": url, "preset": "vertical-1080p30"}
    declared = DestinationSpec.model_validate(
        {**given, "encoding": small, "picture": {"border_pixels": 100}}
    )
    assert codes(declared) == [("LUN137", "picture.border_pixels")]


def test_sound_alone_has_no_picture() -> None:
    assert codes(spec("audio-only", fit="stretch")) == [("LUN137", "picture")]


@pytest.mark.parametrize(
    "picture",
    [
        {"fit": "crop", "source": HD},
        {"fit": "crop", "area": area(0, 0, 540, 1080), "position": area(0, 0, 540, 960)},
        {"fit": "stretch", "border_pixels": 100},
    ],
)
def test_the_api_takes_it(picture: dict[str, Any]) -> None:
    settings = encoder.encoder_settings(spec(**picture))
    model = botocore.session.get_session().get_service_model("medialive")
    shape: Any = model.shape_for("EncoderSettings")
    assert ParamValidator().validate(settings, shape).generate_report() == ""
    problems = channel_rules.problems({"EncoderSettings": settings})
    assert [path for path, _ in problems if path.startswith("videoDescriptions")] == []
