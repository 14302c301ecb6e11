"""Which engine is taken, and what the folder of commands then holds."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

import pytest

from localaws.engine import build, obtain


def command(folder: Path, name: str, prints: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{prints}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH is one empty folder; returns that folder."""
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(obtain, "_official_engine", lambda _: None)
    return tmp_path / "path"


@pytest.mark.parametrize(
    ("printed", "version"),
    [
        ("v3.220.0\n", "3.220.0"),
        ("3.221.1", "3.221.1"),
        ("v3.220.0-dev.0", "3.220.0"),
        ("no version", None),
        ("", None),
    ],
)
def test_the_version_that_an_engine_prints(printed: str, version: str | None) -> None:
    parsed = obtain.parsed_version(printed)
    assert (None if parsed is None else str(parsed)) == version


@pytest.mark.parametrize(
    ("version", "has_host", "taken"),
    [
        ("v3.220.0", True, True),
        ("v3.300.1", True, True),
        ("v3.219.9", True, False),
        ("v3.220.0", False, False),
    ],
)
def test_an_installed_engine_is_taken_when_new_and_whole(
    tmp_path: Path, version: str, *, has_host: bool, taken: bool
) -> None:
    engine = command(tmp_path, "pulumi", version)
    if has_host:
        command(tmp_path, "pulumi-language-python")
    assert obtain.installed_engine(str(tmp_path)) == (engine if taken else None)


def test_the_official_aws_plugin_is_found_on_path_and_among_plugins(tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    assert not obtain.has_official_aws_plugin(str(tmp_path), plugins)
    command(plugins / "resource-aws-v6.1.0", "pulumi-resource-aws")
    assert not obtain.has_official_aws_plugin(str(tmp_path), plugins)
    command(plugins / "resource-aws-v7.1.0", "pulumi-resource-aws")
    assert obtain.has_official_aws_plugin(str(tmp_path), plugins)
    command(tmp_path, "pulumi-resource-aws")
    assert obtain.has_official_aws_plugin(str(tmp_path), tmp_path / "none")


def test_a_built_engine_comes_with_our_language_host_and_the_stand_in(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "built"
    for name in ("pulumi", build.PYTHON_EXEC, build.DYNAMIC_HOST):
        command(made, name, "v3.220.0")
    monkeypatch.setattr(build, "built_engine", lambda _: made)
    folder = tmp_path / "bin"
    command(folder, "left-from-an-earlier-setup")
    said = obtain.fill(folder, lambda _: None)
    assert said.endswith("AWS resources by the stand-in plugin")
    assert {path.name for path in folder.iterdir()} == {
        "pulumi",
        build.PYTHON_EXEC,
        build.DYNAMIC_HOST,
        "pulumi-language-python",
        "pulumi-resource-aws",
    }
    assert (folder / "pulumi").resolve() == made / "pulumi"


def test_an_installed_engine_and_plugin_are_left_as_they_are(
    tmp_path: Path, nothing_installed: Path
) -> None:
    for name in ("pulumi", "pulumi-language-python", "pulumi-resource-aws"):
        command(nothing_installed, name, "v3.221.0")
    said = obtain.fill(tmp_path / "bin", lambda _: None)
    assert said.endswith("the official AWS plugin is installed")
    assert [path.name for path in (tmp_path / "bin").iterdir()] == ["pulumi"]


def test_what_an_earlier_setup_made_is_no_installed_engine(
    tmp_path: Path, nothing_installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    for name in ("pulumi", "pulumi-language-python"):
        command(folder, name, "v3.221.0")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    made = tmp_path / "built"
    for name in ("pulumi", build.PYTHON_EXEC, build.DYNAMIC_HOST):
        command(made, name)
    monkeypatch.setattr(build, "built_engine", lambda _: made)
    assert str(made) in obtain.fill(folder, lambda _: None)


def test_the_commands_it_writes_can_be_run(tmp_path: Path) -> None:
    obtain._script(tmp_path / "say", "platform")
    done = subprocess.run([tmp_path / "say"], capture_output=True, text=True, check=True)  # noqa: S603 - our own file
    assert done.stdout.strip() == platform.platform()
