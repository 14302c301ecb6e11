"""The files of a stack are read as Pulumi reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog.errors import LunoraError
from catalog.stack_files import StackFiles, stack_file

REGION = "  aws:region: us-west-2\n"


def project(folder: Path, *, settings: str = "", shared: str = "", place: str = "") -> Path:
    """Write a project with the stack `prod`."""
    (folder / "Pulumi.yaml").write_text(f"name: renamed\n{shared}")
    (folder / place).mkdir(exist_ok=True)
    (folder / place / "Pulumi.prod.yaml").write_text(f"config:\n{settings}")
    return folder


@pytest.mark.parametrize("stack", ["prod", "organization/renamed/prod"])
def test_the_namespace_is_the_same_whatever_the_project_is_called(
    tmp_path: Path, stack: str
) -> None:
    settings = f"{REGION}  lunora-player:flows: {{main: {{name: x}}}}\n"
    files = StackFiles.read(project(tmp_path, settings=settings), stack)
    assert (files.project, files.stack) == ("renamed", "prod")
    assert files.settings().flows["main"].name == "x"


def test_json_and_numbers_are_read_as_pulumi_hands_them_on(tmp_path: Path) -> None:
    settings = (
        f'{REGION}  lunora-player:flows: \'{{"main": {{"name": "x"}}}}\'\n'
        "  lunora-player:monthlyBudgetUsd: 600\n  lunora-player:dryRun: true\n"
    )
    values = StackFiles.read(project(tmp_path, settings=settings), "prod").settings()
    assert values.flows["main"].name == "x"
    assert (values.monthly_budget_usd, values.dry_run) == (600, True)


@pytest.mark.parametrize(
    "shared",
    [
        "config:\n  aws:region: eu-west-1\n  lunora-player:dryRun: true\n",
        "config:\n  aws:region: {value: eu-west-1}\n  lunora-player:dryRun: {value: true}\n",
    ],
)
def test_the_project_gives_defaults(tmp_path: Path, shared: str) -> None:
    settings = StackFiles.read(project(tmp_path, shared=shared), "prod").settings()
    assert (settings.region, settings.dry_run) == ("eu-west-1", True)
    own = project(tmp_path, shared=shared, settings=f"{REGION}  lunora-player:dryRun: false\n")
    settings = StackFiles.read(own, "prod").settings()
    assert (settings.region, settings.dry_run) == ("us-west-2", False)


def test_the_project_of_our_name_gives_typed_defaults(tmp_path: Path) -> None:
    shared = "config:\n  dryRun: {type: boolean, default: true}\n  endpoint: {type: string}\n"
    folder = project(tmp_path, settings=REGION)
    (folder / "Pulumi.yaml").write_text(f"name: lunora-player\n{shared}")
    assert StackFiles.read(folder, "prod").settings().dry_run


@pytest.mark.parametrize("key", ["stackConfigDir", "config"])
def test_stack_files_may_have_a_folder_of_their_own(tmp_path: Path, key: str) -> None:
    folder = project(tmp_path, settings=REGION, shared=f"{key}: stacks\n", place="stacks")
    assert stack_file(folder, "prod") == folder / "stacks/Pulumi.prod.yaml"
    assert StackFiles.read(folder, "prod").settings().region == "us-west-2"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("  lunora-player:streamKeys: {one: made-up-key}\n", "LUN203"),
        ('  lunora-player:passphrases: \'{"one": "made-up-key"}\'\n', "LUN203"),
        ("  lunora-player:monthlyBudgetUSD: 1\n", "LUN201"),
        ("  lunora-player:endpoint: 4566\n", "LUN200"),
        ("  lunora-player:flows: {secure: v1:x}\n", "LUN200"),
    ],
)
def test_wrong_settings_name_the_file(tmp_path: Path, settings: str, code: str) -> None:
    files = StackFiles.read(project(tmp_path, settings=REGION + settings), "prod")
    with pytest.raises(LunoraError) as error:
        files.settings()
    assert error.value.code == code
    assert error.value.where is not None
    assert error.value.where.path == files.path
    assert "made-up-key" not in str(error.value)


def test_encrypted_settings_that_the_command_does_not_read_are_left_to_pulumi(
    tmp_path: Path,
) -> None:
    encrypted = "{secure: v1:x}"
    settings = (
        f"{REGION}  lunora-player:streamKeys: {{one: {encrypted}}}\n"
        f"  lunora-player:alertEmails: [{encrypted}]\n"
    )
    values = StackFiles.read(project(tmp_path, settings=settings), "prod").settings()
    assert (values.stream_keys, values.alert_emails) == ({}, [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Pulumi.prod.yaml", None),
        ("Pulumi.prod.yaml", "config: ["),
        ("Pulumi.prod.yaml", "config: here\n"),
        ("Pulumi.yaml", None),
        ("Pulumi.yaml", "runtime: python\n"),
    ],
)
def test_an_unreadable_file_is_named(tmp_path: Path, name: str, text: str | None) -> None:
    folder = project(tmp_path, settings=REGION)
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    with pytest.raises(LunoraError) as error:
        StackFiles.read(folder, "prod")
    assert error.value.code == "LUN204"
    assert str(error.value).startswith(str(folder / name))


@pytest.mark.parametrize("key", ["aws:region", "lunora-player:flows", "lunora-player:endpoint"])
def test_a_setting_that_commands_read_is_not_encrypted(tmp_path: Path, key: str) -> None:
    valid = {"aws:region": "us-west-2", "lunora-player:flows": "{main: {name: x}}"}
    lines = {**valid, key: "{secure: v1:abc}"}
    settings = "".join(f"  {name}: {value}\n" for name, value in lines.items())
    with pytest.raises(LunoraError, match=r"\bLUN200\b"):
        StackFiles.read(project(tmp_path, settings=settings), "prod").settings()
