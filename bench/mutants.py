"""`python -m bench.mutants`: which deliberate mistakes the tests notice.

mutmut makes one mistake at a time in the code and runs the tests that go through it. What no
test notices is a survivor; mutants.yaml says of each function why its survivors may live. Exit
code 1 when one has not been looked at. `--every 5` makes one mistake in five, drawn by lot.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import yaml

from bench.figures import ROOT, Figures, Table, progress
from bench.sampling import sample

FOLDERS = ("catalog", "provider")
_MUTMUT = str(ROOT / ".venv/bin/mutmut")
_LOOKED_AT = Path(__file__).with_name("mutants.yaml")
_RESULT = re.compile(r"^\s*(?P<mistake>\S+): (?P<fate>.+)$", re.MULTILINE)
_SURVIVED = ("survived", "no tests")
_NOT_MADE = "not checked"
# mutmut knows all mistakes after it has made any; those of this function take no time.
_SOME = "catalog.diagnostics.x_nearest__mutmut_*"


def main() -> int:
    """Make the mistakes, save docs/proof/mutants.json; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="make one in so many mistakes")
    fates: dict[str, Counter[str]] = defaultdict(Counter)
    with tempfile.TemporaryDirectory() as copy:
        results, said = _results(Path(copy), parser.parse_args().every)
        for mistake, fate in results.items():
            fates[_function(mistake)][fate] += 1
    reasons: Mapping[str, str] = yaml.safe_load(_LOOKED_AT.read_text(encoding="utf-8")) or {}
    survivors = {
        function: sum(found[fate] for fate in _SURVIVED)
        for function, found in sorted(fates.items())
        if any(found[fate] for fate in _SURVIVED)
    }
    unseen = [function for function in survivors if function not in reasons]
    made = sum(found.total() for found in fates.values())
    alive = sum(survivors.values())
    Figures(
        title="Deliberate mistakes",
        order=90,
        command="python -m bench.mutants",
        promise="Each mistake that no test notices has been looked at.",
        verdict=f"Tests notice {made - alive:,} of {made:,} ({100 * (made - alive) / made:.1f} %);"
        f" {len(unseen)} of {len(survivors)} functions with survivors are not looked at.",
        kept=not unseen,
        tables=(_folders(fates), _survivors(survivors, reasons)),
        notes=said,
    ).save("mutants")
    progress("\n".join(f"not looked at: {function}" for function in unseen))
    return int(bool(unseen))


def _results(copy: Path, every: int) -> tuple[dict[str, str], tuple[str, ...]]:
    """Let mutmut work in a *copy* of the last commit.

    Returns:
        The fate of each mistake that was made, by its name, and what has to be said of them.
    """
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - git on PATH
    subprocess.run(["tar", "x"], cwd=copy, input=archive.stdout, check=True)  # noqa: S607 - tar on PATH
    _mutmut(copy, "run", _SOME)
    chosen, said = sample(tuple(_fates(copy)), every)
    _mutmut(copy, "run", *chosen)
    fates = _fates(copy)
    return {one: fates[one] for one in chosen if fates[one] != _NOT_MADE}, said


def _fates(copy: Path) -> dict[str, str]:
    told = _mutmut(copy, "results", "--all", "true")
    return {one["mistake"]: one["fate"] for one in _RESULT.finditer(told)}


def _mutmut(copy: Path, *words: str) -> str:
    return subprocess.run(  # noqa: S603 - our own words
        [_MUTMUT, *words], cwd=copy, capture_output=True, text=True, check=True
    ).stdout


def _function(mistake: str) -> str:
    """Return `module.Class.function` of mutmut's own name for a mistake in it."""
    module, _, name = mistake.rpartition("__mutmut_")[0].rpartition(".")
    return f"{module}.{name.removeprefix('x_').removeprefix('xǁ').replace('ǁ', '.')}"


def _folders(fates: Mapping[str, Counter[str]]) -> Table:
    rows = []
    for folder in FOLDERS:
        of_folder: Counter[str] = Counter()
        for function, found in fates.items():
            if function.startswith(f"{folder}."):
                of_folder += found
        alive = sum(of_folder[fate] for fate in _SURVIVED)
        noticed = of_folder.total() - alive
        share = f"{100 * noticed / of_folder.total():.1f} %"
        rows.append((f"`{folder}/`", f"{of_folder.total():,}", f"{noticed:,}", share))
    return Table(caption="", columns=("folder", "mistakes", "noticed", "share"), rows=tuple(rows))


def _survivors(survivors: Mapping[str, int], reasons: Mapping[str, str]) -> Table:
    rows = tuple(
        (f"`{function}`", str(count), reasons.get(function, "not looked at"))
        for function, count in survivors.items()
    )
    return Table(
        caption="What no test notices:", columns=("function", "mistakes", "why"), rows=rows
    )


if __name__ == "__main__":
    sys.exit(main())
