"""The bridge's process, which takes the provider's with it however it or its owner ends."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import IO, Any, cast

# The group's leader holds the only end of a pipe from the owner: when that closes, also because
# the owner was killed, it kills the group, in which the bridge starts the provider. Of the bridge's
# output it keeps nothing open, so that the owner reads its end when the bridge has ended.
_LEADER = '"$@" & exec >&-; read -r _; kill -s KILL 0'


# Nobody listens there: a service that has no endpoint on this machine is not reached at all. Go
# asks no proxy for loopback.
_NOWHERE = "http://127.0.0.1:9"
_NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), _NOWHERE)


class BridgeProcess:
    """A running bridge, which reaches this machine only.

    Args:
        executable: the bridge.
        *arguments: its own, for example the engine's address.
    """

    def __init__(self, executable: Path, *arguments: str) -> None:
        self._leader: subprocess.Popen[str] = subprocess.Popen(  # noqa: S603 - our own words
            ["/bin/sh", "-c", _LEADER, "sh", str(executable), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_NO_NETWORK},
            start_new_session=True,
        )
        self.address = f"127.0.0.1:{self._output.readline().strip()}"

    def wait(self) -> None:
        """Wait for the bridge's end."""
        self._output.read()

    def end(self) -> None:
        """Kill the bridge and the provider."""
        stdin: Any = self._leader.stdin
        stdin.close()
        self._leader.wait()
        self._output.close()

    @property
    def _output(self) -> IO[str]:
        stdout: Any = self._leader.stdout
        return cast("IO[str]", stdout)
