"""`pulumi install` brings the locked dependencies."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_what_pulumi_installs_is_what_is_locked() -> None:
    runtime = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["runtime"]
    # Its pip toolchain runs `pip install -r requirements.txt`, and nothing without that file
    # (pulumi/sdk 3.276, python/toolchain/pip.go).
    assert runtime["options"]["toolchain"] == "pip"
    assert (ROOT / "requirements.txt").read_text() == "-r requirements.lock\n"
