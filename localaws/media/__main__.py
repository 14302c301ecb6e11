"""`python -m localaws.media`: installs the programs that real media needs."""

from __future__ import annotations

import typer

from localaws import debian
from localaws.media import tools


def main() -> None:
    """Install them, as root on Debian."""
    try:
        _install()
    except debian.InstallError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _install() -> None:
    debian.install(tools.PACKAGES, lambda line: typer.echo(f"media: {line}", err=True))
    if lacking := tools.missing():
        raise debian.InstallError(f"still missing: {', '.join(lacking)}")


if __name__ == "__main__":
    typer.run(main)
