"""Resources of a former system, taken over by the program and kept as they were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pulumi
import pytest

from catalog import import_manifest
from catalog.errors import LunoraError
from catalog.import_manifest import ManifestEntry
from catalog.model import DestinationSpec
from components import adoption
from tests.support.import_manifest import entry, entry_with
from tests.support.pulumi_mocks import build, destination, inputs

GIVEN = {"name": "one", "platform": "youtube", "preset": "1080p30"}
SETTINGS = {"encoderSettings", "inputAttachments", "inputSpecification"}
PARTS = ("one-input", "one-flow-output", "one-channel")


def spec(**more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate({**GIVEN, **more})


def kept(**more: Any) -> ManifestEntry:
    return entry(spec(), **more)


def test_channel_input_and_output_are_taken_over_by_their_ids() -> None:
    registered = build(adopted=kept(), outputs=("old-one-output",))
    existing = [inputs(registered[part])["existingId"] for part in PARTS]
    assert existing == ["2", "arn:o", "1"]
    assert not any(registered[part].importId for part in PARTS)
    assert {part: registered[part].retainOnDelete for part in PARTS} == dict.fromkeys(PARTS, False)


def test_an_output_that_its_flow_has_not_is_made_anew() -> None:
    output = inputs(build(adopted=kept())["one-flow-output"])
    assert "existingId" not in output
    assert output["name"] == "old-one-output"


def test_they_keep_their_names_group_and_role() -> None:
    registered = build(adopted=kept())
    named = [inputs(registered[part])["name"] for part in PARTS]
    assert named == ["old-one-input", "old-one-output", "old-one-channel"]
    assert inputs(registered["one-input"])["securityGroupIds"] == ["3"]
    channel = inputs(registered["one-channel"])
    assert "roleArn" not in channel
    assert channel["tags"]["FlowOutputs"] == "old-one-output"
    assert destination(registered["one-channel"])["Id"] == "d1"


def test_the_channel_is_as_found_until_its_file_asks_for_something_else() -> None:
    settings = {"EncoderSettings": {"AvailBlanking": {}}, "InputAttachments": [{"InputId": "2"}]}
    adopted = build(adopted=entry_with(spec(), settings=settings))
    channel = inputs(adopted["one-channel"])
    assert channel["encoderSettings"] == {"AvailBlanking": {}}
    assert channel["inputAttachments"] == [{"InputId": "2"}]
    assert "inputSpecification" not in channel
    alarm = inputs(adopted["one-alarms-0-no-signal"])
    assert "'OutputGroupName': 'RTMP'" in str(alarm)

    edited = build(adopted=kept(), encoding={"bitrate_kbps": 5000})
    assert inputs(edited["one-channel"]).keys() >= SETTINGS
    assert destination(edited["one-channel"])["Id"] == "rtmp"
    assert not list(edited["one-channel"].ignoreChanges)
    assert "'OutputGroupName': 'rtmp'" in str(inputs(edited["one-alarms-0-no-signal"]))


def test_of_an_entry_without_settings_none_is_declared() -> None:
    assert not SETTINGS & inputs(build(adopted=kept())["one-channel"]).keys()


def test_what_is_given_back_stays_in_aws() -> None:
    registered = build(adopted=kept(give_back=True))
    assert {part: registered[part].retainOnDelete for part in PARTS} == dict.fromkeys(PARTS, True)
    assert not registered["one-stream-key"].retainOnDelete


@pytest.fixture
def warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Warnings of the program, in a project's folder."""
    messages: list[str] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "test")
    monkeypatch.setattr(pulumi.log, "warn", messages.append)
    return messages


def test_entries_are_found_by_what_a_destination_was_created_as(warnings: list[str]) -> None:
    Path("adopted.test.json").write_text(import_manifest.text({"one": kept(), "gone": kept()}))
    renamed = spec(name="two", previous_names=["one"])
    assert adoption.load([renamed]) == {"one": kept()}
    assert warnings == ["adopted.test.json: gone has no destination file; remove its entry"]


@pytest.mark.parametrize(
    ("text", "code"), [("{", "LUN150"), (import_manifest.text({"one": kept()}), "LUN151")]
)
def test_what_cannot_be_kept_fails_the_preview(warnings: list[str], text: str, code: str) -> None:
    Path("adopted.test.json").write_text(text)
    with pytest.raises(LunoraError) as error:
        adoption.load([spec(flow="second")])
    assert error.value.code == code
    assert warnings == []
