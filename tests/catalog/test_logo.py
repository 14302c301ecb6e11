"""The logo over a picture: its settings, and the rules on it."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from pydantic import ValidationError

from catalog import encoder, loader
from catalog.logo import Logo
from catalog.model import DestinationSpec
from catalog.rules.logo import unwatched_logo

IMAGE = "s3://logos/show.png"


def spec(preset: str = "1080p30", *, record: bool = False, **logo: Any) -> DestinationSpec:
    given: dict[str, Any] = {"name": "show", "platform": "custom", "preset": preset}
    given["url"] = "rtmp://ingest.example.org/app"
    if record:
        given["record"] = {"s3": "recordings/show"}
    return DestinationSpec.model_validate({**given, "picture": {"logo": {"image": IMAGE, **logo}}})


def codes(declared: DestinationSpec) -> list[tuple[str, str]]:
    return [(finding.code, finding.key) for finding in loader.findings(declared)]


def test_a_logo_lies_over_the_platforms_output_and_the_recording() -> None:
    placed: dict[str, Any] = {
        "left_pixels": 40,
        "top_pixels": 30,
        "width_pixels": 200,
        "height_pixels": 101,
    }
    declared = spec(record=True, **placed, opacity_percent=80, layer=3)
    settings = encoder.logo_settings(declared)
    assert settings == {
        "Image": {"Uri": "s3ssl://logos/show.png"},
        "OutputNames": ["rtmp", "recording"],
        "ImageX": 40,
        "ImageY": 30,
        "Width": 200,
        "Height": 101,
        "Opacity": 80,
        "Layer": 3,
    }
    groups = encoder.encoder_settings(declared)["OutputGroups"]
    names = [output["OutputName"] for group in groups for output in group["Outputs"]]
    assert names == settings["OutputNames"]
    assert codes(declared) == []


def test_a_logo_has_its_own_size_and_is_opaque_by_default() -> None:
    declared = spec(image="https://cdn.example.org:8443/logos/show.tga")
    settings = encoder.logo_settings(declared)
    assert settings == {
        "Image": {"Uri": "https://cdn.example.org:8443/logos/show.tga"},
        "OutputNames": ["rtmp"],
        "ImageX": 0,
        "ImageY": 0,
        "Opacity": 100,
        "Layer": 0,
    }
    model = botocore.session.get_session().get_service_model("medialive")
    shape = model.shape_for("StaticImageOutputActivateScheduleActionSettings")
    assert not ParamValidator().validate(settings, shape).has_errors()


def test_only_a_channel_with_a_logo_takes_actions_of_images() -> None:
    features = encoder.encoder_settings(spec())["FeatureActivations"]
    assert features == {"OutputStaticImageOverlayScheduleActions": "ENABLED"}
    without = DestinationSpec.model_validate(
        {**spec().model_dump(exclude={"picture"}, exclude_unset=True), "name": "show"}
    )
    assert "FeatureActivations" not in encoder.encoder_settings(without)
    assert encoder.logo_settings(without) is None


def test_the_channels_role_reads_logos_and_slates_of_s3() -> None:
    declared = spec()
    loss = {"then": "slate", "slate": "s3://slates/back.png"}
    both = {**declared.model_dump(exclude_unset=True), "name": "show", "on_input_loss": loss}
    assert declared.images == ("logos/show.png",)
    assert DestinationSpec.model_validate(both).images == ("slates/back.png", "logos/show.png")
    assert spec(image="https://example.org/logo.png").images == ()


@pytest.mark.parametrize(
    "image",
    [
        "http://example.org/logo.png",
        "https://user:secret@example.org/logo.png",
        "https://example.org/logo.png?token=secret",
        "https://example.org/logo.jpg",
        "s3://dotted.bucket/logo.png",
        "s3://logos",
        "logo.png",
    ],
)
def test_an_image_that_medialive_does_not_take_is_refused_without_being_shown(image: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Logo.model_validate({"image": image})
    (error,) = caught.value.errors(include_input=False)
    assert error["type"] == "LUN162"
    assert "secret" not in error["msg"]


@pytest.mark.parametrize(
    "place",
    [
        {"left_pixels": 1920},
        {"top_pixels": 1080},
        {"left_pixels": 1800, "width_pixels": 121},
        {"top_pixels": 1000, "height_pixels": 81},
    ],
)
def test_a_logo_outside_of_the_picture_is_refused(place: dict[str, Any]) -> None:
    assert codes(spec(**place)) == [("LUN163", "picture.logo")]
    assert codes(spec("2160p30", **place)) == []


def test_a_logo_of_sound_alone_and_of_a_flows_output_is_refused() -> None:
    assert ("LUN137", "picture") in codes(spec("audio-only"))
    given = {"name": "show", "platform": "custom", "url": "rtmp://ingest.example.org/app"}
    picture = {"logo": {"image": IMAGE}}
    direct = DestinationSpec.model_validate({**given, "route": "flow", "picture": picture})
    assert ("LUN121", "picture") in codes(direct)


def test_a_logo_without_a_watchdog_is_a_warning() -> None:
    assert unwatched_logo(spec(), watched=True) is None
    warning = unwatched_logo(spec(), watched=False)
    assert warning is not None
    assert warning.code == "LUN164"
