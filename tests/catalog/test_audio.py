"""The sound of a destination: the key `audio` and its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from tests.support.encoder_settings import changed

HEAD = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 480p30\n"
AUDIO = ".EncoderSettings.AudioDescriptions.0.CodecSettings.AacSettings"
SELECTOR = ".InputSettings.AudioSelectors.0.SelectorSettings"
LOUDNESS = ".EncoderSettings.AudioDescriptions.0.AudioNormalizationSettings"
NORMALIZED = {
    f"{LOUDNESS}.Algorithm": "ITU_1770_2",
    f"{LOUDNESS}.AlgorithmControl": "CORRECT_AUDIO",
    f"{LOUDNESS}.TargetLkfs": -23.0,
}


@pytest.mark.parametrize(
    ("keys", "members"),
    [
        ({}, {}),
        ({"track": 2}, {f"{SELECTOR}.AudioTrackSelection.Tracks.0.Track": 2}),
        ({"pid": 258}, {f"{SELECTOR}.AudioPidSelection.Pid": 258}),
        (
            {"language": "deu"},
            {
                f"{SELECTOR}.AudioLanguageSelection.LanguageCode": "deu",
                f"{SELECTOR}.AudioLanguageSelection.LanguageSelectionPolicy": "LOOSE",
            },
        ),
        ({"channels": "mono"}, {f"{AUDIO}.CodingMode": "CODING_MODE_1_0"}),
        ({"channels": "stereo"}, {}),
        ({"loudness": {"target_lkfs": -23}}, NORMALIZED),
        (
            {"loudness": {"target_lkfs": -16.5, "algorithm": "1770-4", "peak_dbtp": -1}},
            {
                f"{LOUDNESS}.Algorithm": "ITU_1770_4",
                f"{LOUDNESS}.AlgorithmControl": "CORRECT_AUDIO",
                f"{LOUDNESS}.TargetLkfs": -16.5,
                f"{LOUDNESS}.PeakCalculation": "TRUE_PEAK",
                f"{LOUDNESS}.PeakLimiterThreshold": -1.0,
            },
        ),
    ],
)
def test_the_key_changes_only_what_it_names(keys: dict[str, Any], members: dict[str, Any]) -> None:
    assert changed(audio=keys) == members


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("{track: 1, pid: 258}", "LUN135"),
        ("{language: deu, pid: 258}", "LUN135"),
        ("{language: german}", "LUN103"),
        ("{track: 0}", "LUN103"),
        ("{pid: 8191}", "LUN103"),
        ("{channels: surround}", "LUN103"),
        ("{loudness: {}}", "LUN101"),
        ("{loudness: {target_lkfs: 1}}", "LUN103"),
        ("{loudness: {target_lkfs: -23, peak_dbtp: -9}}", "LUN103"),
    ],
)
def test_what_medialive_does_not_take_is_refused(tmp_path: Path, keys: str, code: str) -> None:
    (tmp_path / "stage.yaml").write_text(f"{HEAD}audio: {keys}\n")
    with pytest.raises(DestinationValidationError) as refused:
        load(tmp_path)
    assert {diagnostic.code for diagnostic in refused.value.diagnostics} == {code}


def test_a_channel_without_a_picture_has_no_slate(tmp_path: Path) -> None:
    head = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: audio-only\n"
    (tmp_path / "radio.yaml").write_text(f"{head}on_input_loss: {{black_seconds: 5}}\n")
    with pytest.raises(DestinationValidationError) as refused:
        load(tmp_path)
    assert [diagnostic.code for diagnostic in refused.value.diagnostics] == ["LUN135"]
