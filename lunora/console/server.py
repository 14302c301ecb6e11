"""The server of the console: on 127.0.0.1 only, without a log of requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from catalog.errors import LunoraError
from lunora import pulumi_cli
from lunora.console.app import create_app
from lunora.console.operations import Operations
from lunora.console.parts import Console
from lunora.console.poller import Poller
from lunora.console.preview import Previews
from lunora.console.reading import read
from lunora.console.security import ADDRESS, Access
from lunora.pictures.faults import PictureHistory
from lunora.stack import Stack


class _Handler(WSGIRequestHandler):
    """A handler that logs nothing: the first address holds the ticket."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """Leave the line out."""

    def version_string(self) -> str:
        """Return the name of the server without its version."""
        return "lunora"


def build(stack: Stack, port: int, every: float, clock: Callable[[], dt.datetime]) -> Console:
    """Return the parts of a console of *stack* on *port*, which reads AWS *every* few seconds."""
    history = PictureHistory()
    poller = Poller(lambda: read(stack, clock(), history), clock, every)

    def changed() -> None:
        poller.announce()
        poller.refresh()

    return Console(
        stack=stack,
        access=Access(port),
        poller=poller,
        operations=Operations(stack, clock, changed),
        previews=Previews(stack, clock, poller.announce),
        clock=clock,
        store=pulumi_cli.set_secret,
    )


def listen(port: int) -> BaseWSGIServer:
    """Return a server on *port* of 127.0.0.1, without an application yet; 0 takes a free one.

    Raises:
        LunoraError: when the port is taken.
    """
    try:
        return make_server(
            ADDRESS, port, Flask("lunora.console"), threaded=True, request_handler=_Handler
        )
    except (OSError, SystemExit):
        raise LunoraError(
            "LUN466",
            f"cannot listen on {ADDRESS}:{port}",
            remedy="end the program that does, or give another --port",
        ) from None


def serve(server: BaseWSGIServer, console: Console) -> None:
    """Serve *console* on *server* until an interrupt."""
    server.app = create_app(console)
    console.poller.start()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        console.poller.end()
        server.server_close()
