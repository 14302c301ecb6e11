"""Output of Pulumi that `make` shows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOG = """\
warning: using pulumi-language-python from $PATH at /a/pulumi-language-python
Updating (local):
    pulumi:pulumi:Stack lunora-player-local  warning: using pulumi-resource-aws from $PATH at /a
@ updating....
    aws:ssm:Parameter one-stream-key  created
Diagnostics:
  pulumi:pulumi:Stack (lunora-player-local):
    warning: using pulumi-resource-aws from $PATH at /a/pulumi-resource-aws
    warning: examples/one.yaml:2:11: LUN143: platform: Twitch ends a broadcast after 48 hours
    warning: examples/one.yaml:2:11: LUN143: platform: Twitch ends a broadcast after 48 hours

Outputs:
    cost        : {
        monthlyUsd: 1
    }

Resources:
    + 59 created

Duration: 22s
"""
SHOWN = """\
warning: examples/one.yaml:2:11: LUN143: platform: Twitch ends a broadcast after 48 hours
Resources:
    + 59 created
Duration: 22s
"""


def test_a_run_is_shown_by_its_warnings_and_its_changes(tmp_path: Path) -> None:
    makefile, log = tmp_path / "Makefile", tmp_path / "log"
    makefile.write_text(f"include Makefile\n.PHONY: shown\nshown: ; @$(SUMMARY) {log}\n")
    log.write_text(LOG)
    words = ("make", "--silent", f"--file={makefile}", "shown")
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout == SHOWN


def test_it_ends_with_what_is_live_and_what_comes_next() -> None:
    recipe = (ROOT / "Makefile").read_text().partition("\nup: ")[2].partition("\n\n")[0]
    port = re.findall(r"lunora console --port (\d+)", recipe)
    assert re.findall(r"at http://127.0.0.1:(\d+)/", recipe) == port
    assert "streams are live" in recipe
    assert "lunora add demo" in recipe


def test_a_failed_run_is_shown_as_a_whole() -> None:
    lines = (ROOT / "Makefile").read_text().replace("\\\n", " ").splitlines()
    kept = [line for line in lines if ".log 2>&1" in line]
    assert len(kept) == 3
    assert [line for line in kept if "cat .local/" not in line or "exit 1" not in line] == []
