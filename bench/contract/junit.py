"""Tests of pytest in a process of its own, as cases."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

from bench.contract.case import Case
from bench.figures import ROOT


def run(
    client: str, folder: Path, *words: str, environment: Mapping[str, str] | None = None
) -> Iterator[Case]:
    """Run pytest with *words* in *folder*; yield a case of *client* for each test."""
    with tempfile.TemporaryDirectory() as results:
        report = Path(results) / "junit.xml"
        command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0")
        ran = subprocess.run(  # noqa: S603 - our own words
            [*command, f"--junitxml={report}", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if not report.exists():
            yield Case(client, "all", (ran.stdout[-300:] + ran.stderr[-300:],))
            return
        for test in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
            yield _case(client, test)


def _case(client: str, test: ET.Element) -> Case:
    name = str(test.get("name")).removeprefix("test_")
    skipped = test.find("skipped")
    failed = [*test.iterfind("failure"), *test.iterfind("error")]
    return Case(
        client,
        name,
        tuple(" ".join(str(element.get("message")).split())[:300] for element in failed),
        None if skipped is None else skipped.get("message"),
    )
