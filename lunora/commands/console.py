"""`lunora console`: open the console in the browser."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from lunora.commands.options import StackName
from lunora.stack import Stack
from lunora.terminal import echo, now

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]
Every = Annotated[float, typer.Option(min=2, help="Seconds between two readings of AWS.")]
NoBrowser = Annotated[
    bool, typer.Option("--no-browser", help="Print the address instead of opening it.")
]


def console(
    *, stack: StackName, port: Port = 0, every: Every = 10.0, no_browser: NoBrowser = False
) -> None:
    """Show and control the stack on a page on 127.0.0.1, until Ctrl-C."""
    # Imported here: no other command needs a web server.
    from lunora.console import server  # noqa: PLC0415

    config = Stack.read(Path(), stack)
    listening = server.listen(port)
    parts = server.build(config, listening.server_port, every, now)
    echo(f"the console of {stack} is at {parts.access.origin}; Ctrl-C ends it", err=True)
    address = parts.access.address
    if no_browser:
        _print_address(address)
    else:
        # A browser in the terminal returns when it ends.
        threading.Thread(target=_open, args=(address,), daemon=True).start()
    server.serve(listening, parts)
    if names := parts.operations.under_way():
        echo(f"waiting for {', '.join(names)}; Ctrl-C again leaves them as they are", err=True)
        parts.operations.wait()


def _open(address: str) -> None:
    if not webbrowser.open(address):
        _print_address(address)


def _print_address(address: str) -> None:
    """Print the address on stdout, so that no log of errors holds it."""
    echo(f"open {address} (it works once)")
