"""`make live`, with the real engine: from no stack to live destinations in one command."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from localaws.media import tools
from localaws.media.network import free_port
from tests.support.broadcast import ROOT
from tests.support.workspace import environment

pytestmark = pytest.mark.media

CODE = ("__main__.py", "catalog", "components", "provider", ".venv")
FILES = {
    "stage": "platform: custom\nurl: rtmp://ingest.example.org/app\npreset: 480p30\n",
    "tube": "platform: youtube\npreset: 480p30\n",
    "off": "platform: twitch\npreset: 480p30\nstate: stopped\n",
}


@pytest.fixture
def project(tmp_path: Path) -> tuple[Path, int]:
    """A copy of the project with three small destinations, and the port of its stack's AWS."""
    if lacking := tools.missing():
        pytest.skip(
            f"real media needs {', '.join(lacking)}: run `python -m localaws.media` as root"
        )
    if not (ROOT / ".local/bin/pulumi").exists():
        pytest.skip("the engine is not installed: run `make setup`")
    for name in CODE:
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    port = free_port(socket.SOCK_STREAM)
    stack = yaml.safe_load((ROOT / "Pulumi.local.yaml").read_text())
    del stack["config"]["lunora-player:destinations"]
    stack["config"]["lunora-player:endpoint"] = f"http://127.0.0.1:{port}"
    (tmp_path / "Pulumi.local.yaml").write_text(yaml.safe_dump(stack))
    for folder in ("destinations", "state"):
        (tmp_path / folder).mkdir()
    for name, text in FILES.items():
        (tmp_path / f"destinations/{name}.yaml").write_text(text)
    return tmp_path, port


def test_one_command_brings_the_stack_live_with_real_video(project: tuple[Path, int]) -> None:
    folder, port = project
    ports = {
        "--port": port,
        "--srt-port": free_port(socket.SOCK_DGRAM),
        "--rtmp-port": free_port(socket.SOCK_STREAM),
    }
    done = subprocess.run(  # noqa: S603 - ours
        [
            *(sys.executable, "-m", "localaws.demo"),
            *(str(word) for option in ports.items() for word in option),
        ],
        cwd=folder,
        env=environment(folder) | {"PYTHONPATH": str(ROOT), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 live, 1 stopped" in done.stdout, done.stdout + done.stderr
