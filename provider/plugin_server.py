"""Life cycle of a plugin process: print the port, serve, end with the engine."""

from __future__ import annotations

import contextlib
import os
import queue
import sys
from collections.abc import Callable

import grpc

from provider.termination import termination_signals


def serve_until_ended(server: grpc.Server, cancel: Callable[[], None]) -> None:
    """Serve until a signal comes or the engine has died.

    Prints the port on stdout, as the engine expects of every plugin. A killed engine cannot
    end its plugins, so they watch for it and leave no process behind.

    Args:
        server: with its services added.
        cancel: called once serving is to end, so that operations under way end early.
    """
    signals = termination_signals()
    parent = os.getppid()
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while os.getppid() == parent:
        with contextlib.suppress(queue.Empty):
            signals.get(timeout=1.0)
            break
    cancel()
    server.stop(grace=0.5).wait()
