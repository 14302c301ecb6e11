"""What a reviewer reads of four pull requests, each from a real preview."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.workspace import PROJECT, ROOT, STACK, Workspace

pytestmark = pytest.mark.e2e

GOLDEN = Path(__file__).with_name("golden")
STAGE = "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 720p30\n"
GUARD_REFUSED = 3


def add(live: Workspace) -> None:
    live.write("event-stage", STAGE)


def remove(live: Workspace) -> None:
    (live.destinations / "twitch-main.yaml").unlink()


def preset(live: Workspace) -> None:
    path = live.destinations / "twitch-main.yaml"
    path.write_text(path.read_text().replace("1080p30", "720p60"))


def budget(live: Workspace) -> None:
    costs = json.loads(live.pulumi("stack", "output", "cost", "--json").out)["monthlyUsd"]
    live.pulumi("config", "set", f"{PROJECT}:monthlyBudgetUsd", str(math.ceil(costs)))
    add(live)


def planned(live: Workspace) -> tuple[int, str]:
    """Return exit code and Markdown of the plan of what is in *live* now."""
    document = live.folder / "preview.json"
    document.write_text(live.pulumi("preview", "--json").out)
    done = subprocess.run(  # noqa: S603 - our own arguments
        [ROOT / ".venv/bin/lunora", "plan", document, "--stack", STACK],
        cwd=live.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    # How old a price is depends on the day.
    return done.returncode, re.sub(r"\n> the oldest price used.*\n", "", done.stdout)


CHANGES = {"add": add, "remove": remove, "preset": preset, "budget": budget}


@pytest.mark.parametrize("name", CHANGES)
def test_a_pull_request_reads_as_its_golden_file(live: Workspace, name: str) -> None:
    before = live.traces()
    CHANGES[name](live)
    ended, text = planned(live)
    golden = GOLDEN / f"plan-{name}.md"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text)
    assert ended == (GUARD_REFUSED if name == "budget" else 0)
    assert golden.is_file(), "run with UPDATE_GOLDEN=1 and review the new file"
    assert text == golden.read_text(), "run with UPDATE_GOLDEN=1 and review the difference"
    assert not [key for key in live.keys.values() if key in text]
    assert live.traces() == before
