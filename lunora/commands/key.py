"""`lunora key`: set a new stream key and restart the one channel that sends with it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalog.loader import load
from lunora.commands.options import DestinationName, StackName
from lunora.key_rotation import rotate
from lunora.secret_prompt import read_stream_key
from lunora.stack import Stack
from lunora.terminal import echo

KeyFromStdin = Annotated[
    bool, typer.Option("--key-stdin", help="Read the key from stdin, and ask for nothing.")
]


def key(name: DestinationName, *, key_stdin: KeyFromStdin = False, stack: StackName) -> None:
    """Set a new stream key, which is never shown, and restart the channel with it.

    For platforms with a key per session. No file changes, no other channel is touched, and the
    next `pulumi up` keeps the key.
    """
    config = Stack.read(Path(), stack)
    specs = load(config.folder).specs
    piped = sys.stdin is not None and not sys.stdin.isatty()
    rotate(config, specs, name, read_stream_key(from_stdin=key_stdin or piped))
    echo(f"{name} has a new stream key")
