"""Installing Debian's packages, without apt."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer

from localaws import debian


class Machine:
    """Stands for dpkg and apt; knows what is installed, and what was run."""

    def __init__(self, policy: Path) -> None:
        self.installed = {"ffmpeg"}
        self.ran: list[str] = []
        self.fails = ""
        self._policy = policy

    def run(self, command: Sequence[str], **_: Any) -> subprocess.CompletedProcess[str]:
        if command[0] == "dpkg-query":
            out = "installed" if command[-1] in self.installed else ""
            return subprocess.CompletedProcess(command, 0, out, "")
        assert self._policy.read_text().endswith("exit 101\n"), "no service may start"
        self.ran.append(" ".join(command[2:]))
        failed = command[2] == self.fails
        return subprocess.CompletedProcess(command, int(failed), "", "first\nsecond\nthird\n")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    policy = tmp_path / "policy-rc.d"
    made = Machine(policy)
    monkeypatch.setattr(debian, "_POLICY", policy)
    monkeypatch.setattr("subprocess.run", made.run)
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return made


def test_only_what_is_missing_is_installed_and_no_service_starts(
    machine: Machine, tmp_path: Path
) -> None:
    messages: list[str] = []
    debian.install(["ffmpeg", "nginx"], messages.append)
    assert machine.ran == ["update", "install --yes --no-install-recommends nginx"]
    assert messages == ["installing nginx"]
    assert not (tmp_path / "policy-rc.d").exists()


def test_a_policy_of_the_machine_is_left_as_it_is(machine: Machine, tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("its own; exit 101\n")
    debian.install(["nginx"], lambda _: None)
    assert policy.read_text() == "its own; exit 101\n"


def test_nothing_is_run_where_nothing_is_missing(machine: Machine) -> None:
    debian.install(["ffmpeg"], lambda _: None)
    assert machine.ran == []


def test_only_root_installs(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(debian.InstallError, match="run `apt-get install nginx` as root"):
        debian.install(["ffmpeg", "nginx"], lambda _: None)
    assert machine.ran == []


def test_another_system_is_told_the_names(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(debian.InstallError, match="what Debian calls ffmpeg nginx"):
        debian.install(["ffmpeg", "nginx"], lambda _: None)


def test_a_failure_of_apt_is_one_sentence(machine: Machine) -> None:
    machine.fails = "update"
    with pytest.raises(debian.InstallError, match="`apt-get update` failed: second; third"):
        debian.install(["nginx"], lambda _: None)


def test_the_command_installs_what_it_is_given(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    debian.main(["ffmpeg", "chromium"])
    assert machine.ran[-1].endswith(" chromium")
    assert capsys.readouterr().err == "debian: installing chromium\n"


def test_the_command_fails_with_the_sentence_alone(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    machine.fails = "install"
    with pytest.raises(typer.Exit) as ended:
        debian.main(["chromium"])
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err.endswith("`apt-get install` failed: second; third\n")
