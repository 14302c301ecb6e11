"""The command `lunora`: its verbs, and the one place where their errors become exit codes.

Exit codes: 0 fine, 1 AWS or the stack says no, 2 the input is wrong, 3 a guard refused.
"""

from __future__ import annotations

import sys
from typing import Any

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from catalog.diagnostics import DestinationValidationError
from lunora.account.deploy import DeploymentError
from lunora.commands import (
    account,
    adopt,
    care,
    destinations,
    migrate,
    money,
    operate,
    permissions,
    prices,
    review,
    steer,
)
from lunora.ops.errors import UnknownDestinationError
from lunora.pulumi_cli import PulumiCliError
from lunora.set_secret import NotAddedError
from lunora.stack import StackError
from lunora.terminal import EXIT_AWS_ERROR, EXIT_INVALID_INPUT, fail

_VERBS = (
    destinations.validate,
    destinations.platforms,
    destinations.presets,
    destinations.add,
    adopt.adopt,
    destinations.schema,
    operate.status,
    operate.show,
    operate.metrics,
    operate.flow,
    steer.start,
    steer.stop,
    care.doctor,
    care.backup,
    migrate.migrate,
    money.cost,
    review.plan,
    permissions.permissions,
    account.account,
)


class ErrorHandlingGroup(TyperGroup):
    """Turns what a verb raises for a person into a sentence and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except (DestinationValidationError, StackError, UnknownDestinationError) as error:
            fail(str(error), EXIT_INVALID_INPUT)
        except (PulumiCliError, NotAddedError, DeploymentError) as error:
            fail(str(error), EXIT_AWS_ERROR)
        except (ClientError, BotoCoreError) as error:
            fail(f"AWS does not answer as it should: {error}", EXIT_AWS_ERROR)


app = typer.Typer(
    name="lunora",
    cls=ErrorHandlingGroup,
    help="Streaming destinations: check their files, see and steer what runs.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for _verb in _VERBS:
    app.command()(_verb)
app.add_typer(prices.app, name="prices")


def main() -> None:
    """Run the command."""
    sys.exit(app())
