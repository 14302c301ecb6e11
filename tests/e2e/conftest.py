"""Every end-to-end test has a project, its state and an embedded AWS of its own."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from localaws.server import EmbeddedAws
from offline.aws_bridge import mirror
from tests.e2e.workspace import (
    FIRST_ON_PATH,
    ROOT,
    Workspace,
    configure,
    made_up_keys,
    point,
)


@pytest.fixture(scope="session", autouse=True)
def aws_plugin(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Put the plugin that `--aws-plugin` names first on the PATH of every run."""
    if request.config.getoption("--aws-plugin") != "real":
        yield
        return
    if reason := mirror.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("aws-plugin")
    plugin = folder / "pulumi-resource-aws"
    plugin.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m offline.aws_bridge "$@"\n'
    )
    plugin.chmod(0o755)
    FIRST_ON_PATH.append(str(folder))
    yield
    FIRST_ON_PATH.remove(str(folder))


@pytest.fixture(scope="session")
def keys() -> Mapping[str, str]:
    """The stream keys of the three examples."""
    return made_up_keys()


@pytest.fixture(scope="session")
def configured(tmp_path_factory: pytest.TempPathFactory, keys: Mapping[str, str]) -> Path:
    """A project with the three examples, to be copied: making one takes the engine seconds."""
    folder = tmp_path_factory.mktemp("configured")
    configure(folder, keys)
    return folder


@pytest.fixture
def workspace(tmp_path: Path, configured: Path, keys: Mapping[str, str]) -> Iterator[Workspace]:
    """A project with the three examples, configured but not yet up."""
    folder = tmp_path / "project"
    shutil.copytree(configured, folder, symlinks=True)
    with EmbeddedAws(log_file=tmp_path / "aws.log") as aws:
        point(folder, aws)
        yield Workspace(folder, aws, keys, [])


@pytest.fixture
def live(workspace: Workspace) -> Workspace:
    """The three examples, up."""
    workspace.up()
    return workspace
