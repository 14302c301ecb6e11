"""Commands of the documents that need neither the engine nor a shell, on the emulator."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lunora.console import server
from tests.support.guide import Block, run_by
from tests.support.stage import Stage, run
from tests.support.workspace import ROOT

_HERE = "tests/lunora/test_documented_commands.py"
BLOCKS = run_by(f"{_HERE}::test_a_command_succeeds")
NAMES = ("show", "talk", "first-hour")


@pytest.fixture
def streams(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Live streams of the names in the documents, and a console that nobody serves."""

    def close(listening: Any, _: object) -> None:
        listening.server_close()

    monkeypatch.setattr(server, "serve", close)
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    for name in NAMES:
        stage.destination(name, thumbnails=True)
        stage.declare(name, "tags: {event: launch}")
    stage.aws.clock.advance(600)
    return stage


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: f"{block.page} {block.section}")
def test_a_command_succeeds(streams: Stage, block: Block) -> None:
    for command in block.to_run:
        text, _, file = re.sub(r"\bprod\b", "local", command).partition(" > ")
        result = run(*shlex.split(text)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
        if file:
            Path(file).write_text(result.stdout, encoding="utf-8")


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed")
def test_a_suggestion_is_applied(stage: Stage, documented: tuple[Block, ...]) -> None:
    stage.declare("show")
    before = (stage.folder / "destinations/show.yaml").read_text()
    (block,) = documented
    (command,) = block.to_run
    path = f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"
    subprocess.run(  # noqa: S603 - a command of our page
        ["bash", "-eo", "pipefail", "-c", command],  # noqa: S607 - any bash will do
        env={**os.environ, "PATH": path},
        check=True,
    )
    assert (stage.folder / "destinations/show.yaml").read_text() != before
