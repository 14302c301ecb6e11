"""`lunora cost`: estimate the monthly cost of the destinations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from catalog import import_manifest, stack_cost
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.stack_cost import StackCost
from lunora.commands.options import AsJson, FolderArgument, StackName
from lunora.cost.flows import flow_facts
from lunora.cost.git_base import destinations_at
from lunora.cost.suggest import suggested
from lunora.ops.desired_state import FOLDER
from lunora.render import cost as render
from lunora.stack import Stack
from lunora.terminal import document, stdout

Against = Annotated[
    str | None,
    typer.Option("--against", metavar="REF", help="Compare with a git branch, tag or commit."),
]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Name cheaper ways, what each gives up, and its patch.")
]
AsMarkdown = Annotated[bool, typer.Option("--markdown", help="A Markdown table on stdout.")]


def cost(  # noqa: PLR0913 - one option each
    folder: FolderArgument = FOLDER,
    *,
    stack: StackName = "prod",
    against: Against = None,
    as_json: AsJson = False,
    as_markdown: AsMarkdown = False,
    suggest: Suggest = False,
) -> None:
    """Estimate the monthly cost of the destinations, each and together."""
    config = Stack.read(Path(), stack)
    specs = load(folder).specs
    adopted = import_manifest.load(import_manifest.path(Path(), config.name))
    now = stack_cost.estimate(specs, flow_facts(config, specs), adopted)
    before = None if against is None else _estimate(config, destinations_at(against, folder))
    caveats = now.caveats(dt.datetime.now(dt.UTC).date())
    cheaper = suggested(config, folder, specs, now, adopted=adopted, measured={}) if suggest else ()
    if as_json:
        extra = {"suggestions": render.suggestions_document(cheaper)} if suggest else {}
        document(render.document(now, before, caveats) | extra)
    elif as_markdown:
        typer.echo(render.markdown(now, before, caveats), nl=False)
    else:
        stdout().print(render.table(now, before))
        for caveat in caveats:
            typer.echo(caveat, err=True)
        for suggestion in cheaper:
            typer.echo(render.suggestion(suggestion), nl=False)


def _estimate(config: Stack, specs: tuple[DestinationSpec, ...]) -> StackCost:
    return stack_cost.estimate(specs, flow_facts(config, specs))
