"""The emulator in the background, by its commands."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.support.clients import connect

pytestmark = pytest.mark.wire


def command(folder: Path, *words: str) -> str:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "localaws", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.stdout.strip() or done.stderr.strip()


@pytest.fixture
def port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "project"
    command(tmp_path / "project", "stop")


def test_it_is_started_once_found_again_and_ended(folder: Path, port: str) -> None:
    assert "now listens" in command(folder, "start", "--port", port)
    assert command(folder, "start", "--port", port).endswith(f"listens at http://127.0.0.1:{port}")
    elsewhere = command(folder.parent / "elsewhere", "start", "--port", port)
    assert "LUN510" in elsewhere
    assert command(folder, "stop") == "the emulator has ended"
    assert command(folder, "stop") == "no emulator was started here"


def test_a_stop_keeps_the_state_unless_it_is_to_forget(folder: Path, port: str) -> None:
    endpoint, name = f"http://127.0.0.1:{port}", "/made-up/parameter"
    command(folder, "start", "--port", port)
    connect(endpoint, "ssm").put_parameter(Name=name, Value="made-up", Type="String")
    command(folder, "stop")
    command(folder, "start", "--port", port)
    assert connect(endpoint, "ssm").get_parameter(Name=name)["Parameter"]["Value"] == "made-up"
    assert command(folder, "stop", "--forget") == "the emulator has ended"
    assert not (folder / ".local/aws.state").exists()
    command(folder, "stop", "--forget")


def test_a_folder_that_cannot_be_written_is_one_line(folder: Path, port: str) -> None:
    folder.mkdir()
    (folder / ".local").write_text("")
    assert command(folder, "start", "--port", port).startswith("LUN504: ")


def test_a_process_id_left_by_a_dead_one_is_no_obstacle(folder: Path, port: str) -> None:
    (folder / ".local").mkdir(parents=True)
    (folder / ".local/aws.pid").write_text("99999999")
    assert command(folder, "stop") == "the emulator has ended"
    assert "now listens" in command(folder, "start", "--port", port)


@pytest.mark.parametrize("content", ["", "garbage", "-1", "\N{SUPERSCRIPT TWO}"])
def test_a_garbage_process_id_is_no_obstacle(folder: Path, port: str, content: str) -> None:
    (folder / ".local").mkdir(parents=True)
    (folder / ".local/aws.pid").write_text(content)
    assert command(folder, "stop") == "the emulator has ended"


def test_a_process_of_another_program_is_left_alone(folder: Path) -> None:
    (folder / ".local").mkdir(parents=True)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as stranger:
        (folder / ".local/aws.pid").write_text(str(stranger.pid))
        command(folder, "stop")
        assert stranger.poll() is None
    assert stranger.returncode is not None


def test_a_failed_start_keeps_the_process_id_of_the_running_one(folder: Path, port: str) -> None:
    command(folder, "start", "--port", port)
    process_id = (folder / ".local/aws.pid").read_text()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        assert "LUN511" in command(folder, "start", "--port", str(other.getsockname()[1]))
    assert (folder / ".local/aws.pid").read_text() == process_id


def test_loopback_goes_through_no_proxy(
    folder: Path, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert "now listens" in command(folder, "start", "--port", port)


def test_a_damaged_state_file_is_named_with_its_remedy(folder: Path, port: str) -> None:
    (folder / ".local").mkdir(parents=True)
    (folder / ".local/aws.state").write_bytes(b"damaged")
    printed = command(folder, "start", "--port", port)
    assert "LUN512" in printed
    assert "delete" in printed


def test_a_port_that_another_program_holds_is_said(folder: Path, port: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(port)))
        assert "LUN511" in command(folder, "start", "--port", port)


def test_it_enforces_policies_where_it_is_told_to(folder: Path, port: str) -> None:
    assert "now listens" in command(folder, "start", "--port", port, "--enforce-iam")
    keys = {"AccessKeyId": "stranger", "SecretAccessKey": "made-up"}
    stranger = connect(f"http://127.0.0.1:{port}", "medialive", keys=keys)
    with pytest.raises(ClientError, match="security token"):
        stranger.list_channels()
