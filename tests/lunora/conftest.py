"""A project's folder and its stack on the emulator, made without the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localaws.server import EmbeddedAws
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
