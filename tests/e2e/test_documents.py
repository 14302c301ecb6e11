"""The commands of the documents that need the engine, word for word."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.guide import CONFIRMED, Block, Checkout, clone, follow
from tests.support.workspace import Workspace

pytestmark = pytest.mark.e2e

PORT = "4566"
TUTORIAL = "docs/tutorials/first-stream.md"
LAST = "7. Remove it"
ANSWERS = {"lunora add demo": "made-up-key\n"}
"""Input of the reader, by the command that asks."""
OUTAGE = ("5. Break it", "lunora status")
"""Section and command that show a stream in need of attention, and end with 1."""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A clone whose emulator listens at a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    made = clone(tmp_path, {})
    for name in ("Pulumi.local.yaml", "Makefile"):
        path = made.folder / name
        text = path.read_text(encoding="utf-8").replace(f":{PORT}", f":{port}")
        for command in ("start", "advance"):
            text = text.replace(f"localaws {command}", f"localaws {command} --port {port}")
        path.write_text(text)
    made.run("git commit --quiet --all --message Port")
    made.replacements = {
        f":{PORT}": f":{port}",
        **{
            f"localaws {command}": f"localaws {command} --port {port}"
            for command in ("advance", "trigger")
        },
    }
    yield made
    made.run("make down")


def test_the_tutorial_is_followed_word_for_word(
    checkout: Checkout, documented: tuple[Block, ...]
) -> None:
    """The README's quick start is a part of it; what other pages do with a live stack as well."""
    tutorial = [block for block in documented if block.page == TUTORIAL]
    (quick_start,) = (block for block in documented if block.page == "README.md")
    others = [block for block in documented if block not in (quick_start, *tutorial)]
    *before, last = tutorial
    assert last.section == LAST
    done = [command for block in (*before, *others, last) for command in _run(checkout, block)]
    assert set(quick_start.to_run) <= set(done)


def _run(checkout: Checkout, block: Block) -> tuple[str, ...]:
    for command in block.to_run:
        stdin = next((text for key, text in ANSWERS.items() if command.startswith(key)), "")
        run = checkout.run(command, stdin=stdin, env=CONFIRMED)
        assert run.code == ((block.section, command) == OUTAGE), f"{command}\n{run.text}"
    return block.to_run


def test_every_setting_of_the_documents_is_taken(
    workspace: Workspace, documented: tuple[Block, ...]
) -> None:
    for block in documented:
        for command in block.to_run:
            follow(workspace, command.replace("<name>", "youtube-main"), stdin="made-up-value")
    follow(workspace, "lunora validate")
