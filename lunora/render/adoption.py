"""Render an adoption: a table for people, a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from lunora.adopt.errors import NotAdoptableError
from lunora.adopt.mapping import AdoptableStream
from lunora.render.tables import plain


def table(
    streams: Iterable[AdoptableStream], refused: Mapping[str, NotAdoptableError]
) -> RenderableType:
    """Return a row for each destination, and for each other channel with the reason."""
    adopted = plain("destination", "channel", "platform", "preset", "state", "first run", "kept")
    for stream in streams:
        file, changes = stream.document, ", ".join(stream.changes)
        adopted.add_row(
            *(stream.name, stream.entry.channel.name),
            *(file["platform"], file["preset"], file["state"], changes),
            Text(", ".join(stream.remarks) or "as the file says", overflow="fold"),
        )
    others = plain("not adopted", "because")
    for channel, error in refused.items():
        others.add_row(channel, Text(str(error), "yellow", overflow="fold"))
    tables = [part for part in (adopted, others) if part.rows]
    return Group(*tables) if tables else Text("nothing to adopt")


def document(
    streams: Iterable[AdoptableStream],
    refused: Mapping[str, NotAdoptableError],
    written: Iterable[Path],
) -> dict[str, Any]:
    """Return the adoption as a document for programs; without secrets."""
    return {
        "adopted": [
            {
                "name": stream.name,
                "channel": stream.entry.channel.name,
                "file": stream.document,
                "changed_by_the_first_run": stream.changes,
                "kept": stream.remarks,
            }
            for stream in streams
        ],
        "not_adopted": [
            {"channel": channel, "code": error.code, "because": error.message}
            for channel, error in refused.items()
        ],
        "written": [str(path) for path in written],
    }


def next_steps(stack: str) -> str:
    """Return the next steps, a command a line."""
    return (
        "The stream keys are secrets of the stack. Next:\n"
        f"  pulumi preview --stack {stack}\n"
        f"  pulumi up --stack {stack} --continue-on-error\n"
        "Then switch the former system off: docs/how-to/adopt.md"
    )
