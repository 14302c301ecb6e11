"""Entry point of `lunora`: its commands, and the exit codes of their errors.

Exit codes: 0 success, 1 AWS or the stack refused, 2 invalid input, 3 a guard refused.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import sys
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from catalog.errors import ExitCode, LunoraError
from lunora.aws_errors import aws_error
from lunora.commands import (
    account,
    add,
    adopt,
    backup,
    console,
    cost,
    doctor,
    flows,
    key,
    metrics,
    migrate,
    permissions,
    plan,
    platforms,
    presets,
    prices,
    pulumi,
    report,
    schema,
    show,
    start_stop,
    status,
    validate,
)
from lunora.file_errors import not_writable
from lunora.terminal import echo

_COMMANDS = (
    validate.validate,
    platforms.platforms,
    presets.presets,
    add.add,
    key.key,
    adopt.adopt,
    schema.schema,
    status.status,
    show.show,
    metrics.metrics,
    flows.flows,
    start_stop.start,
    start_stop.stop,
    console.console,
    doctor.doctor,
    backup.backup,
    migrate.migrate,
    cost.cost,
    report.report,
    plan.plan,
    permissions.permissions,
    account.account,
)
_RENAMED = {"flow": "lunora flows", "help": "lunora --help", "version": "lunora --version"}


class ErrorHandlingGroup(TyperGroup):
    """Group of commands that prints errors on stderr and ends with their exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except LunoraError as error:
            _fail(error, error.exit_code)
        except (ClientError, BotoCoreError) as error:
            coded = aws_error(error)
            _fail(coded, coded.exit_code)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command *cmd_name*; raise the remedy for a former name."""
        if cmd_name in _RENAMED:
            raise LunoraError(
                "LUN401",
                f"`lunora {cmd_name}` is not a command",
                remedy=f"use `{_RENAMED[cmd_name]}`",
            )
        return super().get_command(ctx, cmd_name)


def _fail(error: Exception, code: ExitCode) -> NoReturn:
    echo(str(error), err=True)
    raise typer.Exit(code)


def _print_version(value: bool) -> None:  # noqa: FBT001 - typer's form of a callback
    if value:
        echo(f"lunora {importlib.metadata.version('lunora-player')}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", help="Show the version.", callback=_print_version, is_eager=True),
]

app = typer.Typer(
    name="lunora",
    cls=ErrorHandlingGroup,
    help="Streaming destinations: check their files, watch and control them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def _options(*, _version: Version = False) -> None:
    """Streaming destinations: check their files, watch and control them."""


for _command in _COMMANDS:
    app.command()(_command)
app.command(context_settings=pulumi.SETTINGS)(pulumi.pulumi)
app.add_typer(prices.app, name="prices")


def main() -> None:
    """Run the command."""
    try:
        try:
            app()
        finally:
            # Here and not as the interpreter ends, where an error could no longer be explained.
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
    except OSError as error:
        _end_without_output(error)


def _end_without_output(error: OSError) -> NoReturn:
    """End the command, whose output nobody takes: a full disk, or a pipe that was closed."""
    message = not_writable(Path("the output"), error, "check what it is redirected to")
    with contextlib.suppress(OSError):
        echo(str(message), err=True)
    # What is still in the buffers would fail again as the interpreter ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os._exit(message.exit_code)
