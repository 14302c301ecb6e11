"""`python -m bench.mutants`: the mutants of catalog/ and provider/ that no test notices.

mutmut changes one thing at a time in a copy of the last commit, and runs the tests that go through
it. mutants.yaml has a reason for each function whose mutants survive.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import yaml

from bench.figures import ROOT, Figures, Table, options, progress, sample

FOLDERS = ("catalog", "provider")
REASONS = Path(__file__).with_name("mutants.yaml")
_MUTMUT = str(ROOT / ".venv/bin/mutmut")
_RESULT = re.compile(r"^\s*(?P<mutant>\S+): (?P<status>.+)$", re.MULTILINE)
_SURVIVED = ("survived", "no tests")
_NOT_TESTED = "not checked"
# mutmut lists all mutants after it has tested any; those of this function take no time.
_SOME = "catalog.diagnostics.x_nearest__mutmut_*"


def main() -> int:
    """Measure and save the figures; return 1 where a function with survivors has no reason."""
    given = options(__doc__, every=1)
    statuses: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as copy:
        results, notes = _results(Path(copy), given.every)
    for mutant, status in results.items():
        statuses[function_of(mutant)][status] += 1
    reasons: Mapping[str, str] = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    survivors = {
        function: _survivors(counts)
        for function, counts in sorted(statuses.items())
        if _survivors(counts)
    }
    unexplained = [function for function in survivors if function not in reasons]
    total, alive = len(results), sum(survivors.values())
    for function in unexplained:
        progress(f"without a reason: {function}")
    return Figures(
        title="Mutants of `catalog/` and `provider/` that tests notice",
        command="python -m bench.mutants",
        promise="Each function whose mutants survive has a reason for that.",
        verdict=f"{_share(total - alive, total)} of {total:,}; {len(unexplained)} of"
        f" {len(survivors)} functions with survivors have no reason.",
        passed=not unexplained,
        tables=(_folder_table(statuses), _survivor_table(survivors, reasons)),
        notes=notes,
    ).save("mutants")


def _results(copy: Path, every: int) -> tuple[dict[str, str], tuple[str, ...]]:
    """Run mutmut in a *copy* of the last commit; return the status of each mutant, and notes."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - git on PATH
    subprocess.run(["tar", "x"], cwd=copy, input=archive.stdout, check=True)  # noqa: S607 - tar on PATH
    _mutmut(copy, "run", _SOME)
    chosen, notes = sample(tuple(_statuses(copy)), every)
    _mutmut(copy, "run", *chosen)
    statuses = _statuses(copy)
    tested = {mutant: statuses[mutant] for mutant in chosen if statuses[mutant] != _NOT_TESTED}
    return tested, notes


def _statuses(copy: Path) -> dict[str, str]:
    results = _mutmut(copy, "results", "--all", "true")
    return {match["mutant"]: match["status"] for match in _RESULT.finditer(results)}


def _mutmut(copy: Path, *words: str) -> str:
    run = subprocess.run(  # noqa: S603 - our own words
        [_MUTMUT, *words], cwd=copy, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SystemExit(f"mutmut {words[0]} failed:\n{(run.stdout + run.stderr)[-3000:]}")
    return run.stdout


def function_of(mutant: str) -> str:
    """Return `module.Class.function` of mutmut's own name for a *mutant* of it."""
    module, _, name = mutant.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}.{name.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def _survivors(counts: Counter[str]) -> int:
    return sum(counts[status] for status in _SURVIVED)


def _share(part: int, total: int) -> str:
    return f"{100 * part / total:.1f} %" if total else "none"


def _folder_table(statuses: Mapping[str, Counter[str]]) -> Table:
    rows = []
    for folder in FOLDERS:
        named = (counts for name, counts in statuses.items() if name.startswith(f"{folder}."))
        counts = sum(named, Counter[str]())
        total = counts.total()
        noticed = total - _survivors(counts)
        rows.append((f"`{folder}/`", f"{total:,}", f"{noticed:,}", _share(noticed, total)))
    return Table(caption="", columns=("folder", "mutants", "noticed", "share"), rows=tuple(rows))


def _survivor_table(survivors: Mapping[str, int], reasons: Mapping[str, str]) -> Table:
    rows = tuple(
        (f"`{function}`", str(count), reasons.get(function, "no reason"))
        for function, count in survivors.items()
    )
    return Table(caption="Survivors:", columns=("function", "mutants", "reason"), rows=rows)


if __name__ == "__main__":
    raise SystemExit(main())
