"""`python -m bench.security`: what keys, made-up input, dependencies or commits give away.

Runs the tests that search for stream keys and those that make up input, these with the long
profile; then ruff's rules for insecure code, and the scans of commits and dependencies.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.figures import ROOT, Figures, Table, progress

_CYCLE = (
    "A cycle is preview, up, refresh, all commands that look, a failed preview and destroy;"
    " searched are what they print, every file (state, log of the embedded AWS, backup), the page"
    " of the embedded AWS, and the command lines of all processes meanwhile."
)
_BIN = ROOT / ".venv/bin"
_PYTEST = (str(_BIN / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider")
_ENVIRONMENT = {**os.environ, "PATH": f"{ROOT / '.local/bin'}:{_BIN}:{os.environ['PATH']}"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one search found.

    Attributes:
        scope: what was searched, with a count.
        found: what was found, in words.
        clean: True, False, or None where the search could not be made here.
    """

    scope: str
    found: str
    clean: bool | None


def keys() -> Finding:
    """Search everything a full cycle writes, shows and starts for stream keys."""
    ran = _run(*_PYTEST, "-m", "e2e", "tests/e2e/test_secrets.py")
    return Finding(f"{_count(ran, 'passed')} end-to-end tests", *_verdict(ran, "a key"))


def fuzz() -> Finding:
    """Make up destination files, requests of the embedded AWS and calls of the HTTP API."""
    words = ("-m", "fuzz", "--hypothesis-profile=long", "--hypothesis-show-statistics")
    ran = _run(*_PYTEST, *words, "tests")
    tried = sum(map(int, re.findall(r"- (\d+) passing, ", ran.stdout)))
    return Finding(f"{tried:,} made-up inputs", *_verdict(ran, "a traceback"))


def code() -> Finding:
    """Let ruff's S rules (bandit's) look at all code."""
    ran = _run(str(_BIN / "ruff"), "check", "--select", "S", "--output-format", "json", ".")
    excused = _run("git", "grep", "-cE", r"noqa: [A-Z0-9, ]*S[0-9]{3}", "--", "*.py")
    count = sum(int(line.rpartition(":")[2]) for line in excused.stdout.splitlines())
    found = len(json.loads(ran.stdout))
    return Finding(f"all Python, {count} lines excused with a reason", _words(found), not found)


def commits() -> Finding:
    """Let gitleaks look at every commit."""
    ran = _run("make", "-s", "secrets")
    scanned = re.search(r"(\d+) commits scanned", ran.stdout + ran.stderr)
    if scanned is None:
        return Finding("commits", "not searched: gitleaks could not be built", None)
    return Finding(f"{scanned[1]} commits", *_verdict(ran, "a secret"))


def dependencies() -> Finding:
    """Ask PyPI for known weaknesses of what is locked."""
    ran = _run("make", "-s", "audit")
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").count("==")
    if "could not be audited" in ran.stdout + ran.stderr:
        why = "not known: this machine's registry has no list of weaknesses; CI asks PyPI"
        return Finding(f"{locked} packages", why, None)
    return Finding(f"{locked} packages", *_verdict(ran, "a known weakness"))


SEARCHES: dict[str, tuple[str, Callable[[], Finding]]] = {
    "stream keys in what a cycle writes": ("`pytest -m e2e tests/e2e/test_secrets.py`", keys),
    "made-up input": ("`pytest -m fuzz --hypothesis-profile=long`", fuzz),
    "insecure code": ("`ruff check --select S`", code),
    "secrets in commits": ("`make secrets`", commits),
    "weak dependencies": ("`make audit`", dependencies),
}


def main() -> int:
    """Search, save docs/proof/security.json; return 1 when something was found."""
    rows, findings = [], []
    for what, (command, search) in SEARCHES.items():
        progress(what)
        finding = search()
        findings.append(finding)
        rows.append((what, finding.scope, finding.found, command))
    unknown = sum(finding.clean is None for finding in findings)
    dirty = sum(finding.clean is False for finding in findings)
    looked = len(findings) - unknown
    Figures(
        title="Security",
        order=70,
        command="python -m bench.security",
        promise="No key leaks, no input ends in a traceback, no commit holds a secret.",
        verdict=f"{looked - dirty} of {looked} searches found nothing"
        + (f"; {unknown} could not be made here." if unknown else "."),
        kept=not dirty,
        tables=(Table(caption="", columns=("what", "searched", "found", "by"), rows=tuple(rows)),),
        notes=(_CYCLE,),
    ).save("security")
    return int(dirty > 0)


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, env=_ENVIRONMENT, capture_output=True, text=True, check=False
    )


def _verdict(ran: subprocess.CompletedProcess[str], dreaded: str) -> tuple[str, bool]:
    if ran.returncode:
        progress((ran.stdout + ran.stderr)[-3000:])
    return (f"{dreaded}, see the output" if ran.returncode else "nothing"), not ran.returncode


def _words(found: int) -> str:
    return f"{found} findings" if found else "nothing"


def _count(ran: subprocess.CompletedProcess[str], outcome: str) -> str:
    counted = re.search(rf"(\d+) {outcome}", ran.stdout)
    return counted[1] if counted else "0"


if __name__ == "__main__":
    sys.exit(main())
