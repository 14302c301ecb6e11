"""The commands of the documents: how each block is run, in a workspace or a checkout."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.support.workspace import (
    FIRST_ON_PATH,
    ROOT,
    STACK,
    Run,
    Workspace,
    share_dependencies,
)

RUNS = "tests/documents.yaml"
"""The file with the test, or the reason, of each block of commands of the documents."""
CONFIRMED = {"PULUMI_SKIP_CONFIRMATIONS": "true", "PULUMI_OPTION_SKIP_PREVIEW": "true"}
"""The reader's yes to a run of Pulumi, which shows no second preview before it."""

_SELECTED = {"PULUMI_STACK": STACK, "LUNORA_STACK": STACK}
_HEADING = re.compile(r"^## (.+)$")
_COMMENT = re.compile(r" +# (.*)$")
_SETTINGS = ("AWS_", "GIT_", "LUNORA_", "PULUMI_", "PYTHONPATH", "MAKEFLAGS", "GOGC")
_LASTING = ("export ", ". ")
_ASSIGNMENT = re.compile(r"[A-Z]+=\$\(.*\)$")


@dataclass(frozen=True, slots=True)
class Block:
    """An `sh` block of a page.

    Attributes:
        page: the page, from the repository's root.
        section: the heading above it; empty before the first.
        number: its place among the blocks of the section.
        commands: its commands, without comments.
        test: the test that runs it; None where none does.
        left_out: the commands that are not run, with the reason.
        reason: why none is run; None where a test runs the others.
    """

    page: str
    section: str
    number: int
    commands: tuple[str, ...]
    test: str | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None

    @property
    def to_run(self) -> tuple[str, ...]:
        """The commands that its test has to run."""
        if self.reason is not None:
            return ()
        return tuple(command for command in self.commands if command not in self.left_out)


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a *page*, with what tests/documents.yaml says of them."""
    entries = runs().get(page, {})
    for section, number, commands in _sections(ROOT / page):
        entry = entries
        if "test" not in entries and "left_out" not in entries:
            of_section = entries.get(section, [])
            entry = of_section[number] if number < len(of_section) else {}
        yield Block(page, section, number, commands, **entry)


@functools.cache
def runs() -> Mapping[str, Any]:
    """Return what tests/documents.yaml says: page -> entry, or section -> an entry a block."""
    content: Mapping[str, Any] = yaml.safe_load((ROOT / RUNS).read_text(encoding="utf-8"))
    return content


def run_by(test: str) -> tuple[Block, ...]:
    """Return the blocks that *test* runs, page by page."""
    return tuple(block for page in runs() for block in blocks(page) if block.test == test)


def follow(workspace: Workspace, command: str, *, stdin: str = "", code: int | None = 0) -> Run:
    """Run a *command* of a page in *workspace*, on its stack instead of `prod`.

    Args:
        workspace: the project.
        command: the command.
        stdin: what the reader types when the command asks.
        code: its exit code; None is any.
    """
    text = re.sub(r"\bprod\b", STACK, command)
    run = workspace.shell(text, env={**CONFIRMED, **_SELECTED}, stdin=stdin)
    assert code in {None, run.code}, f"{text}\n{run.text}"
    return run


def _sections(page: Path) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Yield heading, number and commands of each block."""
    section, number = "", 0
    lines: list[str] | None = None
    for line in page.read_text(encoding="utf-8").splitlines():
        if heading := _HEADING.match(line):
            section, number = heading[1], 0
        if line == "```sh":
            lines = []
        elif lines is not None and line == "```":
            text = "\n".join(lines).replace("\\\n", " ")
            yield section, number, tuple(" ".join(each.split()) for each in text.splitlines())
            number, lines = number + 1, None
        elif lines is not None and line.strip():
            lines.append(_COMMENT.sub("", line))


@dataclass
class Checkout:
    """A clone of the repository, and a shell whose exports last.

    Attributes:
        folder: the clone.
        environment: what the shell begins with.
        exports: the commands that changed it since.
        replacements: what its reader replaces in every command.
    """

    folder: Path
    environment: Mapping[str, str]
    exports: list[str] = field(default_factory=list)
    replacements: Mapping[str, str] = field(default_factory=dict)

    def run(self, command: str, *, stdin: str = "", env: Mapping[str, str] | None = None) -> Run:
        """Run *command* without a terminal, so that it reads answers from *stdin*."""
        for original, own in self.replacements.items():
            command = command.replace(original, own)
        if command.startswith(_LASTING) or _ASSIGNMENT.match(command):
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
