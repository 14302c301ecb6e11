"""The verbs: what they print where, and their exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from typer.testing import Result

from tests.support.stage import configure, run


def said(result: Result) -> str:
    """Return the one sentence on stderr, after nothing on stdout."""
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    return line


def test_valid_files_are_counted(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\npreset: 1080p30\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (0, "1 destinations are valid\n")
    assert result.stderr.startswith("destinations/one.yaml:1:11: platform: Twitch ends")


def test_a_wrong_file_is_exit_code_two_and_nothing_on_stdout(project: Path) -> None:
    (project / "destinations/one.yaml").write_text("platform: twitch\n")
    result = run("validate")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "destinations/one.yaml:1:1: preset: is required\n"


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
    assert run("validate", "elsewhere").stdout == "1 destinations are valid\n"


def test_a_missing_folder_is_one_sentence(project: Path) -> None:
    result = run("validate", "nowhere")
    assert result.exit_code == 2
    assert said(result) == "nowhere: there is no such folder; run this in the project"


@pytest.mark.parametrize(
    ("file", "text", "sentence"),
    [
        pytest.param(
            "Pulumi.local.yaml",
            None,
            "Pulumi.local.yaml does not exist; run the command in the project's folder",
            id="no stack file",
        ),
        pytest.param(
            "Pulumi.yaml",
            None,
            "Pulumi.yaml does not exist; run the command in the project's folder",
            id="no project file",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: [",
            "Pulumi.local.yaml is not valid YAML; correct it",
            id="broken stack file",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config:\n",
            "Pulumi.local.yaml: aws:region is missing; set it with `pulumi config`",
            id="no region",
        ),
        pytest.param(
            "Pulumi.yaml",
            "runtime: python\n",
            "Pulumi.yaml: name is missing; give the project its name",
            id="project without name",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: here\n",
            "Pulumi.local.yaml: config is no map of keys; correct it",
            id="configuration that is no map",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: {aws:region: us-west-2, lunora-player:endpoint: 4566}\n",
            "Pulumi.local.yaml: lunora-player:endpoint is no address; write it as"
            " http://127.0.0.1:4566",
            id="endpoint that is no address",
        ),
        pytest.param(
            "Pulumi.local.yaml",
            "config: {aws:region: us-west-2, lunora-player:endpoint: 'http://[::1'}\n",
            "Pulumi.local.yaml: lunora-player:endpoint is no address; write it as"
            " http://127.0.0.1:4566",
            id="endpoint that is half an address",
        ),
    ],
)
def test_a_stack_that_cannot_be_read_is_one_sentence(
    project: Path, file: str, text: str | None, sentence: str
) -> None:
    configure(project, "http://127.0.0.1:1")
    (project / file).unlink()
    if text is not None:
        (project / file).write_text(text)
    result = run("status", "--stack", "local")
    assert result.exit_code == 2
    assert said(result) == sentence


def test_a_stack_file_of_another_encoding_is_one_sentence(project: Path) -> None:
    (project / "Pulumi.local.yaml").write_bytes(b"\xff\xfe")
    result = run("status", "--stack", "local")
    assert result.exit_code == 2
    assert said(result) == "Pulumi.local.yaml is not a readable text file; correct it"


def test_a_folder_in_the_place_of_a_stack_file_is_one_sentence(project: Path) -> None:
    (project / "Pulumi.local.yaml").mkdir()
    result = run("status", "--stack", "local")
    assert result.exit_code == 2
    assert said(result) == "Pulumi.local.yaml is not a readable text file; correct it"


@pytest.mark.parametrize(
    ("readme", "sentence"),
    [
        (None, "is not there or no text; name the folder that has it"),
        ("# Keys\n", "the two comments around the table of keys are missing; put them back"),
    ],
)
def test_a_schema_without_its_readme_is_one_sentence(
    project: Path, readme: str | None, sentence: str
) -> None:
    if readme is not None:
        (project / "destinations/README.md").write_text(readme)
    result = run("schema")
    assert result.exit_code == 2
    assert said(result) == f"destinations/README.md: {sentence}"
    assert not (project / "destinations/schema.json").exists()


def test_an_aws_that_does_not_answer_is_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A reserved port that nothing listens on, and retries that do not wait.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    (project / "destinations").rmdir()
    configure(project, "http://127.0.0.1:1")
    result = run("status", "--stack", "local")
    assert result.exit_code == 1
    assert said(result).startswith("AWS does not answer as it should: Could not connect")


def test_an_aws_that_refuses_is_one_sentence(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListChannels")

    configure(project, "http://127.0.0.1:1")
    monkeypatch.setattr("lunora.commands.operate.overview", refused)
    monkeypatch.setattr("lunora.commands.operate.declared", lambda _: None)
    result = run("status")
    assert result.exit_code == 1
    assert said(result).startswith("AWS does not answer as it should: An error occurred (Acc")
