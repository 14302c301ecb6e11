"""The destinations of another commit, read without a checkout."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path

from catalog.diagnostics import DestinationValidationError
from catalog.errors import LunoraError
from catalog.flow_source import FlowSource
from catalog.loader import load
from catalog.model import DestinationSpec


def destinations_at(
    ref: str, folder: Path, sources: Mapping[str, FlowSource]
) -> tuple[DestinationSpec, ...]:
    """Return the destinations that *folder* holds at the git commit *ref*; none when it has none.

    Args:
        ref: a branch, tag or commit.
        folder: of the destination files, in the project.
        sources: the sources of the flows as they are declared today.

    Raises:
        LunoraError: when *ref* is not a commit, or its files are not valid today.
    """
    if ref.startswith("-"):
        raise _no_commit(ref)
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise _no_commit(ref)
    packed = _git("archive", "--format=tar", commit.decode().strip(), "--", folder.as_posix())
    if packed is None:
        return ()
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(scratch, filter="data")
        try:
            return load(Path(scratch) / folder, sources=sources).specs
        except DestinationValidationError as invalid:
            count = len(invalid.diagnostics)
            raise LunoraError(
                "LUN423",
                f"cannot compare with the destinations of {ref}: {count} of their keys are not"
                " valid any more",
                remedy="compare with a later commit",
            ) from None


def _no_commit(ref: str) -> LunoraError:
    return LunoraError(
        "LUN422",
        f"the repository has no commit {ref}",
        remedy="fetch it, or name another branch, tag or commit",
    )


def _git(*words: str) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and a commit that git has resolved
            ["git", *words],  # noqa: S607 - the git that people use
            capture_output=True,
            check=False,
        )
    except OSError:
        raise LunoraError(
            "LUN424", "cannot read another commit: git is not installed", remedy="install git"
        ) from None
    return done.stdout if done.returncode == 0 else None
