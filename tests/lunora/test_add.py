"""`lunora add`: a file and a secret, or nothing at all; and what there is to choose from."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from catalog.loader import load
from catalog.platforms import platforms
from catalog.presets import presets
from tests.support.stage import configure, run

KEY = "sk-made-up-for-the-test"
FILE = Path("destinations/one.yaml")


@pytest.fixture
def pulumi(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a `pulumi` on PATH that writes down its arguments and its standard input."""
    configure(project, "http://127.0.0.1:1")
    tool = project / "bin/pulumi"
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$@" > args.txt\ncat > stdin.txt\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    return tool


def test_it_asks_writes_the_file_and_stores_the_key(pulumi: Path) -> None:
    result = run("add", "one", "--stack", "local", stdin=f"twitch\n720p30\n{KEY}\n")
    assert result.exit_code == 0, result.output
    (spec,) = load(FILE.parent).specs
    assert (spec.platform, spec.preset, spec.url) == ("twitch", "720p30", None)
    assert Path("args.txt").read_text().split() == [
        *("config", "set", "--secret", "--path", "lunora-player:streamKeys.one"),
        *("--stack", "local", "--non-interactive"),
    ]
    assert Path("stdin.txt").read_text() == KEY
    assert KEY not in result.output
    assert KEY not in FILE.read_text()


def test_it_asks_for_the_ingest_only_where_there_is_no_common_one(pulumi: Path) -> None:
    words = ("add", "one", "--stack", "local", "--platform", "custom", "--preset", "720p30")
    result = run(*words, stdin=f"rtmp://host/app\n{KEY}\n")
    assert result.exit_code == 0, result.output
    assert load(FILE.parent).specs[0].url == "rtmp://host/app"


def test_a_program_gives_all_it_would_be_asked(pulumi: Path) -> None:
    words = ("--platform", "kick", "--preset", "720p30", "--url", "rtmps://host/app", "--key-stdin")
    result = run("add", "one", "--stack", "local", *words, stdin=f"{KEY}\n")
    assert result.stdout.startswith("destinations/one.yaml is written")
    assert Path("stdin.txt").read_text() == KEY


def test_a_key_on_stdin_is_never_taken_for_an_answer(pulumi: Path) -> None:
    words = ("add", "one", "--stack", "local", "--key-stdin")
    result = run(*words, "--platform", "twitch", stdin=f"{KEY}\n")
    assert result.exit_code == 0, result.output
    assert load(FILE.parent).specs[0].preset == "1080p30"
    assert Path("stdin.txt").read_text() == KEY
    refused = run("add", "two", *words[2:], stdin=f"{KEY}\n")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("LUN400: ")


def test_a_wrong_answer_is_asked_again(pulumi: Path) -> None:
    result = run("add", "one", "--stack", "local", stdin=f"twich\ntwitch\n720\n720p30\n{KEY}\n")
    assert result.exit_code == 0, result.output
    assert "twitch" in result.stderr.partition("Platform")[2]
    assert load(FILE.parent).specs[0].platform == "twitch"


def test_flow_state_and_owner_are_options_and_the_cost_is_shown(pulumi: Path) -> None:
    words = ("--flow", "main", "--state", "stopped", "--owner", "Ada")
    result = run("add", "one", *PLAIN, *words, stdin=KEY)
    assert result.exit_code == 0, result.output
    (spec,) = load(FILE.parent).specs
    assert (spec.flow, spec.state, spec.owner) == ("main", "stopped", "Ada")
    assert "a month" in result.stdout


def test_an_existing_parameter_needs_no_key(pulumi: Path) -> None:
    words = ("--platform", "twitch", "--preset", "720p30", "--ssm", "/shared/key")
    result = run("add", "one", "--stack", "local", *words)
    assert result.exit_code == 0, result.output
    assert load(FILE.parent).specs[0].stream_key.ssm == "/shared/key"
    assert not Path("args.txt").exists()


PLAIN = ("--stack", "local", "--platform", "twitch", "--preset", "720p30", "--key-stdin")


def test_a_file_that_is_there_is_left_alone(pulumi: Path) -> None:
    FILE.write_text("platform: youtube\npreset: 480p30\n")
    result = run("add", "one", *PLAIN, stdin=KEY)
    assert result.exit_code == 2
    assert result.stderr.startswith("destinations/one.yaml: LUN407: ")
    assert FILE.read_text() == "platform: youtube\npreset: 480p30\n"
    assert not Path("args.txt").exists()


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("One", PLAIN, "LUN108"),
        ("../one", PLAIN, "LUN108"),
        ("one", (*PLAIN, "--preset", "720p3"), "LUN111: preset: "),
        ("one", (*PLAIN, "--preset", "auto"), "LUN220: preset: "),
        ("one", (*PLAIN, "--url", "rtmp://host/app/s3cr3t"), "LUN113: url: "),
        ("one", (*PLAIN, "--url", 'rtmp://host/"\\'), "LUN112: url: "),
        ("one", (*PLAIN, "--folder", "nowhere"), "LUN402: "),
    ],
)
def test_what_is_wrong_leaves_nothing_behind(
    pulumi: Path, name: str, words: tuple[str, ...], sentence: str
) -> None:
    result = run("add", name, *words, stdin=KEY)
    assert result.exit_code == 2
    assert sentence in result.stderr or "has an application" in result.stderr
    assert "s3cr3t" not in result.output
    assert list(FILE.parent.glob("*.yaml")) == []
    assert not Path("args.txt").exists()


@pytest.mark.parametrize("key", ["", "two words", "rtmp://host/app/k"])
def test_what_is_no_key_is_refused_and_not_repeated(pulumi: Path, key: str) -> None:
    result = run("add", "one", *PLAIN, stdin=f"{key}\n")
    assert result.exit_code == 2
    assert result.stderr.startswith("LUN406: ")
    assert not FILE.exists()


def test_a_key_that_pulumi_does_not_take_leaves_no_file(pulumi: Path) -> None:
    pulumi.write_text('#!/bin/sh\nread key\necho "error: no stack local for $key" >&2\nexit 1\n')
    result = run("add", "one", *PLAIN, stdin=f"{KEY}\n")
    assert result.exit_code == 1
    assert result.stderr == "LUN410: `pulumi config set` failed: no stack local for ***\n"
    assert not FILE.exists()


def test_without_pulumi_there_is_one_sentence(pulumi: Path) -> None:
    pulumi.unlink()
    result = run("add", "one", *PLAIN, stdin=f"{KEY}\n")
    assert (result.exit_code, FILE.exists()) == (1, False)
    assert result.stderr.startswith("LUN411: ")


def test_every_platform_and_preset_is_shown() -> None:
    shown = run("platforms").stdout
    assert all(key in shown for key in platforms())
    assert "no: a key" in " ".join(shown.split())
    shown = run("presets").stdout
    assert all(key in shown for key in presets())


def test_programs_get_every_fact_with_its_source() -> None:
    document = json.loads(run("platforms", "--json").stdout)
    assert document["platforms"].keys() == platforms().keys()
    facebook = document["platforms"]["facebook"]
    assert (facebook["max_video_kbps"], facebook["is_always_on"]) == (9000, False)
    assert facebook["read_in"].keys() <= document["sources"].keys()
    assert json.loads(run("presets", "--json").stdout)["720p30"]["height"] == 720


SRT = ("--platform", "custom", "--url", "srt://203.0.113.9:9000", "--key-stdin")


def test_srt_gets_the_secrets_that_were_given_and_no_channel(pulumi: Path) -> None:
    pulumi.write_text('#!/bin/sh\necho "$5" >> args.txt\ncat >> stdin.txt\n')
    phrase = "made-up phrase"
    result = run("add", "one", "--stack", "local", *SRT, stdin=f"{KEY}\n{phrase}\n")
    assert result.exit_code == 0, result.output
    (spec,) = load(FILE.parent).specs
    assert (spec.route, spec.preset, spec.has_key) == ("flow", None, True)
    assert spec.srt.passphrase is not None
    names = Path("args.txt").read_text().split()
    assert names == ["lunora-player:streamKeys.one", "lunora-player:passphrases.one"]
    assert Path("stdin.txt").read_text() == KEY + phrase
    for shown in (result.output, FILE.read_text()):
        assert KEY not in shown
        assert phrase not in shown


def test_srt_needs_neither_and_rtp_has_none(pulumi: Path) -> None:
    result = run("add", "one", "--stack", "local", *SRT, stdin="\n\n")
    assert result.exit_code == 0, result.output
    words = ("--platform", "custom", "--url", "rtp://203.0.113.9:5000")
    result = run("add", "two", "--stack", "local", *words)
    assert result.exit_code == 0, result.output
    first, second = load(FILE.parent).specs
    assert (first.has_key, first.srt.passphrase, second.route) == (False, None, "flow")
    assert not Path("args.txt").exists()


@pytest.mark.parametrize("secrets", ["an id\n\n", "\nshort\n"], ids=["stream id", "passphrase"])
def test_a_secret_that_srt_would_not_take_leaves_nothing(pulumi: Path, secrets: str) -> None:
    result = run("add", "one", "--stack", "local", *SRT, stdin=secrets)
    assert result.exit_code == 2
    assert result.stderr.startswith("LUN406: ")
    assert not FILE.exists()


def test_all_lines_of_a_pipe_are_read(pulumi: Path) -> None:
    pulumi.write_text("#!/bin/sh\ncat >> stdin.txt\n")
    phrase = "made-up phrase"
    command = [sys.executable, "-m", "lunora", "add", "one", "--stack", "local", *SRT]
    done = subprocess.run(command, input=f"{KEY}\n{phrase}\n".encode(), check=False)  # noqa: S603 - our own words
    assert done.returncode == 0
    assert Path("stdin.txt").read_text() == KEY + phrase


def _add(number: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "lunora", "add", f"stage-{number}", *PLAIN],
        input=f"{KEY}-{number}\n",
        capture_output=True,
        text=True,
        check=False,
    )


def test_four_at_once_keep_four_keys(pulumi: Path) -> None:
    # Like Pulumi it reads the file, changes it and writes it back; two at once are told.
    pulumi.write_text(
        "#!/bin/sh\n"
        "mkdir busy || { echo 'error: two at once' >&2; exit 1; }\n"
        "read -r key\n"
        "former=$(cat keys.txt 2>/dev/null)\n"
        'printf "%s\\n%s" "$former" "$key" > keys.txt\n'
        "rmdir busy\n"
    )
    with ThreadPoolExecutor() as pool:
        ended = list(pool.map(_add, range(4)))
    assert [process.returncode for process in ended] == [0] * 4, ended
    assert sorted(Path("keys.txt").read_text().split()) == [f"{KEY}-{n}" for n in range(4)]
    assert len(load(FILE.parent).specs) == 4
