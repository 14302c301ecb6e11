"""The plugin before the real provider, as the engine starts it."""

from __future__ import annotations

import signal
import subprocess
import sys

import psutil
import pytest

from offline.aws_bridge import mirror
from tests.contract.plugins import engine

pytestmark = pytest.mark.contract

# Starts the plugin as an engine does, and says what it says.
_ENGINE = "import subprocess, sys; p = sys.executable, '-m', 'offline.aws_bridge', *sys.argv[1:];"
_ENGINE += "subprocess.run(p)"
_SECONDS = 60


def test_nothing_is_left_of_an_engine_that_was_killed() -> None:
    if reason := mirror.missing():
        pytest.skip(reason)
    with (
        engine() as address,
        subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-c", _ENGINE, address], stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        started = psutil.Process(process.pid).children(recursive=True)
        assert any("terraform-provider-aws" in child.name() for child in started)
        process.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs(started, timeout=_SECONDS)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
