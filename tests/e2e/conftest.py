"""Every end-to-end test has a project, its state and an embedded AWS of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from localaws.server import EmbeddedAws
from tests.support.workspace import (
    Workspace,
    configure,
    made_up_keys,
    point,
)


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
