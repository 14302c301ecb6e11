"""The language host runs programs and says how they ended."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import language_pb2

from localaws.engine.language_host import LanguageHost


def run(folder: Path, program: str, **more: Any) -> Any:
    """Run *program* in the place of the SDK's launcher."""
    launcher = folder / "exec.py"
    launcher.write_text(program)
    info = language_pb2.ProgramInfo(root_directory=str(folder), program_directory=str(folder))
    request = language_pb2.RunRequest(
        project="lunora-player", stack="test", pwd=str(folder), info=info, **more
    )
    return LanguageHost(launcher, "127.0.0.1:1").Run(request, None)


@pytest.mark.parametrize(
    ("code", "error", "bail"),
    [(0, "", False), (32, "", True), (1, "Program exited with non-zero exit code: 1", False)],
)
def test_how_a_program_ended(tmp_path: Path, code: int, error: str, *, bail: bool) -> None:
    response = run(tmp_path, f"raise SystemExit({code})")
    assert (response.error, response.bail) == (error, bail)


def test_what_a_program_is_told(tmp_path: Path) -> None:
    program = (
        "import json, os, pathlib, sys\n"
        "pathlib.Path('told').write_text(json.dumps([sys.argv[1:], os.environ['PULUMI_CONFIG']]))"
    )
    run(tmp_path, program, monitor_address="127.0.0.1:2", dryRun=True, config={"a:b": "c"})
    told = (tmp_path / "told").read_text()
    for word in ("--monitor", "127.0.0.1:2", "--engine", "127.0.0.1:1", "--dry_run", "true"):
        assert f'"{word}"' in told
    assert r"{\"a:b\": \"c\"}" in told


def test_an_interrupted_engine_ends_its_program(tmp_path: Path) -> None:
    launcher = tmp_path / "exec.py"
    launcher.write_text("import time, pathlib\npathlib.Path('begun').touch()\ntime.sleep(600)")
    info = language_pb2.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path))
    host = LanguageHost(launcher, "127.0.0.1:1")
    ended: list[Any] = []
    request = language_pb2.RunRequest(pwd=str(tmp_path), info=info)
    runner = threading.Thread(target=lambda: ended.append(host.Run(request, None)))
    runner.start()
    while not host._running:
        runner.join(0.01)
    host.Cancel(None, None)
    runner.join()
    assert ended[0].error == "Program exited with non-zero exit code: -9"
