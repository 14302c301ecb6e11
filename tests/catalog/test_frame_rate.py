"""Frame rates: the numbers of files, exact rationals and the spellings of services."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from catalog.cost import output_key
from catalog.diagnostics import DestinationValidationError
from catalog.frame_rate import (
    FRAME_RATES,
    FrameRate,
    broadcast_rate_or_text,
    nearest_rate,
    reported_rate,
)
from catalog.loader import load
from catalog.presets import Encoding, presets
from catalog.schema import json_schema
from catalog.video_settings import video_description

RATIONALS = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}


def file(folder: Path, rate: str) -> None:
    text = f"platform: youtube\npreset: 1080p30\nencoding: {{frames_per_second: {rate}}}\n"
    (folder / "one.yaml").write_text(text)


@pytest.mark.parametrize(("spelling", "rational"), RATIONALS.items())
def test_a_rate_of_a_file_is_encoded_as_its_exact_rational(
    tmp_path: Path, spelling: str, rational: Fraction
) -> None:
    file(tmp_path, spelling)
    (spec,) = load(tmp_path).specs
    h264 = video_description(spec)["CodecSettings"]["H264Settings"]
    assert Fraction(h264["FramerateNumerator"], h264["FramerateDenominator"]) == rational
    assert str(spec.effective_encoding.frames_per_second) == spelling


@pytest.mark.parametrize(
    "rate", ["29.98", "29.970029", "23.98", "48", '"30"', "true", "30000/1001"]
)
def test_another_rate_is_refused(tmp_path: Path, rate: str) -> None:
    file(tmp_path, rate)
    with pytest.raises(DestinationValidationError) as refusal:
        load(tmp_path)
    (diagnostic,) = refusal.value.diagnostics
    assert (diagnostic.code, diagnostic.key) == ("LUN103", "encoding.frames_per_second")
    assert all(spelling in diagnostic.message for spelling in RATIONALS)


def test_the_schema_takes_the_same_rates_as_the_loader() -> None:
    schema = json.loads(json_schema())["$defs"]["EncodingOverrides"]["properties"]
    (rates, _) = schema["frames_per_second"]["anyOf"]
    assert rates == {"enum": [json.loads(spelling) for spelling in RATIONALS]}


def test_an_encoding_is_written_with_the_number_of_the_file_and_read_again() -> None:
    encoding = presets()["1080p29.97"]
    text = encoding.model_dump_json()
    assert json.loads(text)["frames_per_second"] == 29.97
    assert '"frames_per_second":30,' in presets()["1080p30"].model_dump_json()
    assert Encoding.model_validate_json(text) == encoding


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("29.97", Fraction(30000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("29.970", Fraction(30000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("30", Fraction(30)),
        ("25.0", Fraction(25)),
        ("12.5", Fraction(25, 2)),
        ("", None),
        ("30/0", None),
        ("variable", None),
    ],
)
def test_a_service_reports_a_rate_in_either_spelling(text: str, rate: Fraction | None) -> None:
    assert reported_rate(text) == rate


def test_a_setting_may_be_a_number_or_its_text() -> None:
    assert broadcast_rate_or_text("29.97") == broadcast_rate_or_text(29.97) == FRAME_RATES[3]
    for wrong in ("29.98", "x", None, -1, 0.5):
        with pytest.raises(PydanticCustomError):
            broadcast_rate_or_text(wrong)
    with pytest.raises(ValidationError):
        TypeAdapter(FrameRate).validate_python(12.5)


def test_a_rate_that_no_broadcaster_uses_is_shown_as_a_number() -> None:
    assert str(FrameRate(25, 2)) == "12.5"
    assert nearest_rate(Fraction(26)) == 25


@pytest.mark.parametrize(
    ("preset", "band"),
    [("1080p29.97", "up-to-30-fps"), ("1080p30", "up-to-30-fps"), ("1080p59.94", "30-60-fps")],
)
def test_a_fractional_rate_is_billed_in_the_band_that_holds_it(preset: str, band: str) -> None:
    assert band in output_key(presets()[preset])
