"""A project's folder and its stack on the emulator, made without the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from lunora.ops import lambda_function
from tests.support.http_api import environment
from tests.support.stage import Stage, configure


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("LUNORA_STACK", "local")
    (tmp_path / "destinations").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: lunora-player\n")
    return tmp_path


@pytest.fixture
def stage(project: Path, embedded: EmbeddedAws, client: Callable[[str], Any]) -> Stage:
    configure(project, embedded.endpoint)
    return Stage(project, embedded, client)


@pytest.fixture
def api(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Two destinations, one on air, and the environment of the HTTP API's function."""
    stage.destination("one", thumbnails=True)
    stage.destination("two", runs=False)
    of_function(stage, monkeypatch)
    return stage


def of_function(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give this process the environment of the HTTP API's function."""
    for name, value in {**environment(stage), "LAMBDA_TASK_ROOT": str(stage.folder)}.items():
        monkeypatch.setenv(name, value)
    lambda_function.stack_of_function.cache_clear()
