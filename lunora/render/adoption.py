"""How an adoption is shown: a table for people, a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from lunora.adopt.mapping import Recognised
from lunora.render.tables import plain


def table(found: Iterable[Recognised], refused: Mapping[str, str]) -> RenderableType:
    """Return a line for each destination, and one for each channel that is left alone, with why."""
    adopted = plain("destination", "channel", "platform", "preset", "state", "first run", "kept")
    for one in found:
        said, changes = one.document, ", ".join(one.changes)
        adopted.add_row(
            *(one.name, one.entry.channel.name, said["platform"], said["preset"], said["state"]),
            *(changes, Text(", ".join(one.remarks) or "as the file says", overflow="fold")),
        )
    left = plain("not adopted", "because")
    for channel, reason in refused.items():
        left.add_row(channel, Text(reason, "yellow", overflow="fold"))
    shown = [part for part in (adopted, left) if part.rows]
    return Group(*shown) if shown else Text("nothing to adopt")


def document(
    found: Iterable[Recognised], refused: Mapping[str, str], written: Iterable[Path]
) -> dict[str, Any]:
    """Return the same for programs; nothing secret."""
    return {
        "adopted": [
            {
                "name": one.name,
                "channel": one.entry.channel.name,
                "file": one.document,
                "changed_by_the_first_run": one.changes,
                "kept": one.remarks,
            }
            for one in found
        ],
        "not_adopted": [{"channel": name, "because": why} for name, why in refused.items()],
        "written": [str(path) for path in written],
    }


def following(stack: str) -> str:
    """Return what to do next, a command a line."""
    return (
        "The stream keys are secrets of the stack. Next:\n"
        f"  pulumi preview --stack {stack}\n"
        f"  pulumi up --stack {stack} --continue-on-error\n"
        "Then switch the former system off: docs/how-to/adopt.md"
    )
