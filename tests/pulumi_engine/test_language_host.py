"""The language host runs programs and says how they ended."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import language_pb2

from offline.pulumi_engine.language_host import LanguageHost

TELL = (
    "import json, os, pathlib, sys\n"
    "keep = {k: v for k, v in os.environ.items() if k.startswith('PULUMI_CONFIG')}\n"
    "pathlib.Path('told').write_text(json.dumps([sys.argv[1:], keep]))\n"
)


class Running(set[Any]):
    """The programs that run; says when there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Event()

    def add(self, item: Any) -> None:
        super().add(item)
        self.begun.set()


def prepared(folder: Path, program: str, **more: Any) -> tuple[LanguageHost, Any]:
    """Return a host with *program* in the place of the SDK's launcher, and a request for it."""
    launcher = folder / "exec.py"
    launcher.write_text(program)
    info = language_pb2.ProgramInfo(
        root_directory=str(folder), program_directory=str(folder), entry_point="."
    )
    request = language_pb2.RunRequest(
        project="lunora-player", stack="test", pwd=str(folder), info=info, **more
    )
    return LanguageHost(launcher, "127.0.0.1:1"), request


def run(folder: Path, program: str, **more: Any) -> Any:
    host, request = prepared(folder, program, **more)
    return host.Run(request, None)


def told(folder: Path) -> tuple[dict[str, str], str, dict[str, Any]]:
    """Return the options, the entry point and the configuration that TELL was given."""
    words, environment = json.loads((folder / "told").read_text())
    options = dict(zip(words[:-1:2], words[1::2], strict=True))
    return options, words[-1], {key: json.loads(value) for key, value in environment.items()}


@pytest.fixture(autouse=True)
def _no_configuration_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PULUMI_CONFIG")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("code", "error", "bail"),
    [
        (0, "", False),
        (32, "", True),
        (1, "Program exited with non-zero exit code: 1", False),
        (2, "Program exited with non-zero exit code: 2", False),
    ],
)
def test_how_a_program_ended(tmp_path: Path, code: int, error: str, *, bail: bool) -> None:
    response = run(tmp_path, f"raise SystemExit({code})")
    assert (response.error, response.bail) == (error, bail)


@pytest.mark.parametrize(("dry", "word"), [(True, "true"), (False, "false")])
def test_what_a_program_is_told(tmp_path: Path, *, dry: bool, word: str) -> None:
    run(tmp_path, TELL, monitor_address="127.0.0.1:2", dryRun=dry, parallel=8, organization="o")
    options, entry_point, _ = told(tmp_path)
    assert options == {
        "--monitor": "127.0.0.1:2",
        "--engine": "127.0.0.1:1",
        "--project": "lunora-player",
        "--stack": "test",
        "--organization": "o",
        "--root_directory": str(tmp_path),
        "--pwd": str(tmp_path),
        "--dry_run": word,
        "--parallel": "8",
    }
    assert entry_point == "."


def test_a_program_gets_the_stack_s_configuration(tmp_path: Path) -> None:
    run(tmp_path, TELL, config={"a:b": "c", "a:key": "made-up"}, configSecretKeys=["a:key"])
    assert told(tmp_path)[2] == {
        "PULUMI_CONFIG": {"a:b": "c", "a:key": "made-up"},
        "PULUMI_CONFIG_SECRET_KEYS": ["a:key"],
    }


def test_the_engine_may_come_with_the_handshake(tmp_path: Path) -> None:
    host, request = prepared(tmp_path, TELL)
    host.Handshake(language_pb2.LanguageHandshakeRequest(engine_address="127.0.0.1:9"), None)
    host.Run(request, None)
    assert told(tmp_path)[0]["--engine"] == "127.0.0.1:9"


def test_a_program_runs_in_its_virtual_environment(tmp_path: Path) -> None:
    python = tmp_path / "venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 7\n")
    python.chmod(0o755)
    host, request = prepared(tmp_path, "raise SystemExit(0)")
    request.info.options.CopyFrom(struct_pb2.Struct())
    request.info.options["virtualenv"] = "venv"
    assert host.Run(request, None).error == "Program exited with non-zero exit code: 7"


@pytest.mark.parametrize(
    "end", [LanguageHost.kill_all, lambda host: host.Cancel(None, None)], ids=["kill", "cancel"]
)
def test_an_interrupted_engine_ends_its_program(
    tmp_path: Path, end: Callable[[LanguageHost], object]
) -> None:
    host, request = prepared(tmp_path, "import signal\nsignal.pause()")
    running = host._running = Running()
    ended: list[Any] = []
    runner = threading.Thread(target=lambda: ended.append(host.Run(request, None)))
    runner.start()
    assert running.begun.wait(10)
    (process,) = running
    end(host)
    runner.join(10)
    was_ended = not runner.is_alive()
    process.kill()
    runner.join()
    assert was_ended
    assert ended[0].error == "Program exited with non-zero exit code: -9"
    assert not running


def test_what_a_plugin_prints_is_passed_on_until_it_ends(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text(
        "import os, sys\nprint(os.environ['GIVEN'])\nprint(sys.argv[1:])\nraise SystemExit(3)"
    )
    request = language_pb2.RunPluginRequest(
        pwd=str(tmp_path),
        args=["--one"],
        env=["GIVEN=a=b"],
        info=language_pb2.ProgramInfo(program_directory=str(tmp_path)),
    )
    kept: list[Any] = []

    class Context:
        add_callback = staticmethod(kept.append)

    responses = list(LanguageHost(tmp_path / "none", "").RunPlugin(request, Context()))
    (kill,) = kept
    assert kill.__name__ == "kill"
    kill.__self__.stdout.close()
    assert [response.stdout for response in responses[:-1]] == [b"a=b\n", b"['--one']\n"]
    assert responses[-1].exitcode == 3
