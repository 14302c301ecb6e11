"""Adds a destination: its file, and what is secret of it as secrets of the stack.

A secret goes to Pulumi on its standard input: a command line is there for every user of the
machine to see.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from catalog.diagnostics import DestinationValidationError, Diagnostic
from catalog.errors import Location
from catalog.loader import load
from catalog.new_destination import Draft


class NotAddedError(Exception):
    """A secret could not be stored; the text is one sentence for a person."""


def write(folder: Path, name: str, draft: Draft) -> Path:
    """Write the file of destination *name* into *folder* and return its path.

    Nothing is left behind when the folder would not be valid with it.

    Raises:
        InvalidDestinations: when there is such a file, and with what is wrong with it or others.
    """
    path = folder / f"{name}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(draft.text)
    except FileExistsError:
        raise _refused(path, "is there already; edit it, or take another name") from None
    except OSError:
        raise _refused(path, "cannot be written; check the folder") from None
    try:
        load(folder)
    except DestinationValidationError:
        path.unlink()
        raise
    return path


def store_key(project: str, stack: str, name: str, key: str) -> None:
    """Set the stream key of *name*; see `store_secret`."""
    store_secret(project, stack, f"streamKeys.{name}", key)


def store_secret(project: str, stack: str, name: str, secret: str) -> None:
    """Set the secret *name* (`streamKeys.one`) of the *stack* in the present folder.

    Raises:
        NotAdded: with what Pulumi says; never the secret.
    """
    setting = f"{project}:{name}"
    command = ["pulumi", "config", "set", "--secret", "--path", setting, "--stack", stack]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the name has been checked
            [*command, "--non-interactive"],
            input=secret,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        raise NotAddedError("pulumi is not on PATH; install it, or load local.env") from None
    if done.returncode:
        said = " ".join(done.stderr.replace(secret, "***").split())
        raise NotAddedError(f"{name} was not stored: {said}")


def _refused(path: Path, message: str) -> DestinationValidationError:
    return DestinationValidationError([Diagnostic(Location(path), "LUN118", "", message)])
