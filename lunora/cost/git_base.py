"""The destinations of another commit, read without a checkout."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from pathlib import Path

from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.model import DestinationSpec
from lunora.stack import StackError


def destinations_at(ref: str, folder: Path) -> tuple[DestinationSpec, ...]:
    """Return the destinations that *folder* holds at the git commit *ref*; none when it has none.

    Raises:
        StackError: when git does not know *ref*, or its files are not valid today.
    """
    if ref.startswith("-"):
        raise StackError(f"{ref} is no git commit; name a branch, tag or commit")
    commit = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if commit is None:
        raise StackError(f"git knows no commit {ref} here; fetch it, or name another")
    packed = _git("archive", "--format=tar", commit.decode().strip(), "--", folder.as_posix())
    if packed is None:
        return ()
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(scratch, filter="data")
        try:
            return load(Path(scratch) / folder).specs
        except DestinationValidationError as invalid:
            count = len(invalid.diagnostics)
            raise StackError(
                f"the destinations of {ref} cannot be compared with: {count} of their keys are"
                " not valid any more; compare with a later commit"
            ) from None


def _git(*words: str) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603 - our own words, and a commit that git has resolved
            ["git", *words],  # noqa: S607 - the git that people use
            capture_output=True,
            check=False,
        )
    except OSError:
        raise StackError("git is not installed here; comparing needs it") from None
    return done.stdout if done.returncode == 0 else None
