"""`python -m localaws.media`: installs the programs that real media needs."""

from __future__ import annotations

import typer

from localaws import debian
from localaws.media import tools


def main() -> None:
    """Install them, as root on Debian."""
    try:
        debian.install(tools.PACKAGES, lambda line: typer.echo(f"media: {line}", err=True))
    except debian.InstallError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if lacking := tools.missing():
        typer.echo(f"still missing: {', '.join(lacking)}", err=True)
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
