"""Measured figures: data in .local/proof/, a line each in docs/reference/benchmarks.md."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import random
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".local/proof"


def now() -> dt.datetime:
    """Return the time of a measurement, in UTC, whole seconds."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


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


class Table(BaseModel):
    """Rows of words and figures under a caption."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def markdown(self) -> str:
        """The table in Markdown."""
        lines = [self.columns, ("---",) * len(self.columns), *self.rows]
        table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"{self.caption}\n\n{table}\n" if self.caption else f"{table}\n"


class Figures(BaseModel):
    """One measurement.

    Attributes:
        title: the subject, as a heading.
        command: the command that repeats it, from the checkout.
        promise: the criterion, one sentence.
        verdict: the result, one sentence; names what does not meet the criterion.
        passed: whether the criterion is met.
        tables: the figures.
        notes: what a reader must know to read them rightly.
        measured: the time, in UTC.
        machine: the machine.
        revision: the commit; "+" after it where files were changed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    command: str
    promise: str
    verdict: str
    passed: bool
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    measured: dt.datetime = Field(default_factory=now)
    machine: str = Field(default_factory=machine)
    revision: str = Field(default_factory=revision)

    def save(self, name: str) -> int:
        """Write .local/proof/*name*.json; return the exit code of the measurement."""
        FOLDER.mkdir(exist_ok=True, parents=True)
        path = FOLDER / f"{name}.json"
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
        progress(f"{self.title}: {self.verdict} {path}")
        return int(not self.passed)

    @property
    def row(self) -> tuple[str, ...]:
        """The line of the summary: figure, value, command, machine, date."""
        value = self.verdict if self.passed else f"**Missed.** {self.verdict}"
        measured = f"{self.measured:%Y-%m-%d}, `{self.revision}`"
        return self.title, value, f"`{self.command}`", self.machine, measured

    @property
    def markdown(self) -> str:
        """The measurement as a section of a document."""
        notes = "".join(f"- {' '.join(note.split())}\n" for note in self.notes)
        tables = "\n".join(table.markdown for table in self.tables)
        head = f"## {self.title}\n*{self.promise}*\n\n{self.verdict}\n"
        time = f"{self.measured:%Y-%m-%d %H:%M} UTC"
        origin = f"Measured {time} at `{self.revision}` on {self.machine} by `{self.command}`.\n"
        return f"{head}\n{tables}\n{notes}\n{origin}"


def count_table(
    caption: str,
    names: tuple[str, ...],
    cases: Iterable[T],
    key_of: Callable[[T], tuple[str, ...]],
    counts: Mapping[str, Callable[[T], bool]],
) -> Table:
    """Return a row for each key of *cases*: their number, and how many each count holds for."""
    groups: defaultdict[tuple[str, ...], list[T]] = defaultdict(list)
    for case in cases:
        groups[key_of(case)].append(case)
    rows = [
        (*key, str(len(group)), *(str(sum(map(holds, group))) for holds in counts.values()))
        for key, group in sorted(groups.items())
    ]
    return Table(caption=caption, columns=(*names, "cases", *counts), rows=tuple(rows))


def sample(cases: Sequence[T], every: int) -> tuple[Sequence[T], tuple[str, ...]]:
    """Return one in *every* of *cases* at random, and the note that says so."""
    if every == 1:
        return cases, ()
    # Cases stand in the order of calls and kinds: every so manyth would be of one kind.
    chosen = random.Random(0).sample(cases, -(-len(cases) // every))  # noqa: S311 - no secret
    return chosen, (f"Measured at {len(chosen)} of {len(cases)}, drawn by lot.",)


def options(description: str | None, **defaults: Any) -> argparse.Namespace:
    """Read the command line: an option for each default, of its type; a tuple takes several."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in defaults.items():
        flag, several = f"--{name.replace('_', '-')}", isinstance(default, tuple)
        if isinstance(default, bool):
            parser.add_argument(flag, action="store_true")
        else:
            kind = type(default[0] if several else default)
            shown = " ".join(map(str, default)) if several else default
            parser.add_argument(
                flag, type=kind, nargs="+" if several else None, default=default, help=f"({shown})"
            )
    return parser.parse_args()


def progress(line: str) -> None:
    """Tell a person on stderr how far a long measurement is."""
    print(line, file=sys.stderr, flush=True)
