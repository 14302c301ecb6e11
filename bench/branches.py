"""`python -m bench.branches`: which branches of the product the tests go through.

Runs the fast and the end-to-end tests with coverage in every process, the engine's program and
plugin included. What counts is a branch that a test takes, not a line.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.figures import ROOT, Figures, Table, progress

PROMISED_PERCENT = 95
MEASURED = ("catalog", "components", "lunora", "provider")
_MARKS = ("not e2e and not contract and not media", "e2e")
_BIN = ROOT / ".venv/bin"


def main() -> int:
    """Measure, save docs/proof/branches.json; return 1 when less than promised is covered."""
    with tempfile.TemporaryDirectory() as scratch:
        report = _report(Path(scratch))
    taken, all_of = _by_folder(report, "covered_branches"), _by_folder(report, "num_branches")
    lines, all_lines = _by_folder(report, "covered_lines"), _by_folder(report, "num_statements")
    rows = tuple(
        (
            f"`{folder}/`",
            f"{taken[folder]} of {all_of[folder]}",
            f"{100 * taken[folder] / all_of[folder]:.1f} %",
            f"{100 * lines[folder] / all_lines[folder]:.1f} %",
        )
        for folder in MEASURED
    )
    least = min(100 * taken[folder] / all_of[folder] for folder in MEASURED)
    percent = 100 * taken.total() / all_of.total()
    Figures(
        title="Branches that tests take",
        order=80,
        command="python -m bench.branches",
        promise=f"Tests take at least {PROMISED_PERCENT} % of the branches of each folder.",
        verdict=f"{percent:.1f} % of {all_of.total()}; in the worst folder {least:.1f} %.",
        kept=least >= PROMISED_PERCENT,
        tables=(
            Table(caption="", columns=("folder", "branches", "taken", "lines run"), rows=rows),
        ),
    ).save("branches")
    return int(least < PROMISED_PERCENT)


def _report(scratch: Path) -> Any:
    report = scratch / "report.json"
    for mark in _MARKS:
        progress(f"tests: {mark}")
        tests = ("-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal", "-m", mark)
        _coverage(scratch, "run", *tests)
    _coverage(scratch, "combine", "-q")
    _coverage(scratch, "report")
    _coverage(scratch, "json", "-q", "-o", str(report))
    return json.loads(report.read_text())


def _coverage(scratch: Path, *words: str) -> None:
    environment = {
        **os.environ,
        "PATH": f"{ROOT / '.local/bin'}:{_BIN}:{os.environ['PATH']}",
        "COVERAGE_FILE": str(scratch / "data"),
    }
    command = [str(_BIN / "coverage"), *words]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603 - our own words


def _by_folder(report: Any, figure: str) -> Counter[str]:
    counted: Counter[str] = Counter()
    for file, found in report["files"].items():
        counted[Path(file).parts[0]] += found["summary"][figure]
    return counted


if __name__ == "__main__":
    sys.exit(main())
