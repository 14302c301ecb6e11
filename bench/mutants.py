"""`python -m bench.mutants`: mutants of rules, plugin and watchdog that no test notices.

mutmut changes one thing at a time in a copy of the last commit, and runs the tests that go through
it. Mutants of sentences count apart, because tests assert codes and values. mutants.yaml has a
reason for each function whose other mutants survive.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from bench.figures import ROOT, Figures, Table, options, progress, sample
from bench.mutated_sentences import in_sentences

REASONS = Path(__file__).with_name("mutants.yaml")
_MUTMUT = str(ROOT / ".venv/bin/mutmut")
_RESULT = re.compile(r"^\s*(\S+): (.+)$", re.MULTILINE)
# Tests that ran out of time have judged nothing.
_SURVIVED = ("survived", "no tests", "timeout")
_PROMISED = 0.95
_NOT_TESTED = "not checked"
# mutmut lists all mutants after it has tested any; those of this function take no time.
_SOME = "catalog.diagnostics.x_nearest__mutmut_*"


def main() -> int:
    """Measure and save the figures; return 1 where a function with survivors has no reason."""
    given = options(__doc__, every=1)
    with tempfile.TemporaryDirectory() as copy:
        results, note = _results(Path(copy), given.every)
        sentences = _in_sentences(Path(copy) / "mutants", results)
    reasons: Mapping[str, str] = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    alive = {mutant for mutant, status in results.items() if status in _SURVIVED}
    survivors = Counter(map(function_of, alive - sentences))
    unexplained = sorted(survivors.keys() - reasons.keys())
    for function in unexplained:
        progress(f"without a reason: {function}")
    functions = [
        (f"`{function}`", str(count), reasons.get(function, "no reason"))
        for function, count in sorted(survivors.items())
    ]
    noticed, total = len(results) - len(alive), len(results)
    others = total - len(sentences)
    share = (others - len(alive - sentences)) / others if others else 1
    return Figures(
        name="mutants",
        title="Mutants of `catalog/`, `provider/` and `lunora/watchdog/` that tests notice",
        command="python -m bench.mutants",
        promise="95 % of the mutants that change more than a sentence are noticed, and each"
        " function with others has a reason.",
        verdict=f"{share:.1%} of {others:,} that change more than a sentence; with sentences,"
        f" {noticed:,} of {total:,}. {len(unexplained)} of {len(survivors)} functions with"
        " survivors have no reason.",
        passed=not unexplained and share >= _PROMISED,
        tables=[Table("Survivors:", ("function", "mutants", "reason"), functions)],
        notes=note,
    ).save()


def _results(copy: Path, every: int) -> tuple[dict[str, str], str]:
    """Run mutmut in a *copy* of the last commit; return the status of each mutant, and a note."""
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 - git on PATH
    subprocess.run(["tar", "x"], cwd=copy, input=archive.stdout, check=True)  # noqa: S607 - tar on PATH
    _mutmut(copy, "run", _SOME)
    chosen, note = sample(tuple(_statuses(copy)), every)
    _mutmut(copy, "run", *chosen)
    statuses = _statuses(copy)
    tested = {mutant: statuses[mutant] for mutant in chosen if statuses[mutant] != _NOT_TESTED}
    return tested, note


def _in_sentences(folder: Path, mutants: Collection[str]) -> set[str]:
    """Return those *mutants* in mutmut's *folder* that change a sentence and nothing else."""
    modules: dict[str, dict[str, str]] = {}
    for mutant in mutants:
        module, _, function = mutant.rpartition(".")
        modules.setdefault(module, {})[function] = mutant
    return {
        functions[name]
        for module, functions in modules.items()
        for name in in_sentences(source_of(folder, module), functions)
    }


def source_of(folder: Path, module: str) -> str:
    """Return the source of a *module*, named with dots, below *folder*."""
    path = folder / module.replace(".", "/")
    # A folder of data may have the name of the module that reads it.
    file, package = path.with_suffix(".py"), path / "__init__.py"
    return (file if file.exists() else package).read_text(encoding="utf-8")


def _statuses(copy: Path) -> dict[str, str]:
    return dict(_RESULT.findall(_mutmut(copy, "results", "--all", "true")))


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


if __name__ == "__main__":
    raise SystemExit(main())
