"""Read secrets from a terminal without echo, or from standard input."""

from __future__ import annotations

import sys

import typer

from lunora.destination_secrets import check_stream_key
from lunora.terminal import invalid_option


def read_stream_key(*, from_stdin: bool) -> str:
    """Return a stream key.

    Raises:
        LunoraError: when the text cannot be one; without it.
    """
    key = read_secret("Stream key", from_stdin=from_stdin)
    check_stream_key(key)
    return key


def read_secret(question: str, *, from_stdin: bool, optional: bool = False) -> str:
    """Return a line of stdin, or the answer to *question*, which is not shown."""
    if from_stdin:
        if sys.stdin is None:
            raise invalid_option("--key-stdin reads stdin, which is closed", "give the key there")
        # One reader of stdin for all lines: each text stream of click has a buffer of its own.
        return sys.stdin.readline().strip()
    empty = "" if optional else None
    return str(typer.prompt(question, empty, hide_input=True, show_default=False, err=True)).strip()
