"""MediaLive settings, compared with golden files; UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from catalog import encoder
from catalog.model import DestinationSpec
from catalog.presets import presets

GOLDEN = Path(__file__).with_name("golden")


def spec(preset: str = "1080p30", **more: Any) -> DestinationSpec:
    url = "rtmp://ingest.example.org/app"
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "custom", "url": url, "preset": preset, **more}
    )


def settings(one: DestinationSpec) -> dict[str, Any]:
    return {
        "encoder_settings": encoder.encoder_settings(one),
        "input_settings": encoder.input_settings(),
        "input_specification": encoder.input_specification(one),
    }


@pytest.mark.parametrize("preset", presets())
def test_a_preset_is_encoded_as_its_golden_file_says(preset: str) -> None:
    golden = GOLDEN / f"{preset}.json"
    text = json.dumps(settings(spec(preset)), indent=2, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 and review the new file"
    assert text == golden.read_text(), "run with UPDATE_GOLDEN=1 and review the difference"


def test_every_golden_file_belongs_to_a_preset() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == presets().keys()


def test_an_override_changes_only_what_it_names() -> None:
    before, after = settings(spec()), settings(spec(encoding={"bitrate_kbps": 5000}))
    h264 = after["encoder_settings"]["video_descriptions"][0]["codec_settings"]["h264_settings"]
    assert h264["bitrate"] == 5_000_000
    h264["bitrate"] = 4_500_000
    assert after == before


def test_certificates_are_verified_where_there_is_tls() -> None:
    def output(url: str) -> dict[str, Any]:
        group = encoder.encoder_settings(spec(url=url))["output_groups"][0]
        found: dict[str, Any] = group["outputs"][0]["output_settings"]["rtmp_output_settings"]
        return found

    assert output("rtmps://host/app")["certificate_mode"] == "VERIFY_AUTHENTICITY"
    assert "certificate_mode" not in output("rtmp://host/app")


def test_the_key_is_apart_from_the_url() -> None:
    assert encoder.destination(spec(), stream_key="made-up") == {
        "id": "rtmp",
        "settings": [{"url": "rtmp://ingest.example.org/app", "stream_name": "made-up"}],
    }


def test_no_integer_is_zero_because_the_aws_provider_would_leave_it_out() -> None:
    def zeros(value: Any, path: str = "") -> list[str]:
        if isinstance(value, dict):
            return [found for key, item in value.items() for found in zeros(item, f"{path}.{key}")]
        if isinstance(value, list):
            return [found for item in value for found in zeros(item, path)]
        return [path] if value == 0 and not isinstance(value, bool) else []

    assert [found for preset in presets() for found in zeros(settings(spec(preset)))] == []
