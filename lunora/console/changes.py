"""Changes of the destination files that are not committed, as git shows them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from catalog import plain_file, yaml_edit


def uncommitted(folder: Path) -> str | None:
    """Return the difference between *folder* and the last commit; None without a repository.

    git's index stays as it is: a new file appears without being added.
    """
    changed = _git(folder, "diff", "--no-color", "--no-ext-diff", "--relative", "HEAD", "--", ".")
    if changed is None:
        # A repository without a commit.
        changed = ""
    listed = _git(folder, "ls-files", "-z", "--others", "--exclude-standard", "--", ".")
    if listed is None:
        return None
    return changed + "".join(_new(folder, name) for name in filter(None, listed.split("\0")))


def _new(folder: Path, name: str) -> str:
    try:
        text = plain_file.read(folder / name).decode(errors="replace")
    except OSError:
        return ""
    return yaml_edit.patch(None, text, name)


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            ["git", *words],  # noqa: S607 - the git that people use
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None
