"""`python -m bench.security`: keys, tracebacks, secrets and vulnerabilities that can be found.

Runs the tests that search for stream keys and those with generated input, these with the long
profile; then ruff's rules for insecure code, and the scans of commits and dependencies.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import Final

from bench.figures import ROOT, Check, Report, options, progress

_BIN = ROOT / ".venv/bin"
_PYTEST = f"{_BIN}/python -m pytest -q -p no:cacheprovider -m"
_LONG = "--hypothesis-profile=long --hypothesis-show-statistics"
_ENVIRONMENT = {**os.environ, "PATH": f"{ROOT / '.local/bin'}:{_BIN}:{os.environ['PATH']}"}
_NEVER = "(?!)"

# Subject, command, scope with the numbers of a pattern in the output, and the output of a machine
# where the search cannot be made.
_SEARCHES: Final = (
    (
        "stream keys in a cycle",
        f"{_PYTEST} e2e tests/e2e/test_secrets.py",
        ("{:,} end-to-end tests", r"(\d+) passed"),
        _NEVER,
    ),
    (
        "tracebacks",
        f"{_PYTEST} fuzz {_LONG} tests",
        ("{:,} generated inputs", r"- (\d+) passing, "),
        _NEVER,
    ),
    ("insecure code", f"{_BIN}/ruff check --quiet --select S .", ("all Python", _NEVER), _NEVER),
    (
        "secrets in commits",
        "make -s secrets",
        ("{:,} commits", r"(\d+) commits scanned"),
        "^(?!.*commits scanned)",
    ),
    ("vulnerabilities", "make -s audit", ("all packages", _NEVER), "could not be audited"),
)
_REPORT: Final = Report(
    name="security",
    title="Security",
    promise="No key leaks, no input ends in a traceback, no commit holds a secret.",
    noun="searches had no finding",
    columns=("subject", "scope"),
    notes="A cycle is preview, up, refresh, all commands that read, a failed preview and destroy."
    " The search covers their output, every file (state, log of the emulator, backup), the page of"
    " the emulator, and the command lines of all processes meanwhile.",
)


def main() -> int:
    """Search and save the figures; return 1 where a search had a finding."""
    options(__doc__)
    checks, skipped = [], []
    for subject, command, (scope, pattern), not_made in _SEARCHES:
        run = subprocess.run(  # noqa: S603 - our own words
            command.split(),
            cwd=ROOT,
            env=_ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if re.search(not_made, run.stdout, re.DOTALL):
            skipped.append(subject)
            continue
        if run.returncode:
            progress(run.stdout[-3000:])
        count = sum(map(int, re.findall(pattern, run.stdout)))
        problems = [f"exit code {run.returncode}, see the output"] if run.returncode else []
        checks.append(Check((subject, scope.format(count)), problems))
    return _REPORT.save(checks, more=f"; not made: {', '.join(skipped)}" if skipped else "")


if __name__ == "__main__":
    raise SystemExit(main())
