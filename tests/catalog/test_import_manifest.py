"""The import file: what it keeps, what it refuses, and what cannot be one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog import import_manifest
from catalog.import_manifest import ImportFileError
from catalog.model import DestinationSpec
from catalog.names import channel_tags, output_names, parts
from catalog.rules.account import as_renamed
from tests.support.import_manifest import entry


def spec(**more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": "restream", "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = import_manifest.path(tmp_path, "prod")
    assert file.name == "adopted.prod.json"
    assert import_manifest.load(file) == {}
    entries = {"two": entry(spec()), "one": entry(spec(), give_back=True)}
    file.write_text(import_manifest.text(entries))
    assert import_manifest.load(file) == entries
    assert list(import_manifest.load(file)) == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "place"),
    [("[]", "all of it"), ("{", "all of it"), ('{"one": {"said": {}}}', "one.channel")],
)
def test_what_is_no_import_file_is_refused_at_its_place(
    tmp_path: Path, text: str, place: str
) -> None:
    file = tmp_path / "adopted.prod.json"
    file.write_text(text)
    with pytest.raises(ImportFileError) as caught:
        import_manifest.load(file)
    assert caught.value.code == "LUN150"
    assert f": {place}: " in caught.value.message


def test_an_import_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError):
        import_manifest.load(tmp_path)


@pytest.mark.parametrize(
    "edit",
    [
        {"preset": "720p30"},
        {"encoding": {"bitrate_kbps": 5000}},
        {"retry": {"attempts": 3}},
        {"url": "rtmp://other.example.org/live"},
    ],
)
def test_an_edit_of_what_interrupts_anyway_ends_that_the_channel_is_as_found(
    edit: dict[str, Any],
) -> None:
    kept = entry(spec())
    assert kept.describes(spec())
    assert kept.describes(spec(state="stopped", description="other", owner="team"))
    assert not kept.describes(spec(**edit))
    assert kept.refusal(spec(**edit)) is None


@pytest.mark.parametrize(
    ("edit", "key"),
    [
        ({"flow": "second"}, "flow"),
        ({"flow": ["main", "backup"]}, "flow"),
        ({"route": "flow", "preset": None}, "route"),
        ({"redundancy": "standard", "backup_url": "rtmp://b.example.org/live"}, "redundancy"),
    ],
)
def test_an_edit_that_would_replace_what_was_found_is_refused(
    edit: dict[str, Any], key: str
) -> None:
    refusal = entry(spec()).refusal(spec(**edit))
    assert refusal is not None
    assert refusal.code == "LUN151"
    assert f"the {key} of one" in refusal.message


def test_its_destination_is_as_found_but_for_the_key() -> None:
    assert entry(spec()).destinations("made-up") == [
        {
            "Id": "d1",
            "Settings": [{"Url": "rtmp://live.restream.io/live/", "StreamName": "made-up"}],
        }
    ]


def test_its_parts_keep_their_names_and_the_channel_says_those_of_its_outputs() -> None:
    usual = parts("p", "s", spec(), None)
    assert (usual.channel, usual.input, usual.outputs) == ("p-s-one", "p-s-one", ("p-s-one",))
    assert channel_tags(usual) == {}
    assert output_names("p-s-one", {}, 2) == ("p-s-one", "p-s-one_1")

    kept = parts("p", "s", spec(), entry(spec()))
    assert (kept.channel, kept.input) == ("old-one-channel", "old-one-input")
    tags = channel_tags(kept)
    assert tags == {"FlowOutputs": "old-one-output"}
    assert output_names(kept.channel, tags, 1) == ("old-one-output",)


def test_what_is_renamed_counts_once() -> None:
    existing, of = ["old", "other"], {"old": "one"}
    assert as_renamed(existing, of, {"one": "new"}) == {"new", "other"}
    # A second thing of the destination stays a second one.
    assert as_renamed(
        ["new", "new_backup"], {"new": "one", "new_backup": "one"}, {"one": "new"}
    ) == {
        "new",
        "new_backup",
    }
