"""`lunora report`: hours, availability, interruptions, incidents and cost of past days."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from lunora.commands.options import (
    AsJson,
    Everything,
    SomeNames,
    StackName,
    Tagged,
    selection_of,
)
from lunora.ops.desired_state import declared_if_valid
from lunora.render import report as render
from lunora.stack import Stack
from lunora.stack_report import SINCE, ReportRequest, stack_report
from lunora.terminal import echo, invalid_option, now, show

Since = Annotated[
    str,
    typer.Option(help="Begin: a duration such as 30d or 12h, or a day such as 2026-12-01."),
]
Every = Annotated[
    Literal["month"] | None, typer.Option("--by", help="Figures of each month, not of all time.")
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="Markdown tables on stdout.")]
AsHtml = Annotated[bool, typer.Option("--html", help="One file of HTML on stdout.")]
Actual = Annotated[
    bool, typer.Option(help="Read the bill: Cost Explorer takes $0.01 for a request.")
]


def report(  # noqa: PLR0913 - one option each
    names: SomeNames = None,
    *,
    stack: StackName,
    tags: Tagged = None,
    everything: Everything = False,
    since: Since = SINCE,
    by: Every = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    as_html: AsHtml = False,
    actual: Actual = True,
) -> None:
    """Report hours declared and on air, interruptions with cause, incidents, restarts and cost."""
    if as_json + as_markdown + as_html > 1:
        raise invalid_option("--json, --markdown and --html exclude each other", "give one of them")
    selection = selection_of(names, tags, everything=everything)
    config = Stack.read(Path(), stack)
    specs, wrong = declared_if_valid(config.folder, config.sources)
    request = ReportRequest(selection, since, by, reads_bill=actual)
    content = stack_report(config, specs or (), request, now(), Path())
    if as_markdown:
        typer.echo(render.markdown(content), nl=False)
    elif as_html:
        typer.echo(render.html(content))
    else:
        show(content, render.table(content), content.notes, as_json=as_json)
    if wrong is not None:
        echo("the hours and costs of the files are missing, because one is wrong", err=True)
        raise wrong
