"""What a measurement found: kept as data in docs/proof/, from which docs/proof.md is written."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/proof"


def now() -> dt.datetime:
    """Return the time of a measurement, in UTC, whole seconds."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def machine() -> str:
    """Return what a reader needs to compare: cores, processor, memory, system, Python."""
    described = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.*)$", described, re.MULTILINE)
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return (
        f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, "
        f"{gigabytes:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}"
    )


def revision() -> str:
    """Return the commit of the checkout, with "+" where tracked files but figures were changed."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "unknown"
    others = (":!docs/proof", ":!docs/proof.md")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", *others)
    return commit + ("+" if changed else "")


def _git(*words: str) -> str:
    asked = subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603, S607 - our own words, git on PATH
    return asked.stdout.strip()


class Table(BaseModel):
    """Rows of words and figures under a line that says what they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Figures(BaseModel):
    """One measurement.

    Attributes:
        title: what was measured, as a heading.
        order: where it stands in docs/proof.md; small first.
        command: what repeats it, from the checkout.
        promise: what was to be shown, one sentence.
        verdict: what was found, one sentence; says so where the promise is not kept.
        kept: whether the promise is kept.
        tables: the figures.
        notes: what a reader must know to read them rightly.
        measured: when, in UTC.
        machine: on what.
        revision: of which commit; "+" after it where files were changed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    order: int
    command: str
    promise: str
    verdict: str
    kept: bool
    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()
    measured: dt.datetime = Field(default_factory=now)
    machine: str = Field(default_factory=machine)
    revision: str = Field(default_factory=revision)

    def save(self, name: str) -> Path:
        """Write docs/proof/*name*.json."""
        FOLDER.mkdir(exist_ok=True)
        path = FOLDER / f"{name}.json"
        path.write_text(self.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return path


def everything() -> list[Figures]:
    """Return all measurements, in the order of the document."""
    found = [
        Figures.model_validate_json(path.read_text(encoding="utf-8"))
        for path in FOLDER.glob("*.json")
    ]
    return sorted(found, key=lambda figures: (figures.order, figures.title))


def progress(line: str) -> None:
    """Tell a person on stderr how far a long measurement is."""
    print(line, file=sys.stderr, flush=True)
