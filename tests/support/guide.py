"""The commands of a page of docs/, run one after the other in a checkout of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.workspace import FIRST_ON_PATH, ROOT, Run, share_dependencies

_HEADING = re.compile(r"^## (.+)$")
_COMMENT = re.compile(r" +# (.*)$")
_ELSEWHERE = "GitHub:"
_SETTINGS = ("AWS_", "GIT_", "LUNORA_", "PULUMI_", "PYTHONPATH", "MAKEFLAGS", "GOGC")


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page.

    Attributes:
        section: the heading above it.
        text: the command.
        comment: what the page says beside it.
    """

    section: str
    text: str
    comment: str

    @property
    def is_local(self) -> bool:
        """True unless the page marks it as a command for GitHub."""
        return not self.comment.startswith(_ELSEWHERE)


def commands(page: Path) -> Iterator[Command]:
    """Yield the commands of a *page*: the lines of its `sh` blocks."""
    section, inside = "", False
    for line in page.read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.match(line):
            section = heading[1]
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside and line.strip():
            comment = _COMMENT.search(line)
            yield Command(section, _COMMENT.sub("", line), comment[1] if comment else "")


@dataclass
class Checkout:
    """A clone of the repository, and a shell whose exports last.

    Attributes:
        folder: the clone.
        environment: what the shell begins with.
        exports: the commands that changed it since.
    """

    folder: Path
    environment: Mapping[str, str]
    exports: list[str] = field(default_factory=list)

    def run(self, command: str, *, stdin: str = "", env: Mapping[str, str] | None = None) -> Run:
        """Run *command* without a terminal, so that it reads answers from *stdin*."""
        if command.startswith("export "):
            self.exports.append(command)
        script = "\n".join([*self.exports, *_plugin(), command])
        done = subprocess.run(  # noqa: S603 - our own words
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - any bash will do
            cwd=self.folder,
            env={**self.environment, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
            start_new_session=True,
            check=False,
        )
        return Run(done.returncode, done.stdout, done.stderr)


def clone(folder: Path, environment: Mapping[str, str]) -> Checkout:
    """Return a checkout in *folder* with a home of its own and *environment*.

    Its dependencies and the engine, whose set-up takes minutes, are those of this repository.
    """
    home, project = folder / "home", folder / "project"
    listed = _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, project / name)
    (home / ".cache").mkdir(parents=True)
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "lunora"
    (home / ".cache/lunora").symlink_to(cache)
    share_dependencies(project)
    _git(project, "init", "--quiet", "--initial-branch", "main")
    _git(project, "add", "--all")
    _git(project, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "Clone")
    return Checkout(project, {**_own_environment(home), **environment})


def _own_environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_SETTINGS)}
    paths = [path for path in os.environ["PATH"].split(":") if not path.startswith(str(ROOT))]
    people = {
        f"GIT_{role}_{what}": "a@b"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    return {**kept, **people, "HOME": str(home), "PATH": ":".join(paths)}


def _plugin() -> list[str]:
    """Return the command that puts the AWS plugin of `--aws-plugin` before the checkout's."""
    return [f'export PATH="{":".join(FIRST_ON_PATH)}:$PATH"'] if FIRST_ON_PATH else []


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        ["git", *words],  # noqa: S607 - the git that people use
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
