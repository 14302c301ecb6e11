"""What all verbs share: exit codes, options, and what goes to stdout and to stderr.

Stdout holds the answer: a table for people, or with `--json` one document and nothing else.
Stderr holds the rest: progress, warnings, refusals.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from lunora.ops import json_document

EXIT_AWS_ERROR = 1
EXIT_INVALID_INPUT = 2
EXIT_GUARD_REFUSED = 3

StackName = Annotated[str, typer.Option("--stack", envvar="LUNORA_STACK", help="Pulumi stack.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]


def stdout() -> Console:
    """Return the console on stdout."""
    return Console()


def stderr() -> Console:
    """Return the console on stderr."""
    return Console(stderr=True)


def now() -> dt.datetime:
    """Return the time of day; the one clock of all verbs."""
    return dt.datetime.now(dt.UTC)


def document(content: Any) -> None:
    """Print *content*, plain or of dataclasses and times, as the one JSON document."""
    typer.echo(json_document.dumps(content, indent=2))


def fail(sentence: str, code: int) -> NoReturn:
    """Say *sentence* on stderr and end with exit code *code*."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def confirmed(question: str, *, otherwise: str) -> None:
    """Ask a person on stderr; unless it is yes, say *otherwise* and end as a refused guard."""
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        fail(f"nobody answered, so {otherwise}; give --yes to do it unasked", EXIT_GUARD_REFUSED)
    if not agreed:
        fail(otherwise, EXIT_GUARD_REFUSED)
