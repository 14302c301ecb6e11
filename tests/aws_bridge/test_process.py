"""However the bridge, or who started it, ends: nothing of it is left."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from offline.aws_bridge.process import BridgeProcess

# Starts its provider, says its port as a plugin does, and waits.
_BRIDGE = "#!/bin/sh\nsleep 1000 > /dev/null &\necho $! > {pid}\necho 4711\nwait\n"
_OWNER = "import sys, time; from offline.aws_bridge.process import BridgeProcess as P;"
_OWNER += "from pathlib import Path; p = P(Path(sys.argv[1])); print(p.address, flush=True);"
_OWNER += "time.sleep(1000)"
_SECONDS = 30


@pytest.fixture
def bridge(tmp_path: Path) -> Path:
    """A made-up bridge with a made-up provider."""
    path = tmp_path / "bridge"
    path.write_text(_BRIDGE.format(pid=tmp_path / "pid"))
    path.chmod(0o755)
    return path


def provider_of(bridge: Path) -> psutil.Process:
    return psutil.Process(int(bridge.with_name("pid").read_text()))


def are_gone(*processes: psutil.Process) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=_SECONDS)
    return not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE]


def test_it_says_its_port_and_ends_with_its_provider(bridge: Path) -> None:
    process = BridgeProcess(bridge)
    provider = provider_of(bridge)
    assert process.address == "127.0.0.1:4711"
    assert provider.is_running()
    process.end()
    assert are_gone(provider)


def test_nothing_is_left_of_an_owner_that_was_killed(bridge: Path) -> None:
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", _OWNER, str(bridge)], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "127.0.0.1:4711\n"
        started = psutil.Process(owner.pid).children(recursive=True)
        assert provider_of(bridge) in started
        owner.send_signal(signal.SIGKILL)
    assert are_gone(*started)


def test_nothing_is_left_of_a_bridge_that_was_killed(bridge: Path) -> None:
    process = BridgeProcess(bridge)
    provider = provider_of(bridge)
    parent = provider.parent()
    assert parent is not None
    parent.kill()
    process.wait()
    process.end()
    assert are_gone(provider, parent)
