"""`python -m bench.security`: keys, tracebacks, secrets and vulnerabilities that can be found.

Runs the tests that search for stream keys and those with generated input, these with the long
profile; then ruff's rules for insecure code, and the scans of commits and dependencies.
"""

from __future__ import annotations

import os
import re
import subprocess

from bench.fault_injection.report import Check, Report
from bench.figures import ROOT, options, progress

_BIN = ROOT / ".venv/bin"
_PYTEST = (str(_BIN / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider")
_ENVIRONMENT = {**os.environ, "PATH": f"{ROOT / '.local/bin'}:{_BIN}:{os.environ['PATH']}"}
_KEYS = (*_PYTEST, "-m", "e2e", "tests/e2e/test_secrets.py")
_FUZZ = (*_PYTEST, "-m", "fuzz", "--hypothesis-profile=long", "--hypothesis-show-statistics")
_CODE = (str(_BIN / "ruff"), "check", "--quiet", "--select", "S", ".")


def keys() -> Check:
    """Search everything that a full cycle writes, shows and starts for stream keys."""
    run = _run(*_KEYS)
    count = re.search(r"(\d+) passed", run.stdout)
    return _check("stream keys in a cycle", f"{count[1] if count else 0} end-to-end tests", run)


def fuzz() -> Check:
    """Generate destination files, requests of the emulator and calls of the HTTP API."""
    run = _run(*_FUZZ, "tests")
    inputs = sum(map(int, re.findall(r"- (\d+) passing, ", run.stdout)))
    return _check("tracebacks", f"{inputs:,} generated inputs", run)


def code() -> Check:
    """Apply ruff's S rules (bandit's) to all code."""
    return _check("insecure code", "all Python", _run(*_CODE))


def commits() -> Check | str:
    """Scan every commit with gitleaks."""
    run = _run("make", "-s", "secrets")
    count = re.search(r"(\d+) commits scanned", run.stdout + run.stderr)
    if count is None:
        return "secrets in commits (gitleaks could not be built)"
    return _check("secrets in commits", f"{count[1]} commits", run)


def dependencies() -> Check | str:
    """Look the locked packages up in PyPI's list of vulnerabilities."""
    run = _run("make", "-s", "audit")
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").count("==")
    if "could not be audited" in run.stdout + run.stderr:
        return "vulnerabilities (the registry of this machine has no list)"
    return _check("vulnerabilities", f"{locked} packages", run)


def main() -> int:
    """Search and save the figures; return 1 where a search had a finding."""
    options(__doc__)
    results = [search() for search in (keys, fuzz, code, commits, dependencies)]
    checks = [result for result in results if isinstance(result, Check)]
    skipped = [result for result in results if isinstance(result, str)]
    return _REPORT.save(checks, more=f"; not made: {', '.join(skipped)}" if skipped else "")


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )


def _check(subject: str, scope: str, run: subprocess.CompletedProcess[str]) -> Check:
    if run.returncode:
        progress((run.stdout + run.stderr)[-3000:])
    problems = (f"exit code {run.returncode}, see the output",) if run.returncode else ()
    return Check((subject, scope), problems)


_REPORT: Report[Check] = Report(
    name="security",
    title="Security",
    promise="No key leaks, no input ends in a traceback, no commit holds a secret.",
    noun="searches had no finding",
    columns=("subject", "scope"),
    cells=lambda check: check.cells,
    every_case=True,
    notes="A cycle is preview, up, refresh, all commands that read, a failed preview and destroy."
    " The search covers their output, every file (state, log of the emulator, backup), the page of"
    " the emulator, and the command lines of all processes meanwhile.",
)


if __name__ == "__main__":
    raise SystemExit(main())
