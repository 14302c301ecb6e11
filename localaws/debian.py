"""Installation of Debian packages for the emulator and its tests.

`python -m localaws.debian PACKAGE...` installs them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import typer

from catalog.errors import LunoraError

# Debian's way to say that packages may not start services (policy-rc.d, of invoke-rc.d's manual).
_POLICY = Path("/usr/sbin/policy-rc.d")
_START_NOTHING = "#!/bin/sh\nexit 101\n"


class InstallError(LunoraError):
    """The packages cannot be had."""

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__("LUN516", message, remedy=remedy)


def install(packages: Sequence[str], say: Callable[[str], None]) -> None:
    """Install those *packages* that are not installed; no service of theirs is started.

    Raises:
        InstallError: when this is no Debian, we are not root, or apt fails.
    """
    lacking = [name for name in packages if not _is_installed(name)]
    if not lacking:
        return
    listed = " ".join(lacking)
    if shutil.which("apt-get") is None:
        raise InstallError("no apt-get here", remedy=f"install what Debian calls {listed}")
    if os.geteuid() != 0:
        raise InstallError(
            "only root can install", remedy=f"run `apt-get install {listed}` as root"
        )
    say(f"installing {listed}")
    with _no_services():
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *lacking)


def main(packages: list[str]) -> None:
    """Install *packages*, as root on Debian."""
    try:
        install(packages, lambda line: typer.echo(f"debian: {line}", err=True))
    except InstallError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(error.exit_code) from None


def _is_installed(package: str) -> bool:
    if shutil.which("dpkg-query") is None:
        return False
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own names
    return done.stdout == "installed"


def _apt(*words: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own names
        ["apt-get", "-qq", *words],  # noqa: S607 - found on PATH
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        last = "; ".join(done.stderr.strip().splitlines()[-2:])
        raise InstallError(f"`apt-get {words[0]}` failed: {last}")


@contextlib.contextmanager
def _no_services() -> Iterator[None]:
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text(_START_NOTHING)
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()


if __name__ == "__main__":
    typer.run(main)
