"""What a folder of destination files may hold, and the sentence for everything else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.presets import presets

MINIMAL = "platform: youtube\npreset: 1080p30\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "destinations").mkdir()
    return Path("destinations")


def refusal(folder: Path) -> list[str]:
    with pytest.raises(DestinationValidationError) as caught:
        load(folder)
    return [str(problem) for problem in caught.value.problems]


def test_a_minimal_file_gets_its_defaults(folder: Path) -> None:
    (folder / "one.yaml").write_text(MINIMAL)
    (spec,) = load(folder).specs
    assert spec.name == "one"
    assert spec.model_dump() == {
        "platform": "youtube",
        "preset": "1080p30",
        "url": None,
        "redundancy": "single",
        "backup_url": None,
        "state": "running",
        "schedule": None,
        "expires": None,
        "stream_key": {"config": None, "ssm": None},
        "route": "channel",
        "srt": {"latency_ms": 2000, "passphrase": None},
        "rtp": {"fec": False, "smoothing_ms": None},
        "flows": ("main",),
        "encoding": dict.fromkeys(
            (
                "width_pixels",
                "height_pixels",
                "frames_per_second",
                "bitrate_kbps",
                "audio_bitrate_kbps",
                "keyframe_seconds",
            )
        ),
        "retry": {
            "attempts": 20,
            "interval_seconds": 5,
            "restart_delay_seconds": 15,
            "cache_seconds": 30,
        },
        "protected": False,
        "previous_names": (),
        "description": "",
        "owner": None,
        "tags": {},
    }
    assert spec.ingest_url == "rtmps://a.rtmps.youtube.com:443/live2"
    assert spec.effective_encoding.video_kbps == 4500


def test_an_override_wins_over_the_preset(folder: Path) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}encoding: {{bitrate_kbps: 5000}}\n")
    profile = load(folder).specs[0].effective_encoding
    assert (profile.video_kbps, profile.audio_kbps, profile.height) == (5000, 128, 1080)


def test_a_url_wins_over_the_platform_and_loses_its_last_slash(folder: Path) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}url: rtmp://ingest.example.org/app/\n")
    assert load(folder).specs[0].ingest_url == "rtmp://ingest.example.org/app"


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


NO_MAP = "has to be a map of keys, such as `platform: youtube`"
ALL_KEYS = (
    "backup_url, description, encoding, expires, flow, owner, platform, preset, previous_names,"
    " protected, redundancy, retry, route, rtp, schedule, srt, state, stream_key, tags, url"
)
RETRY_KEYS = "attempts, cache_seconds, interval_seconds, restart_delay_seconds"
PRESETS = ", ".join(sorted(presets()))
WINDOWS = f"{MINIMAL}schedule:\n  timezone: UTC\n  windows:\n"
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
    "tab": (
        "platform: youtube\n\tpreset: x\n",
        "2:1: not valid YAML: a tab stands where none is allowed; use spaces",
    ),
    "anchor": ("platform: &a youtube\npreset: *a\n", "1:11: anchors and aliases are not allowed"),
    "tag": ("platform: !!python/name:os.system x\n", "1:11: tags are not allowed"),
    "no map": ("- youtube\n", f"1:1: {NO_MAP}"),
    "empty": ("", f"1:1: {NO_MAP}"),
    "only a byte order mark": ("\ufeff", f"1:1: {NO_MAP}"),
    "two documents": (
        f"{MINIMAL}---\n{MINIMAL}",
        "3:1: not valid YAML: but found another document",
    ),
    "no ingest": (
        "platform: custom\npreset: 1080p30\n",
        "1:11: platform: custom has no common ingest; give url",
    ),
    "control character": (
        f"{MINIMAL}owner: a\x01b\n",
        "1:1: not valid YAML: it holds a character that is not allowed",
    ),
    "unknown key like no other": (
        f"{MINIMAL}retry: {{zzz: 1}}\n",
        f"3:9: retry.zzz: unknown key; it can be {RETRY_KEYS}",
    ),
    "unknown preset like no other": (
        "platform: youtube\npreset: zzz\n",
        f'2:9: preset: unknown preset "zzz"; it can be {PRESETS}',
    ),
    "key twice in a section": (
        f"{MINIMAL}retry: {{attempts: 3, attempts: 4}}\n",
        "3:22: the key attempts stands here twice",
    ),
    "key that is no text": (f"{MINIMAL}? [a]\n: b\n", "3:3: a key has to be text"),
    "merge key": (f"{MINIMAL}<<: {{}}\n", f"3:1: <<: unknown key; it can be {ALL_KEYS}"),
    "fraction": (
        f"{MINIMAL}retry: {{attempts: 3.0}}\n",
        "3:19: retry.attempts: must be a whole number, written with digits only",
    ),
    "word where a number belongs": (
        f"{MINIMAL}retry: {{attempts: true}}\n",
        "3:19: retry.attempts: must be a whole number, written with digits only",
    ),
    "number too long to be one": (
        f"{MINIMAL}retry: {{attempts: {'9' * 20}}}\n",
        "3:19: retry.attempts: must be a whole number, written with digits only",
    ),
    "on where true belongs": (
        f"{MINIMAL}protected: on\n",
        "3:12: protected: must be true or false",
    ),
    "quoted word where true belongs": (
        f'{MINIMAL}protected: "true"\n',
        "3:12: protected: must be true or false",
    ),
    "number with underscore where true belongs": (
        f"{MINIMAL}protected: 1_000\n",
        "3:12: protected: must be true or false",
    ),
    "bitrate of no AAC": (
        f"{MINIMAL}encoding: {{audio_bitrate_kbps: 100}}\n",
        "3:32: encoding.audio_bitrate_kbps: can be 96, 128, 160, 192, 256 or 320",
    ),
    "nothing where text belongs": (
        "platform:\npreset: 1080p30\n",
        "1:10: platform: must be text; put it in quotes",
    ),
    "list where text belongs": (
        "platform: [youtube]\npreset: 1080p30\n",
        "1:11: platform: must be text; put it in quotes",
    ),
    "nothing where a map belongs": (f"{MINIMAL}retry:\n", "3:7: retry: must be a map of keys"),
    "text where a map of texts belongs": (
        f"{MINIMAL}tags: x\n",
        "3:7: tags: must be a map of keys",
    ),
    "number in a map of texts": (
        f"{MINIMAL}tags: {{event: 5}}\n",
        "3:15: tags.event: must be text; put it in quotes",
    ),
    "parameter without slash": (
        f"{MINIMAL}stream_key: {{ssm: x}}\n",
        (
            "3:19: stream_key.ssm: must be the full path of a parameter, as in"
            " /lunora/keys/restream-main"
        ),
    ),
    "secret of two steps": (
        f"{MINIMAL}stream_key: {{config: a.b}}\n",
        "3:22: stream_key.config: must be 1 to 64 letters, digits, _ and -, as in restream-main",
    ),
    "tag of Amazon's": (
        f"{MINIMAL}tags: {{'AWS:x': y}}\n",
        "3:7: tags: keys that begin with aws: are Amazon's; name the tag otherwise",
    ),
    "tag that no service takes": (
        f"{MINIMAL}tags: {{x: 'a*'}}\n",
        (
            "3:7: tags: becomes a tag, which takes up to 256 letters, digits, spaces and"
            " . _ : / = + - @"
        ),
    ),
    "half a character": (
        f'{MINIMAL}owner: "\\ud800"\n',
        "3:8: holds a control character or half a character; write the character itself",
    ),
    "control character in a key": (
        f'{MINIMAL}"own\\0er": x\n',
        "3:1: holds a control character or half a character; write the character itself",
    ),
    "tab after a colon": (
        f"{MINIMAL}owner:\tx\n",
        "3:7: not valid YAML: a tab stands where none is allowed; use spaces",
    ),
    "long text": (
        f"{MINIMAL}owner: {'a' * 101}\n",
        "3:8: owner: must be at most 100 characters long",
    ),
    "alias of nothing": (f"{MINIMAL}owner: *a\n", "3:8: anchors and aliases are not allowed"),
    "tag of YAML": (f"{MINIMAL}owner: !!str 5\n", "3:8: tags are not allowed"),
    "quote without end": (
        f'{MINIMAL}owner: "a\n',
        "4:1: not valid YAML: found unexpected end of stream",
    ),
    "above the platform's limit": (
        "platform: twitch\npreset: 1080p30\nencoding: {bitrate_kbps: 6001}\n",
        "3:26: encoding.bitrate_kbps: 6001 kb/s of video is more than the 6000 that Twitch takes",
    ),
    "window of a misspelt day": (
        f"{WINDOWS}  - {{days: [mom], start: 09:00, stop: 10:00}}\n",
        (
            "6:13: schedule.windows.0.days.0: can be 'mon', 'tue', 'wed', 'thu', 'fri', 'sat' or"
            " 'sun'"
        ),
    ),
    "unknown key in a window": (
        f"{WINDOWS}  - {{days: [mon], start: 09:00, stop: 10:00, end: 10:00}}\n",
        "6:46: schedule.windows.0.end: unknown key; it can be days, start, stop",
    ),
    "time with one digit": (
        f"{WINDOWS}  - {{days: [mon], start: 9:00, stop: 10:00}}\n",
        ("6:26: schedule.windows.0.start: must be a time of day from 00:00 to 23:59, as in 09:00"),
    ),
    "no windows": (
        f"{MINIMAL}schedule: {{timezone: UTC, windows: []}}\n",
        "3:36: schedule.windows: must not be empty",
    ),
    "one window where a list belongs": (
        f"{MINIMAL}schedule: {{timezone: UTC, windows: {{days: [mon]}}}}\n",
        "3:36: schedule.windows: must be a list, as in [one, two]",
    ),
    "day that does not exist": (
        f"{MINIMAL}expires: 2026-02-30\n",
        "3:10: expires: must be a day that exists, as in 2026-12-31",
    ),
    "moment where a day belongs": (
        f"{MINIMAL}expires: 2026-02-20T10:00:00Z\n",
        "3:10: expires: must be a day that exists, as in 2026-12-31",
    ),
    "number where a day belongs": (
        f"{MINIMAL}expires: 20261231\n",
        "3:10: expires: must be a day that exists, as in 2026-12-31",
    ),
    "previous name that is none": (
        f"{MINIMAL}previous_names: [Old_One]\n",
        "3:18: previous_names.0: must be the name of a destination",
    ),
    "previous name twice": (
        f"{MINIMAL}previous_names: [old, old]\n",
        "3:17: previous_names: old stands here twice; leave one out",
    ),
    "second ingest without use": (
        f"{MINIMAL}backup_url: rtmp://host/app\n",
        "3:13: backup_url: is only used with redundancy: standard; leave one of them out",
    ),
    "width without height": (
        f"{MINIMAL}encoding: {{width_pixels: 640}}\n",
        "3:11: encoding: give width_pixels and height_pixels together",
    ),
    "picture that is too large": (
        f"{MINIMAL}encoding: {{width_pixels: 1920, height_pixels: 1920}}\n",
        "3:11: encoding: is a picture of more pixels than 1920 x 1080; make it smaller",
    ),
    "odd height": (
        f"{MINIMAL}encoding: {{width_pixels: 640, height_pixels: 361}}\n",
        "3:46: encoding.height_pixels: must be an even number",
    ),
    "deep nesting": (f"a: {'[' * 3000}{']' * 3000}", "1:23: too deeply nested"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_sentence_with_its_place(folder: Path, case: str) -> None:
    text, sentence = WRONG[case]
    (folder / "one.yaml").write_text(text)
    (said,) = refusal(folder)
    assert said == f"destinations/one.yaml:{sentence}"


@pytest.mark.parametrize("word", ["on", "1_000", "12:30", "2026-11-24", "0x10"])
def test_where_text_belongs_a_word_of_yaml_1_1_is_text(folder: Path, word: str) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}owner: {word}\n")
    assert load(folder).specs[0].owner == word


NOT_PLAIN = (
    "has an application of more than letters, digits and . _ ~ -; a key belongs into stream_key"
)
NO_RTMP = "is no RTMP URL; write it as rtmps://host:port/application"
NO_URL = "is no URL; write it as rtmps://host:port/application"
HAS_MORE = "holds user, query or fragment; a key belongs into stream_key"
TOO_LONG = (
    "has more than an application after the host, which looks like a stream key; a key belongs"
    " into stream_key"
)
URLS = {
    "rtmp://someone:s3cr3t@host/app": HAS_MORE,
    "rtmp://s3cr3t@host/app": HAS_MORE,
    "rtmp://host/app?key=s3cr3t": HAS_MORE,
    "rtmp://host/app#s3cr3t": HAS_MORE,
    "rtmp://host/app/s3cr3t": TOO_LONG,
    "rtmp://host/app/s3cr3t/": TOO_LONG,
    "https://host/s3cr3t": NO_RTMP,
    "host/s3cr3t": NO_RTMP,
    "rtmp://host/app s3cr3t": NOT_PLAIN,
    "rtmp:///s3cr3t": NO_RTMP,
    "": NO_RTMP,
    "rtmp://host:s3cr3t/app": NO_URL,
    "rtmp://[s3cr3t/app": NO_URL,
    "rtmp://@host/app": HAS_MORE,
    "rtmp://host/app?": HAS_MORE,
    "rtmp://host/app#": HAS_MORE,
    "rtmp://host/app%2Fs3cr3t": NOT_PLAIN,
    "rtmp://host/app;s3cr3t": NOT_PLAIN,
    "rtmp://host/app&s3cr3t": NOT_PLAIN,
    "rtmp://ho_st/s3cr3t": NO_RTMP,
    "rtmp://host": "has no application; write it as rtmps://host:port/application",
}


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_may_hold_a_key_is_refused_and_not_repeated(folder: Path, url: str) -> None:
    (folder / "one.yaml").write_text(f'{MINIMAL}url: "{url}"\n')
    (said,) = refusal(folder)
    assert said == f"destinations/one.yaml:3:6: url: {URLS[url]}"
    assert "s3cr3t" not in said


def test_a_url_is_kept_in_one_way_of_writing(folder: Path) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}url: RTMPS://Ingest.Example.org:443/Live2//\n")
    assert load(folder).specs[0].ingest_url == "rtmps://ingest.example.org:443/Live2"


NO_FILE_OF_OURS = "is not a destination file; name it <name>.yaml or move it elsewhere"
NO_NAME = (
    "is not named for a destination; use 2 to 40 small letters, digits and hyphens, beginning"
    " with a letter"
)
FILES = {
    "one.yml": NO_FILE_OF_OURS,
    "one.YAML": NO_FILE_OF_OURS,
    "notes.txt": NO_FILE_OF_OURS,
    "One.yaml": NO_NAME,
    "one_two.yaml": NO_NAME,
    "one.two.yaml": NO_NAME,
    "one-.yaml": NO_NAME,
    "a.yaml": NO_NAME,
    "1one.yaml": NO_NAME,
    "one\n.yaml": NO_NAME,
    f"{'a' * 41}.yaml": NO_NAME,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_name_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(MINIMAL)
    assert refusal(folder) == [f"destinations/{name}: {FILES[name]}"]


@pytest.mark.parametrize("stem", ["a1", "a" * 40, "one-2-three"])
def test_a_name_within_the_limits_is_taken(folder: Path, stem: str) -> None:
    (folder / f"{stem}.yaml").write_text(MINIMAL)
    assert [spec.name for spec in load(folder).specs] == [stem]


def test_what_belongs_beside_the_files_is_not_read(folder: Path) -> None:
    for name in ("README.md", "schema.json", ".one.yaml.swp"):
        (folder / name).write_text("platform: nowhere")
    assert refusal(folder) == [
        "destinations: holds no destination; to remove all of them, run `pulumi destroy`"
    ]
    (folder / "one.yaml").write_text(MINIMAL)
    assert [spec.name for spec in load(folder).specs] == ["one"]


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
    largest = MINIMAL + "#" * (64 * 1024 - len(MINIMAL))
    (folder / "one.yaml").write_text(largest)
    assert len(load(folder).specs) == 1
    (folder / "one.yaml").write_text(f"{largest}#")
    assert refusal(folder) == [
        "destinations/one.yaml: is larger than 64 kB; that is no destination file"
    ]


def test_a_file_that_cannot_be_read_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> str:
        raise PermissionError

    (folder / "one.yaml").write_text(MINIMAL)
    monkeypatch.setattr(Path, "read_text", denied)
    assert refusal(folder) == ["destinations/one.yaml: cannot be read; check its permissions"]


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


def test_two_errors_of_one_file_stand_in_the_order_of_their_places(folder: Path) -> None:
    (folder / "one.yaml").write_text("preset: nothing\nowner: 42\nplatform: youtub\n")
    assert [said.split(" ")[0] for said in refusal(folder)] == [
        "destinations/one.yaml:1:9:",
        "destinations/one.yaml:2:8:",
        "destinations/one.yaml:3:11:",
    ]


def test_files_are_compared_even_where_another_is_broken(folder: Path) -> None:
    (folder / "a1.yaml").write_text(f"{MINIMAL}stream_key: {{config: shared}}\n")
    (folder / "b1.yaml").write_text(f"{MINIMAL}stream_key: {{config: shared}}\n")
    (folder / "c1.yaml").write_text("platform: youtube\n")
    assert refusal(folder) == [
        "destinations/b1.yaml:3:13: stream_key: a1 sends to the same ingest with the same key",
        "destinations/c1.yaml:1:1: preset: is required",
    ]


def test_a_session_bound_platform_is_a_warning_and_no_error(folder: Path) -> None:
    (folder / "one.yaml").write_text("platform: twitch\npreset: 1080p30\n")
    (warning,) = load(folder).warnings
    assert str(warning) == (
        "destinations/one.yaml:1:11: platform: Twitch ends a broadcast after 48 hours"
    )


def test_after_its_last_day_a_destination_is_declared_stopped(folder: Path) -> None:
    (folder / "one.yaml").write_text("platform: twitch\npreset: 1080p30\nexpires: 2026-06-15\n")
    last = load(folder, today=dt.date(2026, 6, 15))
    over = load(folder, today=dt.date(2026, 6, 16))
    assert (last.specs[0].state, over.specs[0].state) == ("running", "stopped")
    assert [str(warning) for warning in last.warnings] == [
        "destinations/one.yaml:1:11: platform: Twitch ends a broadcast after 48 hours",
        "destinations/one.yaml:3:10: expires: its last day is today; afterwards it is stopped",
    ]
    assert [str(warning) for warning in over.warnings] == [
        (
            "destinations/one.yaml:3:10: expires: its last day is over, so it is stopped; remove"
            " the file, or give a later day"
        )
    ]
