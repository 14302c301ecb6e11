"""What a folder of destination files may hold, and the sentence for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.loader import load
from catalog.problems import InvalidDestinations

MINIMAL = "platform: youtube\npreset: 1080p30\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "destinations").mkdir()
    return Path("destinations")


def refusal(folder: Path) -> list[str]:
    with pytest.raises(InvalidDestinations) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_minimal_file_gets_its_defaults(folder: Path) -> None:
    (folder / "one.yaml").write_text(MINIMAL)
    (spec,) = load(folder).specs
    assert (spec.name, spec.state, spec.flow, spec.protected) == ("one", "running", "main", False)
    assert spec.ingest_url == "rtmps://a.rtmps.youtube.com:443/live2"
    assert spec.retry.attempts == 20
    assert spec.profile.video_kbps == 4500


def test_destinations_are_sorted_by_name(folder: Path) -> None:
    for name in ("b1", "a1", "c1"):
        (folder / f"{name}.yaml").write_text(MINIMAL)
    assert [spec.name for spec in load(folder).specs] == ["a1", "b1", "c1"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + MINIMAL.encode(), id="byte order mark"),
        pytest.param(MINIMAL.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(("---\n" + MINIMAL).encode(), id="document start"),
        pytest.param(("# a remark\n" + MINIMAL).encode(), id="remark"),
    ],
)
def test_what_editors_do_to_a_file_is_accepted(folder: Path, content: bytes) -> None:
    (folder / "one.yaml").write_bytes(content)
    assert load(folder).specs[0].preset == "1080p30"


WRONG = {
    "unknown preset": (
        "platform: youtube\npreset: 1080p3\n",
        '2:9: preset: unknown preset "1080p3"; did you mean "1080p30"?',
    ),
    "unknown platform": (
        "platform: youtub\npreset: 1080p30\n",
        '1:11: platform: unknown platform "youtub"; did you mean "youtube"?',
    ),
    "unknown key": (
        f"{MINIMAL}stat: running\n",
        '3:1: stat: unknown key; did you mean "state"?',
    ),
    "unknown key in a section": (
        f"{MINIMAL}retry:\n  attempt: 3\n",
        '4:3: retry.attempt: unknown key; did you mean "attempts"?',
    ),
    "missing key": ("platform: youtube\n", "1:1: preset: is required"),
    "name inside": (
        f"{MINIMAL}name: one\n",
        "3:1: name: is the file's name and not a key; leave it out",
    ),
    "key twice": (f"{MINIMAL}preset: 720p30\n", "3:1: the key preset stands here twice"),
    "wrong choice": (
        f"{MINIMAL}state: on\n",
        "3:8: state: can be 'running' or 'stopped'",
    ),
    "number as text": (
        f'{MINIMAL}retry: {{attempts: "3"}}\n',
        "3:19: retry.attempts: must be a whole number, written with digits only",
    ),
    "number with underscore": (
        f"{MINIMAL}encoding: {{bitrate_kbps: 5_000}}\n",
        "3:26: encoding.bitrate_kbps: must be a whole number, written with digits only",
    ),
    "sexagesimal": (
        f"{MINIMAL}retry: {{attempts: 12:30}}\n",
        "3:19: retry.attempts: must be a whole number, written with digits only",
    ),
    "too small": (
        f"{MINIMAL}retry: {{attempts: 0}}\n",
        "3:19: retry.attempts: must be at least 1",
    ),
    "too large": (
        f"{MINIMAL}encoding: {{bitrate_kbps: 60000}}\n",
        "3:26: encoding.bitrate_kbps: must be at most 50000",
    ),
    "word of YAML 1.1": (
        f"{MINIMAL}protected: yes\n",
        "3:12: protected: must be true or false",
    ),
    "number where text belongs": (
        f"{MINIMAL}owner: 42\n",
        "3:8: owner: must be text; put it in quotes",
    ),
    "list where a map belongs": (
        f"{MINIMAL}retry: [1]\n",
        "3:8: retry: must be a map of keys",
    ),
    "both sources of a key": (
        f"{MINIMAL}stream_key: {{config: a, ssm: /b}}\n",
        "3:13: stream_key: give config or ssm, not both",
    ),
    "a tag of ours": (
        f"{MINIMAL}tags: {{Stack: x}}\n",
        "3:7: tags: Stack is set by the program; name the tag otherwise",
    ),
    "tab": ("platform: youtube\n\tpreset: x\n", "2:1: not valid YAML: tabs cannot indent"),
    "anchor": ("platform: &a youtube\npreset: *a\n", "1:11: anchors and aliases are not allowed"),
    "tag": ("platform: !!python/name:os.system x\n", "1:11: tags are not allowed"),
    "no map": ("- youtube\n", "1:1: has to be a map of keys"),
    "empty": ("", "1:1: has to be a map of keys"),
    "two documents": (f"{MINIMAL}---\n{MINIMAL}", "3:1: not valid YAML"),
    "no ingest": (
        "platform: custom\npreset: 1080p30\n",
        "1:11: platform: custom has no common ingest; give url",
    ),
    "control character": (f"{MINIMAL}owner: a\x01b\n", "1:1: not valid YAML"),
    "deep nesting": (f"a: {'[' * 3000}{']' * 3000}", "1:23: too deeply nested"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_sentence_with_its_place(folder: Path, case: str) -> None:
    text, sentence = WRONG[case]
    (folder / "one.yaml").write_text(text)
    (said,) = refusal(folder)
    assert said.startswith(f"destinations/one.yaml:{sentence}")


@pytest.mark.parametrize(
    "url",
    [
        "rtmp://someone:s3cr3t@host/app",
        "rtmp://host/app?key=s3cr3t",
        "rtmp://host/app#s3cr3t",
        "rtmp://host/app/s3cr3t",
        "https://host/s3cr3t",
        "rtmp://host:s3cr3t/app",
        "rtmp://host/app s3cr3t",
        "rtmp:///s3cr3t",
    ],
)
def test_a_url_that_may_hold_a_key_is_refused_and_not_repeated(folder: Path, url: str) -> None:
    (folder / "one.yaml").write_text(f'{MINIMAL}url: "{url}"\n')
    (said,) = refusal(folder)
    assert said.startswith("destinations/one.yaml:3:6: url: ")
    assert "s3cr3t" not in said


FILES = {
    "one.yml": "is not a destination file; name it <name>.yaml or move it elsewhere",
    "notes.txt": "is not a destination file; name it <name>.yaml or move it elsewhere",
    "One.yaml": "is not named for a destination",
    "one_two.yaml": "is not named for a destination",
    "a.yaml": "is not named for a destination",
    "1one.yaml": "is not named for a destination",
    f"{'a' * 41}.yaml": "is not named for a destination",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_name_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(MINIMAL)
    (said,) = refusal(folder)
    assert said.startswith(f"destinations/{name}: {FILES[name]}")


def test_what_is_no_plain_file_is_refused(folder: Path) -> None:
    (folder / "real.yaml").write_text(MINIMAL)
    (folder / "link.yaml").symlink_to("real.yaml")
    (folder / "folder.yaml").mkdir()
    assert refusal(folder) == [
        "destinations/folder.yaml: is not a regular file; only plain files are read",
        "destinations/link.yaml: is not a regular file; only plain files are read",
    ]


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "one.yaml").write_bytes(f"{MINIMAL}owner: ".encode() + b"\xfcber\n")
    assert refusal(folder) == ["destinations/one.yaml: is not UTF-8 text; save it as UTF-8"]


def test_a_large_file_is_refused_unread(folder: Path) -> None:
    (folder / "one.yaml").write_text(MINIMAL + "#" * 70_000)
    assert refusal(folder) == [
        "destinations/one.yaml: is larger than 64 kB; that is no destination file"
    ]


def test_an_empty_or_missing_folder_is_refused(folder: Path) -> None:
    assert refusal(folder) == [
        "destinations: holds no destination; to remove all of them, run `pulumi destroy`"
    ]
    assert refusal(Path("elsewhere")) == [
        "elsewhere: there is no such folder; run this in the project"
    ]


def test_all_errors_of_all_files_come_at_once_and_sorted(folder: Path) -> None:
    (folder / "b1.yaml").write_text("platform: nowhere\npreset: nothing\nstate: off\n")
    (folder / "a1.yaml").write_text("platform: youtube\n")
    (folder / "c1.yml").write_text(MINIMAL)
    assert [said.split(" ")[0] for said in refusal(folder)] == [
        "destinations/a1.yaml:1:1:",
        "destinations/b1.yaml:1:11:",
        "destinations/b1.yaml:2:9:",
        "destinations/b1.yaml:3:8:",
        "destinations/c1.yml:",
    ]


def test_a_session_bound_platform_is_a_warning_and_no_error(folder: Path) -> None:
    (folder / "one.yaml").write_text("platform: twitch\npreset: 1080p30\n")
    (warning,) = load(folder).warnings
    assert str(warning) == (
        "destinations/one.yaml:1:11: platform: Twitch ends a broadcast after 48 hours"
    )
