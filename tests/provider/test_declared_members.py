"""Members of CreateChannel in a destination file, against the API's model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog import medialive_members
from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.schema import key_table
from provider import declared_members


def findings(medialive: Any, **more: Any) -> list[tuple[str, str]]:
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", "medialive": medialive}
    spec = DestinationSpec.model_validate({**given, **more})
    return [(finding.code, finding.key) for finding in declared_members.findings(spec)]


H264 = "medialive.EncoderSettings.VideoDescriptions.0.CodecSettings.H264Settings"


def h264(**members: Any) -> Any:
    codec = {"H264Settings": members}
    return {"EncoderSettings": {"VideoDescriptions": [{"Name": "video", "CodecSettings": codec}]}}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, []),
        ({"LogLevel": "INFO"}, []),
        ({"LogLevel": "LOUD"}, [("LUN157", "medialive.LogLevel")]),
        ({"Loglevel": "INFO"}, [("LUN157", "medialive.Loglevel")]),
        (h264(Profile="MAIN"), []),
        (h264(Slices="two"), [("LUN157", f"{H264}.Slices")]),
        (h264(Slices=33), [("LUN157", f"{H264}.Slices")]),
        (h264(Level=None), []),
        ({"EncoderSettings": {"GlobalConfiguration": {"InputEndAction": "NONE"}}}, []),
        ({"InputAttachments": {"InputSettings": {}}}, [("LUN157", "medialive.InputAttachments")]),
    ],
)
def test_members_have_names_types_and_values_of_the_api(
    members: Any, expected: list[tuple[str, str]]
) -> None:
    assert findings(members) == expected


@pytest.mark.parametrize("more", [{}, {"redundancy": "standard"}, {"flow": ["main", "backup"]}])
def test_settings_without_members_pass_in_each_form(more: dict[str, Any]) -> None:
    assert findings({"LogLevel": "INFO"}, **more) == []


def test_an_automatic_preset_without_a_rate_has_no_settings_yet() -> None:
    assert findings({"LogLevel": "INFO"}, preset="auto") == []
    assert findings({"LogLevel": "LOUD"}, preset="auto") == [("LUN157", "medialive.LogLevel")]


def test_settings_that_aws_refuses_as_a_whole_are_refused() -> None:
    second = {"Name": "second"}
    assert findings({"EncoderSettings": {"AudioDescriptions": [second]}}) == [
        ("LUN157", "medialive")
    ]
    assert findings(h264(Bitrate=None)) == [("LUN157", "medialive")]


def test_a_diagnostic_has_line_and_column(tmp_path: Path) -> None:
    text = "platform: youtube\npreset: 1080p30\nmedialive:\n  LogLevel: LOUD\n"
    (tmp_path / "one.yaml").write_text(text)
    with pytest.raises(DestinationValidationError) as error:
        load(tmp_path, checks=(declared_members.findings,))
    (diagnostic,) = error.value.diagnostics
    assert (diagnostic.where.line, diagnostic.where.column) == (4, 13)
    assert "LOUD" not in diagnostic.message


def test_a_diagnostic_in_a_list_has_line_and_column(tmp_path: Path) -> None:
    text = """platform: youtube
preset: 1080p30
medialive:
  EncoderSettings:
    VideoDescriptions:
      - Name: video
        CodecSettings: {H264Settings: {Slices: 99}}
"""
    (tmp_path / "one.yaml").write_text(text)
    with pytest.raises(DestinationValidationError) as error:
        load(tmp_path, checks=(declared_members.findings,))
    (diagnostic,) = error.value.diagnostics
    assert (diagnostic.where.line, diagnostic.where.column) == (7, 48)


@pytest.mark.parametrize(("path", "key"), medialive_members.keys().items())
def test_a_key_and_its_member_exist(path: str, key: str) -> None:
    shape = declared_members._create_channel()
    for step in path.split("."):
        shape = shape.member if shape.type_name == "list" else shape
        shape = shape.members[step]
    assert f"| `{key}" in key_table()
