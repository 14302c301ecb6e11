"""Valid folders of destination files, and place and code of every error."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.loader import load

MINIMAL = "platform: youtube\npreset: 1080p30\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "destinations").mkdir()
    return Path("destinations")


def refusal(folder: Path) -> tuple[Diagnostic, ...]:
    with pytest.raises(DestinationValidationError) as caught:
        load(folder)
    return caught.value.diagnostics


def brief(diagnostic: Diagnostic) -> str:
    """Return place, code and key of *diagnostic*."""
    return f"{diagnostic.where}: {diagnostic.code}: {diagnostic.key}"


def briefs(folder: Path) -> list[str]:
    return [brief(diagnostic) for diagnostic in refusal(folder)]


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
        "instance": None,
        "state": "running",
        "schedule": None,
        "expires": None,
        "stream_key": {"config": None, "ssm": None},
        "route": "channel",
        "srt": {"latency_ms": 2000, "passphrase": None, "key_bits": 128, "callers": ()},
        "rtp": {"fec": False, "smoothing_ms": None},
        "hls": {
            "segment_seconds": 4,
            "playlist_segments": 10,
            "method": "put",
            "username": None,
        },
        "record": None,
        "flows": ("main",),
        "input_type": "push",
        "transport": "rtp",
        "failover": {
            "input_loss_ms": 1500,
            "black_seconds": None,
            "silence_seconds": None,
            "recovery_seconds": 30,
        },
        "encoding": dict.fromkeys(
            (
                "width_pixels",
                "height_pixels",
                "frames_per_second",
                "bitrate_kbps",
                "audio_bitrate_kbps",
                "keyframe_seconds",
                "profile",
                "quality",
            )
        ),
        "audio": {
            **dict.fromkeys(("track", "language", "pid", "loudness")),
            "channels": "stereo",
        },
        "on_input_loss": None,
        "picture": {
            "fit": "bars",
            "feed": None,
            "source": None,
            "area": None,
            "position": None,
            "border_pixels": 0,
            "logo": None,
        },
        "retry": {
            "attempts": 720,
            "interval_seconds": 5,
            "restart_delay_seconds": 15,
            "cache_seconds": 30,
        },
        "maintenance": None,
        "authentication": None,
        "medialive": {},
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


WINDOWS = f"{MINIMAL}schedule:\n  timezone: UTC\n  windows:\n"
WRONG = {
    "unknown preset": (
        "platform: youtube\npreset: 1080p3\n",
        "2:9: LUN111: preset",
    ),
    "unknown platform": (
        "platform: youtub\npreset: 1080p30\n",
        "1:11: LUN110: platform",
    ),
    "unknown key": (
        f"{MINIMAL}stat: running\n",
        "3:1: LUN100: stat",
    ),
    "unknown key in a section": (
        f"{MINIMAL}retry:\n  attempt: 3\n",
        "4:3: LUN100: retry.attempt",
    ),
    "missing key": ("platform: youtube\n", "1:1: LUN101: preset"),
    "name inside": (
        f"{MINIMAL}name: one\n",
        "3:1: LUN108: name",
    ),
    "key twice": (f"{MINIMAL}preset: 720p30\n", "3:1: LUN106: "),
    "wrong choice": (
        f"{MINIMAL}state: on\n",
        "3:8: LUN103: state",
    ),
    "number as text": (
        f'{MINIMAL}retry: {{attempts: "3"}}\n',
        "3:19: LUN102: retry.attempts",
    ),
    "number with underscore": (
        f"{MINIMAL}encoding: {{bitrate_kbps: 5_000}}\n",
        "3:26: LUN102: encoding.bitrate_kbps",
    ),
    "sexagesimal": (
        f"{MINIMAL}retry: {{attempts: 12:30}}\n",
        "3:19: LUN102: retry.attempts",
    ),
    "too small": (
        f"{MINIMAL}retry: {{attempts: 0}}\n",
        "3:19: LUN103: retry.attempts",
    ),
    "too large": (
        f"{MINIMAL}encoding: {{bitrate_kbps: 60000}}\n",
        "3:26: LUN103: encoding.bitrate_kbps",
    ),
    "word of YAML 1.1": (
        f"{MINIMAL}protected: yes\n",
        "3:12: LUN102: protected",
    ),
    "number where text belongs": (
        f"{MINIMAL}owner: 42\n",
        "3:8: LUN102: owner",
    ),
    "list where a map belongs": (
        f"{MINIMAL}retry: [1]\n",
        "3:8: LUN102: retry",
    ),
    "both sources of a key": (
        f"{MINIMAL}stream_key: {{config: a, ssm: /b}}\n",
        "3:13: LUN119: stream_key",
    ),
    "a tag of ours": (
        f"{MINIMAL}tags: {{Stack: x}}\n",
        "3:7: LUN114: tags",
    ),
    "tab": (
        "platform: youtube\n\tpreset: x\n",
        "2:1: LUN104: ",
    ),
    "anchor": ("platform: &a youtube\npreset: *a\n", "1:11: LUN105: "),
    "tag": ("platform: !!python/name:os.system x\n", "1:11: LUN105: "),
    "no map": ("- youtube\n", "1:1: LUN104: "),
    "empty": ("", "1:1: LUN104: "),
    "only a byte order mark": ("\ufeff", "1:1: LUN104: "),
    "two documents": (
        f"{MINIMAL}---\n{MINIMAL}",
        "3:1: LUN104: ",
    ),
    "no ingest": (
        "platform: custom\npreset: 1080p30\n",
        "1:11: LUN120: platform",
    ),
    "control character": (
        f"{MINIMAL}owner: a\x01b\n",
        "1:1: LUN104: ",
    ),
    "unknown key like no other": (
        f"{MINIMAL}retry: {{zzz: 1}}\n",
        "3:9: LUN100: retry.zzz",
    ),
    "unknown preset like no other": (
        "platform: youtube\npreset: zzz\n",
        "2:9: LUN111: preset",
    ),
    "key twice in a section": (
        f"{MINIMAL}retry: {{attempts: 3, attempts: 4}}\n",
        "3:22: LUN106: ",
    ),
    "key that is no text": (f"{MINIMAL}? [a]\n: b\n", "3:3: LUN105: "),
    "merge key": (f"{MINIMAL}<<: {{}}\n", "3:1: LUN100: <<"),
    "fraction": (
        f"{MINIMAL}retry: {{attempts: 3.0}}\n",
        "3:19: LUN102: retry.attempts",
    ),
    "word where a number belongs": (
        f"{MINIMAL}retry: {{attempts: true}}\n",
        "3:19: LUN102: retry.attempts",
    ),
    "number too long to be one": (
        f"{MINIMAL}retry: {{attempts: {'9' * 20}}}\n",
        "3:19: LUN102: retry.attempts",
    ),
    "on where true belongs": (
        f"{MINIMAL}protected: on\n",
        "3:12: LUN102: protected",
    ),
    "quoted word where true belongs": (
        f'{MINIMAL}protected: "true"\n',
        "3:12: LUN102: protected",
    ),
    "number with underscore where true belongs": (
        f"{MINIMAL}protected: 1_000\n",
        "3:12: LUN102: protected",
    ),
    "bitrate of no AAC": (
        f"{MINIMAL}encoding: {{audio_bitrate_kbps: 100}}\n",
        "3:32: LUN103: encoding.audio_bitrate_kbps",
    ),
    "nothing where text belongs": (
        "platform:\npreset: 1080p30\n",
        "1:10: LUN102: platform",
    ),
    "list where text belongs": (
        "platform: [youtube]\npreset: 1080p30\n",
        "1:11: LUN102: platform",
    ),
    "nothing where a map belongs": (f"{MINIMAL}retry:\n", "3:7: LUN102: retry"),
    "text where a map of texts belongs": (
        f"{MINIMAL}tags: x\n",
        "3:7: LUN102: tags",
    ),
    "number in a map of texts": (
        f"{MINIMAL}tags: {{event: 5}}\n",
        "3:15: LUN102: tags.event",
    ),
    "parameter without slash": (
        f"{MINIMAL}stream_key: {{ssm: x}}\n",
        ("3:19: LUN103: stream_key.ssm"),
    ),
    "secret of two steps": (
        f"{MINIMAL}stream_key: {{config: a.b}}\n",
        "3:22: LUN103: stream_key.config",
    ),
    "a tag of ours by another case": (
        f"{MINIMAL}tags: {{stack: x}}\n",
        "3:7: LUN114: tags",
    ),
    "tags that differ by case": (
        f"{MINIMAL}tags: {{Team: x, team: y}}\n",
        "3:7: LUN114: tags",
    ),
    "too many tags": (
        f"{MINIMAL}tags: {{{', '.join(f't{number}: x' for number in range(44))}}}\n",
        "3:7: LUN114: tags",
    ),
    "tag of Amazon's": (
        f"{MINIMAL}tags: {{'AWS:x': y}}\n",
        "3:7: LUN114: tags",
    ),
    "tag that no service takes": (
        f"{MINIMAL}tags: {{x: 'a*'}}\n",
        ("3:7: LUN114: tags"),
    ),
    "half a character": (
        f'{MINIMAL}owner: "\\ud800"\n',
        "3:8: LUN105: ",
    ),
    "control character in a key": (
        f'{MINIMAL}"own\\0er": x\n',
        "3:1: LUN105: ",
    ),
    "tab after a colon": (
        f"{MINIMAL}owner:\tx\n",
        "3:7: LUN104: ",
    ),
    "long text": (
        f"{MINIMAL}owner: {'a' * 101}\n",
        "3:8: LUN103: owner",
    ),
    "alias of nothing": (f"{MINIMAL}owner: *a\n", "3:8: LUN105: "),
    "tag of YAML": (f"{MINIMAL}owner: !!str 5\n", "3:8: LUN105: "),
    "quote without end": (
        f'{MINIMAL}owner: "a\n',
        "4:1: LUN104: ",
    ),
    "above the platform's limit": (
        "platform: twitch\npreset: 1080p30\nencoding: {bitrate_kbps: 6001}\n",
        "3:26: LUN126: encoding.bitrate_kbps",
    ),
    "window of a misspelt day": (
        f"{WINDOWS}  - {{days: [mom], start: 09:00, stop: 10:00}}\n",
        ("6:13: LUN103: schedule.windows.0.days.0"),
    ),
    "unknown key in a window": (
        f"{WINDOWS}  - {{days: [mon], start: 09:00, stop: 10:00, end: 10:00}}\n",
        "6:46: LUN100: schedule.windows.0.end",
    ),
    "time with one digit": (
        f"{WINDOWS}  - {{days: [mon], start: 9:00, stop: 10:00}}\n",
        ("6:26: LUN103: schedule.windows.0.start"),
    ),
    "no windows": (
        f"{MINIMAL}schedule: {{timezone: UTC, windows: []}}\n",
        "3:36: LUN117: schedule.windows",
    ),
    "one window where a list belongs": (
        f"{MINIMAL}schedule: {{timezone: UTC, windows: {{days: [mon]}}}}\n",
        "3:36: LUN102: schedule.windows",
    ),
    "day that does not exist": (
        f"{MINIMAL}expires: 2026-02-30\n",
        "3:10: LUN103: expires",
    ),
    "moment where a day belongs": (
        f"{MINIMAL}expires: 2026-02-20T10:00:00Z\n",
        "3:10: LUN103: expires",
    ),
    "number where a day belongs": (
        f"{MINIMAL}expires: 20261231\n",
        "3:10: LUN103: expires",
    ),
    "previous name that is none": (
        f"{MINIMAL}previous_names: [Old_One]\n",
        "3:18: LUN103: previous_names.0",
    ),
    "previous name twice": (
        f"{MINIMAL}previous_names: [old, old]\n",
        "3:17: LUN103: previous_names",
    ),
    "second ingest without use": (
        f"{MINIMAL}backup_url: rtmp://host/app\n",
        "3:13: LUN125: backup_url",
    ),
    "width without height": (
        f"{MINIMAL}encoding: {{width_pixels: 640}}\n",
        "3:11: LUN119: encoding",
    ),
    "picture that is too large": (
        f"{MINIMAL}encoding: {{width_pixels: 3840, height_pixels: 2162}}\n",
        "3:11: LUN103: encoding",
    ),
    "odd height": (
        f"{MINIMAL}encoding: {{width_pixels: 640, height_pixels: 361}}\n",
        "3:46: LUN103: encoding.height_pixels",
    ),
    "deep nesting": (f"a: {'[' * 3000}{']' * 3000}", "1:23: LUN105: "),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_error_has_its_place_and_code(folder: Path, case: str) -> None:
    text, expected = WRONG[case]
    (folder / "one.yaml").write_text(text)
    assert briefs(folder) == [f"destinations/one.yaml:{expected}"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("platform: youtub\npreset: 1080p30\n", 'did you mean "youtube"?'),
        ("platform: youtube\npreset: 1080p3\n", 'did you mean "1080p30"?'),
        ("platform: youtube\npreset: zzz\n", "it can be 1080p23.976, 1080p24,"),
        (f"{MINIMAL}stat: running\n", 'did you mean "state"?'),
        (f"{MINIMAL}retry: {{zzz: 1}}\n", "it can be attempts, cache_seconds, interval_seconds,"),
    ],
)
def test_an_error_names_what_is_allowed(folder: Path, text: str, hint: str) -> None:
    (folder / "one.yaml").write_text(text)
    (diagnostic,) = refusal(folder)
    assert f"; {hint}" in diagnostic.message


@pytest.mark.parametrize("word", ["on", "1_000", "12:30", "2026-11-24", "0x10"])
def test_where_text_belongs_a_word_of_yaml_1_1_is_text(folder: Path, word: str) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}owner: {word}\n")
    assert load(folder).specs[0].owner == word


NO_URL, HIDDEN_KEY = "LUN112", "LUN113"
URLS = {
    "rtmp://someone:s3cr3t@host/app": HIDDEN_KEY,
    "rtmp://s3cr3t@host/app": HIDDEN_KEY,
    "rtmp://host/app?key=s3cr3t": HIDDEN_KEY,
    "rtmp://host/app#s3cr3t": HIDDEN_KEY,
    "rtmp://host/app/s3cr3t": HIDDEN_KEY,
    "rtmp://host/app/s3cr3t/": HIDDEN_KEY,
    "http://host/s3cr3t": NO_URL,
    "https://host/": NO_URL,
    "https://host/a/s3cr3t/": NO_URL,
    "https://someone:s3cr3t@host/a": HIDDEN_KEY,
    "https://host/a?cid=s3cr3t": HIDDEN_KEY,
    "https://host/a#s3cr3t": HIDDEN_KEY,
    "https://host/a?cid=s3cr-3ts3-cr3t-s3cr&x={key}": HIDDEN_KEY,
    "https://host/s3cr3ts3cr3ts3cr3ts3cr3t/a": HIDDEN_KEY,
    "https://host/{key}/{key}": HIDDEN_KEY,
    "https://host/{s3cr3t}/a": NO_URL,
    "s3://my-bucket/{key}": HIDDEN_KEY,
    "s3://my.s3cr3t/a": NO_URL,
    "s3://my-bucket": NO_URL,
    "srt://:5000/s3cr3t": HIDDEN_KEY,
    "host/s3cr3t": NO_URL,
    "rtmp://host/app s3cr3t": HIDDEN_KEY,
    "rtmp:///s3cr3t": NO_URL,
    "": NO_URL,
    "rtmp://host:s3cr3t/app": NO_URL,
    "rtmp://[s3cr3t/app": NO_URL,
    "rtmp://@host/app": HIDDEN_KEY,
    "rtmp://host/app?": HIDDEN_KEY,
    "rtmp://host/app#": HIDDEN_KEY,
    "rtmp://host/app%2Fs3cr3t": HIDDEN_KEY,
    "rtmp://host/app;s3cr3t": HIDDEN_KEY,
    "rtmp://host/app&s3cr3t": HIDDEN_KEY,
    "rtmp://ho_st/s3cr3t": NO_URL,
    "rtmp://host": NO_URL,
    "rtmp://host:0/app": NO_URL,
    "rtmp://1.2.3.999/app": NO_URL,
    "rtmp://a..b/app": NO_URL,
    "rtmp://a-.example.org/app": NO_URL,
    "rtmp://[::g]/app": NO_URL,
}


@pytest.mark.parametrize("url", URLS)
def test_a_url_that_may_hold_a_key_is_refused_and_not_repeated(folder: Path, url: str) -> None:
    (folder / "one.yaml").write_text(f'{MINIMAL}url: "{url}"\n')
    (diagnostic,) = refusal(folder)
    assert brief(diagnostic) == f"destinations/one.yaml:3:6: {URLS[url]}: url"
    assert "s3cr3t" not in str(diagnostic)


@pytest.mark.parametrize("host", ["203.0.113.9", "[2001:db8::1]", "a.b-c.example.org", "1host"])
def test_hosts_are_names_and_addresses(folder: Path, host: str) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}url: 'rtmp://{host}/app'\n")
    assert load(folder).specs[0].ingest_url == f"rtmp://{host}/app"


def test_a_url_is_kept_in_one_way_of_writing(folder: Path) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}url: RTMPS://Ingest.Example.org:443/Live2//\n")
    assert load(folder).specs[0].ingest_url == "rtmps://ingest.example.org:443/Live2"


NOT_A_FILE, NOT_A_NAME = "LUN107", "LUN108"
FILES = {
    "one.yml": NOT_A_FILE,
    "one.YAML": NOT_A_FILE,
    "notes.txt": NOT_A_FILE,
    "One.yaml": NOT_A_NAME,
    "one_two.yaml": NOT_A_NAME,
    "one.two.yaml": NOT_A_NAME,
    "one-.yaml": NOT_A_NAME,
    "a.yaml": NOT_A_NAME,
    "1one.yaml": NOT_A_NAME,
    "one\n.yaml": NOT_A_NAME,
    f"{'a' * 41}.yaml": NOT_A_NAME,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_name_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(MINIMAL)
    assert briefs(folder) == [f"destinations/{name}: {FILES[name]}: "]


@pytest.mark.parametrize("stem", ["a1", "a" * 40, "one-2-three"])
def test_a_name_within_the_limits_is_taken(folder: Path, stem: str) -> None:
    (folder / f"{stem}.yaml").write_text(MINIMAL)
    assert [spec.name for spec in load(folder).specs] == [stem]


def test_what_belongs_beside_the_files_is_not_read(folder: Path) -> None:
    for name in ("README.md", "schema.json", ".one.yaml.swp"):
        (folder / name).write_text("platform: nowhere")
    assert briefs(folder) == ["destinations: LUN109: "]
    (folder / "one.yaml").write_text(MINIMAL)
    assert [spec.name for spec in load(folder).specs] == ["one"]


def test_what_is_no_plain_file_is_refused(folder: Path) -> None:
    (folder / "real.yaml").write_text(MINIMAL)
    (folder / "link.yaml").symlink_to("real.yaml")
    (folder / "folder.yaml").mkdir()
    assert briefs(folder) == [
        "destinations/folder.yaml: LUN107: ",
        "destinations/link.yaml: LUN107: ",
    ]


def test_a_file_in_another_encoding_is_refused(folder: Path) -> None:
    (folder / "one.yaml").write_bytes(f"{MINIMAL}owner: ".encode() + b"\xfcber\n")
    assert briefs(folder) == ["destinations/one.yaml: LUN107: "]


def test_a_large_file_is_refused_unread(folder: Path) -> None:
    largest = MINIMAL + "#" * (64 * 1024 - len(MINIMAL))
    (folder / "one.yaml").write_text(largest)
    assert len(load(folder).specs) == 1
    (folder / "one.yaml").write_text(f"{largest}#")
    assert briefs(folder) == ["destinations/one.yaml: LUN107: "]


def test_a_file_that_cannot_be_read_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> bytes:
        raise PermissionError

    (folder / "one.yaml").write_text(MINIMAL)
    monkeypatch.setattr("catalog.plain_file.read", denied)
    assert briefs(folder) == ["destinations/one.yaml: LUN107: "]


def test_an_empty_or_missing_folder_is_refused(folder: Path) -> None:
    assert briefs(folder) == ["destinations: LUN109: "]
    assert briefs(Path("elsewhere")) == ["elsewhere: LUN109: "]


def test_all_errors_of_all_files_come_at_once_and_sorted(folder: Path) -> None:
    (folder / "b1.yaml").write_text("platform: nowhere\npreset: nothing\nstate: off\n")
    (folder / "a1.yaml").write_text("platform: youtube\n")
    (folder / "c1.yml").write_text(MINIMAL)
    assert [str(diagnostic.where) for diagnostic in refusal(folder)] == [
        "destinations/a1.yaml:1:1",
        "destinations/b1.yaml:1:11",
        "destinations/b1.yaml:2:9",
        "destinations/b1.yaml:3:8",
        "destinations/c1.yml",
    ]


def test_two_errors_of_one_file_stand_in_the_order_of_their_places(folder: Path) -> None:
    (folder / "one.yaml").write_text("preset: nothing\nowner: 42\nplatform: youtub\n")
    assert [str(diagnostic.where) for diagnostic in refusal(folder)] == [
        "destinations/one.yaml:1:9",
        "destinations/one.yaml:2:8",
        "destinations/one.yaml:3:11",
    ]


def test_files_are_compared_even_where_another_is_broken(folder: Path) -> None:
    (folder / "a1.yaml").write_text(f"{MINIMAL}stream_key: {{config: shared}}\n")
    (folder / "b1.yaml").write_text(f"{MINIMAL}stream_key: {{config: shared}}\n")
    (folder / "c1.yaml").write_text("platform: youtube\n")
    assert briefs(folder) == [
        "destinations/b1.yaml:3:13: LUN130: stream_key",
        "destinations/c1.yaml:1:1: LUN101: preset",
    ]


def test_a_session_bound_platform_is_a_warning_and_no_error(folder: Path) -> None:
    (folder / "one.yaml").write_text("platform: twitch\npreset: 1080p30\n")
    (warning,) = load(folder).warnings
    assert brief(warning) == "destinations/one.yaml:1:11: LUN143: platform"
    assert str(warning).startswith("destinations/one.yaml:1:11: LUN143: platform: Twitch ends")


def test_after_its_last_day_a_destination_is_declared_stopped(folder: Path) -> None:
    (folder / "one.yaml").write_text("platform: twitch\npreset: 1080p30\nexpires: 2026-06-15\n")
    last = load(folder, today=dt.date(2026, 6, 15))
    over = load(folder, today=dt.date(2026, 6, 16))
    assert (last.specs[0].state, over.specs[0].state) == ("running", "stopped")
    expiry = "destinations/one.yaml:3:10: LUN140: expires"
    assert list(map(brief, last.warnings)) == [
        "destinations/one.yaml:1:11: LUN143: platform",
        expiry,
    ]
    assert list(map(brief, over.warnings)) == [expiry]


def test_a_flow_that_the_stack_lacks_is_refused_at_its_place(folder: Path) -> None:
    (folder / "one.yaml").write_text(f"{MINIMAL}flow: [main, bakcup]\n")
    assert [spec.name for spec in load(folder, flows={"main", "bakcup"}).specs] == ["one"]
    with pytest.raises(DestinationValidationError) as caught:
        load(folder, flows={"main", "backup"})
    (diagnostic,) = caught.value.diagnostics
    assert brief(diagnostic).endswith("one.yaml:3:7: LUN205: flow")
    assert "backup" in diagnostic.message
