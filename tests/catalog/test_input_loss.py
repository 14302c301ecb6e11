"""The key `on_input_loss` and its settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog import encoder
from catalog.diagnostics import DestinationValidationError
from catalog.input_loss import InputLoss
from catalog.loader import load
from tests.support.encoder_settings import changed
from tests.support.media_channels import spec

BEHAVIOR = ".EncoderSettings.GlobalConfiguration.InputLossBehavior"
ACTION = ".EncoderSettings.OutputGroups.0.OutputGroupSettings.RtmpGroupSettings.InputLossAction"
FIXED = {f"{BEHAVIOR}.RepeatFrameMsec": 1000, f"{BEHAVIOR}.BlackFrameMsec": 1000}
BLACK = {f"{BEHAVIOR}.InputLossImageType": "COLOR", f"{BEHAVIOR}.InputLossImageColor": "000000"}
SLATE = "s3://slates/back-soon.png"


@pytest.mark.parametrize(
    ("keys", "members"),
    [
        ({}, {**FIXED, **BLACK}),
        (
            {"repeat_seconds": 0.5, "black_seconds": 0},
            {f"{BEHAVIOR}.RepeatFrameMsec": 500, f"{BEHAVIOR}.BlackFrameMsec": 0, **BLACK},
        ),
        (
            {"then": "color", "color": "#1a2B3c"},
            {**FIXED, **BLACK, f"{BEHAVIOR}.InputLossImageColor": "1A2B3C"},
        ),
        (
            {"then": "slate", "slate": SLATE},
            {
                **FIXED,
                f"{BEHAVIOR}.InputLossImageType": "SLATE",
                f"{BEHAVIOR}.InputLossImageSlate.Uri": "s3ssl://slates/back-soon.png",
            },
        ),
        ({"drop": True}, {**FIXED, **BLACK, ACTION: "PAUSE_OUTPUT"}),
        (
            {"repeat_seconds": 1000},
            {**FIXED, **BLACK, f"{BEHAVIOR}.RepeatFrameMsec": 1_000_000},
        ),
    ],
)
def test_the_key_changes_only_what_it_names(keys: dict[str, Any], members: dict[str, Any]) -> None:
    assert changed(on_input_loss=keys) == members


def test_without_the_key_the_defaults_of_medialive_apply() -> None:
    assert "GlobalConfiguration" not in encoder.encoder_settings(spec("480p30"))


HEAD = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 480p30\n"


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("{then: slate}", "LUN133"),
        (f"{{slate: '{SLATE}'}}", "LUN133"),
        ("{then: color}", "LUN133"),
        ("{color: '#112233'}", "LUN133"),
        ("{drop: true, then: black}", "LUN133"),
        ("{drop: true, black_seconds: 1}", "LUN133"),
        ("{repeat_seconds: 1000, black_seconds: 1}", "LUN133"),
        ("{black_seconds: 1000, then: color, color: '#112233'}", "LUN133"),
        ("{then: slate, slate: 'https://example.org/a.png'}", "LUN134"),
        ("{then: slate, slate: 's3://bucket'}", "LUN134"),
        ("{then: slate, slate: 's3://bucket/a.jpg'}", "LUN134"),
        ("{then: slate, slate: 's3://bucket/*.png?x'}", "LUN134"),
        ("{then: color, color: 'red'}", "LUN103"),
        ("{repeat_seconds: 1000.5}", "LUN103"),
        ("{repeat_seconds: -1}", "LUN103"),
        ("{repeat_seconds: .nan}", "LUN102"),
        ("{black_seconds: 0.0005}", "LUN103"),
        ("{repeat_seconds: soon}", "LUN102"),
        ("{then: blue}", "LUN103"),
        ("{loop: true}", "LUN100"),
    ],
)
def test_what_medialive_would_not_do_is_refused(tmp_path: Path, keys: str, code: str) -> None:
    (tmp_path / "stage.yaml").write_text(f"{HEAD}on_input_loss: {keys}\n")
    with pytest.raises(DestinationValidationError) as refused:
        load(tmp_path)
    assert {diagnostic.code for diagnostic in refused.value.diagnostics} == {code}


def test_a_flow_that_sends_directly_has_no_slate(tmp_path: Path) -> None:
    head = "platform: custom\nurl: rtmp://ingest.example.org/app\nroute: flow\n"
    (tmp_path / "stage.yaml").write_text(f"{head}on_input_loss: {{}}\naudio: {{track: 2}}\n")
    with pytest.raises(DestinationValidationError) as refused:
        load(tmp_path)
    assert [diagnostic.code for diagnostic in refused.value.diagnostics] == ["LUN121"] * 2


def test_a_slate_is_named_as_s3_does() -> None:
    loss = InputLoss.model_validate({"then": "slate", "slate": "s3://slates/a/b.bmp"})
    assert loss.slate_object == "slates/a/b.bmp"
    assert InputLoss().slate_object is None
