"""Output and exit codes of the commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError
from typer.testing import Result

from catalog.errors import codes_in, error_codes
from lunora.aws_errors import aws_error
from tests.support.stage import configure, run


def error_line(result: Result) -> str:
    """Return the one line on stderr, after nothing on stdout."""
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_valid_files_are_counted(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\npreset: 1080p30\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (0, "1 destination is valid\n")
    assert result.stderr.startswith("destinations/one.yaml:1:11: LUN143: platform: ")


def test_a_wrong_file_is_exit_code_two_and_nothing_on_stdout(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("destinations/one.yaml:1:1: LUN101: preset: ")


def test_all_wrong_files_are_told_at_once(project: Path) -> None:
    for name in ("one", "two"):
        (project / f"destinations/{name}.yaml").write_text("platform: nowhere\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert [line.split(" ")[0] for line in result.stderr.splitlines()] == [
        "destinations/one.yaml:1:1:",
        "destinations/one.yaml:1:11:",
        "destinations/two.yaml:1:1:",
        "destinations/two.yaml:1:11:",
    ]


def test_another_folder_can_be_checked(project: Path) -> None:
    (project / "elsewhere").mkdir()
    (project / "elsewhere/one.yaml").write_text("platform: restream\npreset: 1080p30\n")
    assert run("validate", "elsewhere").stdout == "1 destination is valid\n"


def test_a_stack_may_have_a_folder_of_its_own(project: Path) -> None:
    configure(project, "http://127.0.0.1:9")
    with (project / "Pulumi.local.yaml").open("a") as file:
        file.write("  lunora-player:destinations: stages/west\n")
    (project / "stages/west").mkdir(parents=True)
    assert run("validate").stdout == "0 destinations are valid\n"
    (project / "stages/west/one.yaml").write_text("platform: restream\npreset: 1080p30\n")
    assert run("validate").stdout == "1 destination is valid\n"
    assert [*json.loads(run("cost", "--json").stdout)["destinations"]] == ["one"]


def test_a_missing_folder_is_one_sentence(project: Path) -> None:
    result = run("validate", "nowhere")
    assert result.exit_code == 2
    assert error_line(result).startswith("nowhere: LUN109: ")


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        pytest.param(
            "Pulumi.local.yaml",
            None,
            "LUN204",
            id="no stack file",
        ),
        pytest.param(
            "Pulumi.yaml",
            None,
            "LUN204",
            id="no project file",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: [",
            "LUN204",
            id="broken stack file",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config:\n",
            "LUN202",
            id="no region",
        ),
        pytest.param(
            "Pulumi.yaml",
            "runtime: python\n",
            "LUN204",
            id="project without name",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: here\n",
            "LUN204",
            id="configuration that is no map",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: {aws:region: us-west-2, lunora-player:endpoint: 4566}\n",
            "LUN200",
            id="endpoint that is no address",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: {aws:region: us-west-2, lunora-player:endpoint: 'http://[::1'}\n",
            "LUN200",
            id="endpoint that is half an address",
        ),
    ],
)
def test_a_stack_that_cannot_be_read_is_one_sentence(
    project: Path, file: str, text: str | None, code: str
) -> None:
    configure(project, "http://127.0.0.1:1")
    (project / file).unlink()
    if text is not None:
        (project / file).write_text(text)
    result = run("status", "--stack", "local")
    assert result.exit_code == 2
    assert codes_in(error_line(result)) == (code,)


def test_a_stack_file_of_another_encoding_is_one_sentence(project: Path) -> None:
    (project / "Pulumi.local.yaml").write_bytes(b"\xff\xfe")
    result = run("status", "--stack", "local")
    assert result.exit_code == 2
    assert codes_in(error_line(result)) == ("LUN204",)


def test_a_folder_in_the_place_of_a_stack_file_is_one_sentence(project: Path) -> None:
    (project / "Pulumi.local.yaml").mkdir()
    result = run("status", "--stack", "local")
    assert result.exit_code == 2
    assert codes_in(error_line(result)) == ("LUN204",)


@pytest.mark.parametrize(
    "readme", [None, "# Keys\n"], ids=["no file", "no comments around the table"]
)
def test_a_schema_needs_its_readme(project: Path, readme: str | None) -> None:
    if readme is not None:
        (project / "destinations/README.md").write_text(readme)
    result = run("schema")
    assert result.exit_code == 2
    assert "destinations/README.md: " in error_line(result)
    assert not (project / "destinations/schema.json").exists()


def test_an_emulator_that_does_not_run_has_a_remedy(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A reserved port that nothing listens on, and retries that do not wait.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    (project / "destinations").rmdir()
    configure(project, "http://127.0.0.1:1")
    result = run("status", "--stack", "local")
    assert result.exit_code == 1
    line = error_line(result)
    assert line.startswith("LUN415: ")
    assert line.endswith("run `make up`")


def test_denied_access_is_one_line(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListChannels")

    configure(project, "http://127.0.0.1:1")
    monkeypatch.setattr("lunora.commands.status.overview", refused)
    monkeypatch.setattr("lunora.commands.status.declared_if_valid", lambda *_: (None, None))
    result = run("status")
    assert result.exit_code == 1
    assert error_line(result).startswith("LUN416: ")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.NoCredentialsError(), "LUN413"),
        (exceptions.ProfileNotFound(profile="nope"), "LUN413"),
        (exceptions.SSOTokenLoadError(error_msg="no token"), "LUN413"),
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "ListFlows"), "LUN413"),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "ListFlows"), "LUN416"),
        (ClientError({"Error": {"Code": "NotFoundException"}}, "ListFlows"), "LUN417"),
        (exceptions.DataNotFoundError(data_path="x"), "LUN417"),
        (exceptions.EndpointConnectionError(endpoint_url="https://aws.example"), "LUN414"),
        (exceptions.ReadTimeoutError(endpoint_url="https://aws.example"), "LUN414"),
        (exceptions.EndpointConnectionError(endpoint_url="http://127.0.0.1:4566/x"), "LUN415"),
    ],
)
def test_an_error_of_aws_has_a_code_by_its_cause(
    error: ClientError | BotoCoreError, code: str
) -> None:
    assert aws_error(error).code == code


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["flow"], "lunora flows"),
        (["adopt", "--look"], "adopt --dry-run"),
        (["version"], "lunora --version"),
    ],
)
def test_a_former_name_has_the_new_one_as_its_remedy(
    project: Path, words: list[str], name: str
) -> None:
    result = run(*words)
    assert result.exit_code == 2
    line = error_line(result)
    assert line.startswith("LUN401: ")
    assert name in line


@pytest.mark.parametrize("words", [["-h"], ["status", "-h"], ["prices", "refresh", "-h"]])
def test_every_command_has_short_help(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_the_package_is_a_command() -> None:
    command = [sys.executable, "-m", "lunora", "--version"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert result.returncode == 0
    assert result.stdout.startswith("lunora ")


def test_the_shell_completes_destinations_and_stacks(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, "http://127.0.0.1:1")
    text = "platform: twitch\npreset: 720p30\ntags: {event: launch}\n"
    (project / "destinations/evening-show.yaml").write_text(text)
    monkeypatch.setenv("_LUNORA_COMPLETE", "complete_bash")
    for words, completed in (
        ("lunora stop eve", "evening-show"),
        ("lunora status --stack l", "local"),
        ("lunora start --tag ev", "event=launch"),
        ("lunora flo", "flows"),
    ):
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
        assert run(prog_name="lunora").stdout.split() == [completed]


def test_every_code_of_the_command_is_raised() -> None:
    codes = [code for code in error_codes() if "LUN400" <= code < "LUN450"]
    source = "".join(path.read_text() for path in Path(__file__).parents[2].glob("lunora/**/*.py"))
    assert [code for code in codes if code not in source] == []


def test_a_flow_that_the_stack_lacks_is_told_without_a_preview(project: Path) -> None:
    (project / "destinations/one.yaml").write_text(
        "platform: restream\npreset: 1080p30\nflow: backup\n"
    )
    assert run("validate").exit_code == 0
    configure(project, "http://127.0.0.1:1")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("destinations/one.yaml:3:7: LUN205: flow: ")
