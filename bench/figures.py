"""Measured figures: documents in .local/proof/, a line each in docs/reference/benchmarks.md."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import os
import platform
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from bench.readings import Readings

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".local/proof"


def machine() -> str:
    """Return what a reader needs to compare: cores, processor, memory, system, Python."""
    cpu_info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.*)$", cpu_info, re.MULTILINE)
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, "
        f"{gigabytes:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def revision() -> str:
    """Return the commit of the checkout, with "+" where tracked files were changed."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return commit + ("+" if changed else "")


def _git(*words: str) -> str:
    command = ("git", *words)
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - git on PATH
    return ran.stdout.strip()


@dataclass(frozen=True)
class Table:
    """Rows of words and figures under a caption."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def markdown(self) -> str:
        """The table in Markdown."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join([f"{self.caption}\n", *map(_row, lines), ""])


@dataclass(frozen=True)
class Figures:
    """One measurement.

    Attributes:
        name: of its file.
        title: the subject, as a heading.
        command: the command that repeats it, from the checkout.
        promise: the criterion, one sentence.
        verdict: the result, one sentence; names what does not meet the criterion.
        passed: whether the criterion is met.
        tables: the figures.
        notes: paragraphs that a reader must know to read them rightly.
        measured: the time, in UTC.
        machine: the machine.
        revision: the commit; "+" after it where files were changed.
    """

    name: str
    title: str
    command: str
    promise: str
    verdict: str
    passed: bool
    tables: Sequence[Table]
    notes: str = ""
    measured: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    machine: str = field(default_factory=machine)
    revision: str = field(default_factory=revision)

    def save(self) -> int:
        """Write .local/proof/*name*.md; return the exit code of the measurement."""
        FOLDER.mkdir(exist_ok=True, parents=True)
        path = FOLDER / f"{self.name}.md"
        path.write_text(self.markdown, encoding="utf-8")
        progress(f"{self.title}: {self.verdict} {path}")
        return int(not self.passed)

    @property
    def markdown(self) -> str:
        """The measurement as a document; its last line is the one of the summary."""
        value = self.verdict if self.passed else f"**Missed.** {self.verdict}"
        measured = f"{self.measured:%Y-%m-%d}, `{self.revision}`"
        row = (self.title, value, f"`{self.command}`", self.machine, measured)
        tables = "\n".join(table.markdown for table in self.tables)
        return (
            f"# {self.title}\n*{self.promise}*\n\n{tables}\n{self.notes.strip()}\n\n{_row(row)}\n"
        )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Check:
    """A case with the problems that it ended with; none where it passed.

    Attributes:
        cells: the case, in a few words.
        problems: the differences from the expectation.
        outcome: how it ended otherwise, in words that are counted.
    """

    cells: tuple[str, ...]
    problems: Sequence[str]
    outcome: str = ""

    def __post_init__(self) -> None:
        """Show a person how it went."""
        progress(f"{', '.join(self.cells)}: {self.result}")

    @property
    def result(self) -> str:
        """The problems in words."""
        return "; ".join(self.problems) or "as expected"


@dataclass(frozen=True)
class Report:
    """The description of figures that count checks.

    Attributes:
        name: of the bench.
        title: as a heading.
        promise: the criterion, one sentence.
        noun: several cases, with their verb.
        columns: the names of a check's cells.
        notes: paragraphs.
        groups: the columns by which checks are counted; without any, all checks are listed.
        command: repeats it, where that is not `python -m bench.` and its name.
    """

    name: str
    title: str
    promise: str
    noun: str
    columns: tuple[str, ...]
    notes: str | None
    groups: tuple[tuple[str, ...], ...] = ()
    command: str = ""

    def under(self, readings: Readings) -> Report:
        """Return it for *readings*: figures of their own where they are not the defaults."""
        if readings is Readings.DEFAULT:
            return self
        command = f"python -m bench.{self.name}"
        name, title, command = readings.of_figures(self.name, self.title, command)
        return dataclasses.replace(self, name=name, title=title, command=command)

    def save(self, checks: Sequence[Check], *, more: str = "", note: str = "") -> int:
        """Save the figures of *checks*; return the exit code.

        Args:
            checks: all of them.
            more: the rest of the verdict.
            note: before the other notes.
        """
        failed = [check for check in checks if check.problems]
        listed = sorted(failed, key=lambda check: check.cells) if self.groups else checks
        rows = [(*check.cells, check.result) for check in listed]
        caption = "Failed:" if self.groups else "One by one:"
        return Figures(
            name=self.name,
            title=self.title,
            command=self.command or f"python -m bench.{self.name}",
            promise=self.promise,
            verdict=f"{len(checks) - len(failed)} of {len(checks)} {self.noun}{more}.",
            passed=bool(checks) and not failed,
            tables=[
                *(self.counted(checks, group) for group in self.groups),
                *([Table(caption, (*self.columns, "result"), rows)] if rows else []),
            ],
            notes=f"{note}\n{self.notes}",
        ).save()

    def counted(self, checks: Sequence[Check], columns: tuple[str, ...]) -> Table:
        """Return a row for each group of *checks*: their number, by outcome, and passed."""
        places = [self.columns.index(column) for column in columns]
        outcomes = sorted({check.outcome for check in checks} - {""})
        groups: defaultdict[tuple[str, ...], list[Check]] = defaultdict(list)
        for check in checks:
            groups[tuple(check.cells[place] for place in places)].append(check)
        rows = []
        for key, group in sorted(groups.items()):
            ended = Counter(check.outcome for check in group)
            passed = sum(not check.problems for check in group)
            counts = (len(group), *(ended[outcome] for outcome in outcomes), passed)
            rows.append((*key, *map(str, counts)))
        return Table(f"By {' and '.join(columns)}:", (*columns, "cases", *outcomes, "passed"), rows)


def sample(cases: Sequence[T], every: int) -> tuple[Sequence[T], str]:
    """Return one in *every* of *cases* at random, and the note about it."""
    if every == 1:
        return cases, ""
    # Cases stand in the order of calls and kinds: every so manyth would be of one kind.
    chosen = random.Random(0).sample(cases, -(-len(cases) // every))  # noqa: S311 - no secret
    return chosen, f"Measured at {len(chosen)} of {len(cases)}, drawn by lot."


def options(description: str | None, **defaults: Any) -> argparse.Namespace:
    """Read the command line: an option for each default, of its type; a tuple takes several."""
    parser = argparse.ArgumentParser(
        description=(description or "").partition("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    for name, default in defaults.items():
        several = isinstance(default, tuple)
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=type(default[0] if several else default),
            nargs="+" if several else None,
            default=default,
            help=" ",
        )
    return parser.parse_args()


def progress(line: str) -> None:
    """Show a person on stderr how far a long measurement is."""
    print(line, file=sys.stderr, flush=True)
