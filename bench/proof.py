"""`python -m bench.proof`: bring the measurements of .local/proof/ to docs/reference/benchmarks.md.

A line of the summary is replaced where its measurement was repeated; all others stay.
"""

from __future__ import annotations

from collections.abc import Iterable

from bench.figures import FOLDER, ROOT

SUMMARY = ROOT / "docs/reference/benchmarks.md"


def summary(text: str, documents: Iterable[str]) -> str:
    """Return the summary *text* with the lines of the measured *documents*."""
    rows = {_title(row): row for row in (text.splitlines()[-1] for text in documents)}
    return "".join(f"{rows.get(_title(line), line)}\n" for line in text.splitlines())


def _title(row: str) -> str:
    return row.removeprefix("| ").partition(" | ")[0]


if __name__ == "__main__":
    measured = [path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")]
    SUMMARY.write_text(summary(SUMMARY.read_text("utf-8"), measured), encoding="utf-8")
