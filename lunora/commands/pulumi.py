"""`lunora pulumi`: run Pulumi with the stack's secrets hidden in its output."""

from __future__ import annotations

import typer

from lunora import pulumi_cli, stack_secrets
from lunora.commands.options import StackName

SETTINGS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
"""All other options are Pulumi's."""


def pulumi(context: typer.Context, *, stack: StackName) -> None:
    """Run a command of Pulumi on the stack and hide stream keys in its output, in any form.

    Pulumi cannot ask questions: give --yes where it would.
    """
    words = [*context.args, "--stack", stack]
    raise typer.Exit(pulumi_cli.run_redacted(words, stack_secrets.mask(stack)))
