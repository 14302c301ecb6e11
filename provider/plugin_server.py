"""Life cycle of a plugin process: print the port, serve, end with the engine."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import grpc


def serve_until_ended(server: grpc.Server, cancel: Callable[[], None]) -> None:
    """Serve until a signal comes or the engine has died.

    Prints the port on stdout, as the engine expects of every plugin. A killed engine cannot
    end its plugins, so they watch for it and leave no process behind.

    Args:
        server: with its services added.
        cancel: called once serving is to end, so that operations under way end early.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    parent = os.getppid()
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while not ended.wait(1.0) and os.getppid() == parent:
        pass
    cancel()
    server.stop(grace=0.5).wait()
