"""`lunora cost`: estimate the monthly cost of the destinations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from catalog import import_manifest, stack_cost
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.savings import suggestions
from catalog.stack_cost import StackCost
from lunora.commands.options import AsJson, FolderArgument, StackName
from lunora.cost.flows import flow_facts
from lunora.cost.git_base import destinations_at
from lunora.ops.desired_state import FOLDER
from lunora.render import cost as render
from lunora.stack import Stack
from lunora.terminal import document, stdout

Against = Annotated[
    str | None,
    typer.Option("--against", metavar="REF", help="Compare with a git branch, tag or commit."),
]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Name destinations that could do without a channel.")
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
    now = _estimate(config, specs)
    before = None if against is None else _estimate(config, destinations_at(against, folder))
    caveats = now.caveats(dt.datetime.now(dt.UTC).date())
    if as_json:
        document(render.document(now, before, caveats))
    elif as_markdown:
        typer.echo(render.markdown(now, before, caveats), nl=False)
    else:
        stdout().print(render.table(now, before))
        for caveat in caveats:
            typer.echo(caveat, err=True)
        if suggest:
            for suggestion in suggestions(specs, flow_facts(config, specs), now.priced):
                typer.echo(str(suggestion))


def _estimate(config: Stack, specs: tuple[DestinationSpec, ...]) -> StackCost:
    adopted = import_manifest.load(import_manifest.path(Path(), config.name))
    return stack_cost.estimate(specs, flow_facts(config, specs), adopted)
