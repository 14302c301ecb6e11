"""The wheel of the emulator works in an environment without this repository."""

from __future__ import annotations

import os
import subprocess
import tomllib
import venv
from pathlib import Path

import pytest

from localaws import wheel

TEST = """
import boto3


def test_it_is_empty(local_aws):
    assert local_aws.client("medialive").list_channels()["Channels"] == []


def test_the_environment_points_to_it(local_aws):
    (flow,) = boto3.client("mediaconnect").list_flows()["Flows"]
    assert flow["Name"] == "lunora-player-local-srt-router"
"""


def ran(*words: str, cwd: Path) -> str:
    names = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(  # noqa: S603 - our own words
        words, cwd=cwd, env=names, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_it_imports_is_in_it_or_required(tmp_path: Path) -> None:
    wheel.stage_into(tmp_path)
    settings = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["project"]["dependencies"] == wheel.dependencies()
    package = tmp_path / "localaws"
    assert (package / "_shared/catalog/errors.py").exists()
    assert not (package / "wheel.py").exists()
    for path in package.rglob("*.py"):
        assert not wheel._IMPORT.search(path.read_text(encoding="utf-8")), path


@pytest.mark.contract
def test_it_serves_and_has_a_fixture(tmp_path: Path) -> None:
    built = wheel.build(tmp_path / "dist")
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env/bin/python")
    pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    asked = subprocess.run([*pip, str(built), "pytest"], capture_output=True, check=False)  # noqa: S603 - our own words
    if asked.returncode:
        pytest.skip("the package registry is not reached")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/test_it.py").write_text(TEST)
    assert "2 passed" in ran(python, "-m", "pytest", "-q", cwd=tmp_path / "elsewhere")
    assert "serve" in ran(python, "-m", "localaws", "--help", cwd=tmp_path / "elsewhere")
