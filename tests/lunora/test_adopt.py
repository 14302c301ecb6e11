"""`lunora adopt`: files, an import file and secrets of a former system, or nothing at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog import import_manifest
from catalog.loader import load
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.legacy_system import NAMES, STREAMS, TAGS, LegacySystem
from tests.support.stage import configure, run

FOLDER = Path("destinations")
IMPORTS = Path("adopted.local.json")
ADOPTED = ["partner-show", "restream-main", "twitch-main", "youtube-main"]


@pytest.fixture
def legacy(
    project: Path,
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> LegacySystem:
    """The hand-made system, and a `pulumi` that writes down what it is told and given."""
    configure(project, embedded.endpoint)
    tool = project / "bin/pulumi"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$@" >> args.txt\ncat >> stdin.txt\necho >> stdin.txt\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    return LegacySystem(client)


def files() -> list[str]:
    return sorted(path.stem for path in FOLDER.iterdir())


def test_it_writes_what_the_wires_say_and_changes_nothing(
    legacy: LegacySystem, embedded: EmbeddedAws
) -> None:
    mark = len(embedded.calls)
    result = run("adopt", "--names", NAMES)
    assert result.exit_code == 0, result.output
    assert {call.operation[:4] for call in embedded.calls[mark:]} == {"Desc", "List"}
    assert files() == ADOPTED

    specs = {spec.name: spec for spec in load(FOLDER).specs}
    summaries = {name: (spec.platform, spec.preset, spec.state) for name, spec in specs.items()}
    assert summaries == {
        "partner-show": ("custom", "1080p30", "stopped"),
        "restream-main": ("restream", "720p29.97", "running"),
        "twitch-main": ("twitch", "1080p30", "running"),
        "youtube-main": ("youtube", "1080p30", "running"),
    }
    youtube, twitch = specs["youtube-main"], specs["twitch-main"]
    assert (youtube.redundancy, youtube.url, youtube.backup_url) == ("standard", None, None)
    assert (twitch.url, twitch.encoding.keyframe_seconds) == ("rtmp://live-fra.twitch.tv/app", None)
    encoding = specs["restream-main"].encoding
    assert (encoding.bitrate_kbps, encoding.profile) == (2500, "main")
    assert (twitch.tags, twitch.retry.attempts) == (TAGS, 10000)

    entries = import_manifest.load(IMPORTS)
    assert sorted(entries) == ADOPTED
    assert all(entries[name].describes(spec) for name, spec in specs.items())
    assert {name: entry.channel.id for name, entry in entries.items()} == {
        name: legacy.ids[name] for name in ADOPTED
    }
    assert len(entries["youtube-main"].outputs) == 2


def test_keys_go_to_the_stack_through_stdin_and_nowhere_else(legacy: LegacySystem) -> None:
    result = run("adopt", "--names", NAMES)
    arguments, given = Path("args.txt").read_text(), Path("stdin.txt").read_text()
    for name in ADOPTED:
        assert f"lunora-player:streamKeys.{name} --stack local" in arguments
        assert legacy.keys[name] in given
    written = [*FOLDER.iterdir(), IMPORTS, Path("args.txt")]
    for key in legacy.keys.values():
        assert key not in result.output
        assert not [path for path in written if key in path.read_text()]


def test_people_are_told_what_is_kept_what_is_not_adopted_and_what_comes_next(
    legacy: LegacySystem,
) -> None:
    result = run("adopt", "--names", NAMES)
    shown = " ".join(result.stdout.split())
    assert "SceneChangeDetect ENABLED" in shown
    assert "archive-channel LUN434: " in shown
    assert "  pulumi up --stack local" in result.stderr
    assert "#   SceneChangeDetect ENABLED\n" in (FOLDER / "restream-main.yaml").read_text()


def test_programs_get_one_document(legacy: LegacySystem) -> None:
    document = json.loads(run("adopt", "twitch-main", "--names", NAMES, "--json").stdout)
    (adopted,) = document["adopted"]
    assert (adopted["name"], adopted["changed_by_the_first_run"]) == ("twitch-main", ["tags"])
    assert document["written"] == ["destinations/twitch-main.yaml", "adopted.local.json"]
    assert not [key for key in legacy.keys.values() if key in json.dumps(document)]


def test_a_look_writes_nothing(legacy: LegacySystem) -> None:
    result = run("adopt", "--names", NAMES, "--dry-run")
    assert "youtube-main" in result.stdout
    assert (files(), IMPORTS.exists(), Path("args.txt").exists()) == ([], False, False)


def test_what_is_adopted_already_is_left_alone(legacy: LegacySystem) -> None:
    assert run("adopt", "twitch-main", "--names", NAMES).exit_code == 0
    before = (FOLDER / "twitch-main.yaml").read_text()
    assert run("adopt", "--names", NAMES).exit_code == 0
    assert files() == ADOPTED
    assert sorted(import_manifest.load(IMPORTS)) == ADOPTED
    assert (FOLDER / "twitch-main.yaml").read_text() == before
    result = run("adopt", "--names", NAMES)
    assert "is written" not in result.stdout


def test_other_names_are_other_people_s(legacy: LegacySystem) -> None:
    result = run("adopt", "--names", "somebody-else-{name}")
    assert (result.exit_code, result.stdout) == (0, "nothing to adopt\n")


def test_a_file_that_is_there_is_not_overwritten(legacy: LegacySystem) -> None:
    mine = FOLDER / "twitch-main.yaml"
    mine.write_text("platform: twitch\npreset: 480p30\n")
    result = run("adopt", "--names", NAMES)
    assert result.exit_code == 2
    assert "LUN407: " in result.stderr
    assert mine.read_text() == "platform: twitch\npreset: 480p30\n"
    assert (files(), IMPORTS.exists(), Path("args.txt").exists()) == (["twitch-main"], False, False)


def test_a_key_that_is_not_stored_leaves_no_file(legacy: LegacySystem, project: Path) -> None:
    IMPORTS.write_text("{}")
    (project / "bin/pulumi").write_text("#!/bin/sh\nexit 1\n")
    result = run("adopt", "--names", NAMES)
    assert result.exit_code == 1
    assert "LUN410: " in result.stderr
    assert (files(), IMPORTS.read_text()) == ([], "{}")


def test_a_folder_that_is_wrong_otherwise_takes_no_file(legacy: LegacySystem) -> None:
    (FOLDER / "mine.yaml").write_text("platform: nowhere\n")
    result = run("adopt", "--names", NAMES)
    assert (result.exit_code, files()) == (2, ["mine"])
    assert not IMPORTS.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--names", "old"), "LUN431"),
        (("twitch-mian", "--names", NAMES), "LUN430"),
        (("--names", NAMES, "--folder", "nowhere"), "LUN402"),
    ],
)
def test_wrong_words_are_refused(legacy: LegacySystem, words: tuple[str, ...], code: str) -> None:
    result = run("adopt", *words)
    assert result.exit_code == 2
    assert code in result.stderr
    assert files() == []


def test_a_broken_import_file_is_refused(legacy: LegacySystem) -> None:
    IMPORTS.write_text("{")
    result = run("adopt", "--names", NAMES)
    assert result.exit_code == 2
    assert "LUN150: " in result.stderr


def test_two_channels_of_one_name_are_one_destination(legacy: LegacySystem) -> None:
    second = legacy.ids["partner-show"]
    name = "lunora-player-local-TWITCH_main-channel"
    legacy.medialive.update_channel(ChannelId=second, Name=name)
    legacy.state("partner-show")
    result = run("adopt", "--names", NAMES, "--dry-run")
    shown = " ".join(result.stdout.split())
    assert "twitch-main-channel LUN432: " in shown


def test_of_two_publishers_of_one_key_at_one_ingest_one_is_adopted(legacy: LegacySystem) -> None:
    setting = {"Url": "rtmp://live.twitch.tv/app", "StreamName": legacy.keys["twitch-main"]}
    target = {"Id": "destination1", "Settings": [setting]}
    legacy.medialive.update_channel(ChannelId=legacy.ids["partner-show"], Destinations=[target])
    legacy.state("partner-show")
    document = json.loads(run("adopt", "--names", NAMES, "--json").stdout)
    assert "twitch-main" not in [stream["name"] for stream in document["adopted"]]
    assert "LUN436" in [entry["code"] for entry in document["not_adopted"]]
    assert files() == [name for name in ADOPTED if name != "twitch-main"]


def test_streams_of_flows_in_other_regions_are_adopted_too(
    project: Path, embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def client(service: str) -> Any:
        return connect(embedded.endpoint, service, region="eu-west-1")

    source = {"Name": "s", "Protocol": "rtp", "WhitelistCidr": "0.0.0.0/0", "IngestPort": 5000}
    client("mediaconnect").create_flow(Name="router-eu", Source=source)
    LegacySystem(client, {"twitch-main": STREAMS["twitch-main"]})
    configure(project, embedded.endpoint)
    file = project / "Pulumi.local.yaml"
    text = file.read_text()
    file.write_text(text.replace("flows: {", "flows: {eu: {name: router-eu, region: eu-west-1}, "))
    document = json.loads(run("adopt", "--names", NAMES, "--dry-run", "--json").stdout)
    (adopted,) = document["adopted"]
    assert (adopted["name"], adopted["file"]["flow"]) == ("twitch-main", "eu")
