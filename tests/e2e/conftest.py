"""Every end-to-end test has a project, its state and an emulator of its own."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from localaws.server import EmbeddedAws
from tests.support.workspace import (
    Run,
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


@dataclass(frozen=True)
class LiveStack:
    """The three examples, up: a project, what AWS holds, and what the run printed."""

    project: Path
    memory: Path
    runs: tuple[Run, ...]


@pytest.fixture(scope="session")
def port() -> int:
    """The port of every emulator of this process, because states name it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture(scope="session")
def live_stack(
    tmp_path_factory: pytest.TempPathFactory, configured: Path, keys: Mapping[str, str], port: int
) -> LiveStack:
    """The three examples, brought up once: each test that needs them live takes a copy."""
    folder = tmp_path_factory.mktemp("live")
    project, memory = folder / "project", folder / "aws.json"
    shutil.copytree(configured, project, symlinks=True)
    with EmbeddedAws(port=port) as aws:
        point(project, aws)
        made = Workspace(project, aws, keys, [])
        made.up()
        aws.save(memory)
    return LiveStack(project, memory, tuple(made.runs))


@pytest.fixture
def aws(tmp_path: Path, port: int) -> Iterator[EmbeddedAws]:
    """An emulator of the test's own."""
    with EmbeddedAws(port=port, log_file=tmp_path / "aws.log") as aws:
        yield aws


@pytest.fixture
def workspace(
    tmp_path: Path, configured: Path, keys: Mapping[str, str], aws: EmbeddedAws
) -> Workspace:
    """A project with the three examples, configured but not yet up."""
    folder = tmp_path / "project"
    shutil.copytree(configured, folder, symlinks=True)
    point(folder, aws)
    return Workspace(folder, aws, keys, [])


@pytest.fixture
def live(
    tmp_path: Path, live_stack: LiveStack, keys: Mapping[str, str], aws: EmbeddedAws
) -> Workspace:
    """The three examples, up, as if this test had brought them up."""
    folder = tmp_path / "project"
    shutil.copytree(live_stack.project, folder, symlinks=True)
    aws.restore(live_stack.memory)
    return Workspace(folder, aws, keys, list(live_stack.runs))
