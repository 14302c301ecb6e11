"""moto's own tests of MediaLive and MediaConnect, over the wire.

They come with moto's source archive of the locked version. moto_contradictions.yaml names what of
them AWS refuses or answers otherwise, each with its source: inputs are replaced by acceptable
ones, and assertions that AWS would fail are changed or left out. All else is moto's.
"""

from __future__ import annotations

import ast
import importlib.metadata
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bench.contract import junit
from bench.contract.case import Case

CLIENT = "moto's tests"
CONTRADICTIONS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("moto_contradictions.yaml").read_text(encoding="utf-8")
)
_CACHE = Path("~/.cache/lunora/clients").expanduser()
_WORLD = "bench.contract.moto_world"


def run() -> list[Case]:
    """Run the tests of both services."""
    version = importlib.metadata.version("moto")
    cases = []
    for service, contradictions in CONTRADICTIONS.items():
        client = f"{CLIENT}, {service} ({version})"
        try:
            source = _source(version, service)
        except OSError as error:
            cases.append(Case(client, "all", skipped=str(error)))
            continue
        adapted = Adapted(source, contradictions)
        with tempfile.TemporaryDirectory(prefix="lunora-contract-") as folder:
            (Path(folder) / f"test_{service}.py").write_text(adapted.text, encoding="utf-8")
            words = ("-W", "ignore", "--rootdir", folder, folder)
            cases += junit.run(client, Path(folder), *words)
        if adapted.unmatched:
            stale = "; ".join(adapted.unmatched)
            cases.append(Case(client, "contradictions", (f"stand in no test: {stale}",)))
    return cases


def entries() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield the service, a part of the test, and the entry of each contradiction."""
    for service, contradictions in CONTRADICTIONS.items():
        for kind in ("replaced", "left_out"):
            for name, entry in contradictions.get(kind, {}).items():
                yield service, name, entry
        for entry in contradictions.get("changed", []):
            yield service, entry["statement"], entry


class Adapted:
    """moto's tests without what contradicts AWS.

    Args:
        source: the text of a file of tests.
        contradictions: the file's part of moto_contradictions.yaml.

    Attributes:
        text: the file with replacements.
        unmatched: the contradictions that stand nowhere in it.
    """

    def __init__(self, source: str, contradictions: Mapping[str, Any]) -> None:
        self._replaced = contradictions.get("replaced", {})
        self._changed = contradictions.get("changed", [])
        self._left_out = contradictions.get("left_out", {})
        self._literals = contradictions.get("literals", {})
        self._matched: set[str] = set()
        self.text = ast.unparse(self._module(ast.parse(source)))
        statements = [entry["statement"] for entry in self._changed]
        known = [*self._replaced, *self._left_out, *self._literals, *statements]
        self.unmatched = tuple(name for name in known if name not in self._matched)

    def _module(self, module: ast.Module) -> ast.Module:
        body = ast.parse(f"from {_WORLD} import *").body
        for node in module.body:
            if isinstance(node, ast.ImportFrom) and node.module == "moto":
                continue
            name = node.name if isinstance(node, ast.FunctionDef) else ""
            if name in self._left_out:
                self._matched.add(name)
            elif name in self._replaced:
                self._matched.add(name)
                body += ast.parse(f"{name} = {self._replaced[name]['by']}").body
            else:
                body.append(_Reviewer(self, name).visit(node))
        module.body = body
        return ast.fix_missing_locations(module)

    def literal(self, value: Any) -> Any:
        """Return what stands in the place of a literal."""
        if not isinstance(value, str) or value not in self._literals:
            return value
        self._matched.add(value)
        return self._literals[value]

    def statement(self, test: str, statement: ast.stmt) -> ast.stmt | None:
        """Return what stands in the place of a statement; None where it stays."""
        text = ast.unparse(statement).replace('"', "'")
        for entry in self._changed:
            if entry["statement"] in text and test in entry.get("tests", [test]):
                self._matched.add(entry["statement"])
                replacement: str = entry.get("by", "pass")
                return ast.parse(replacement).body[0]
        return None


class _Reviewer(ast.NodeTransformer):
    """Changes the statements and literals of a test."""

    def __init__(self, adapted: Adapted, test: str) -> None:
        self._adapted, self._test = adapted, test

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Assert | ast.Assign | ast.Expr):
            changed = self._adapted.statement(self._test, node)
            if changed is not None:
                return changed
        if isinstance(node, ast.Constant):
            node.value = self._adapted.literal(node.value)
        return self.generic_visit(node)


def _source(version: str, service: str) -> str:
    """Return the text of moto's tests of *service*.

    Raises:
        OSError: without the archive, and without the registry that has it.
    """
    folder = _CACHE / f"moto-{version}"
    archive = folder / f"moto-{version}.tar.gz"
    if not archive.exists():
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        words = ("--no-binary", "moto", "--dest", str(folder), f"moto=={version}")
        ran = subprocess.run([*command, *words], capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        if not archive.exists():
            raise OSError(
                f"the source archive of moto {version} cannot be had: {ran.stderr[-200:]}"
            )
    with tarfile.open(archive) as files:
        member = files.extractfile(f"moto-{version}/tests/test_{service}/test_{service}.py")
        if member is None:
            raise OSError(f"the source archive of moto {version} has no tests of {service}")
        return member.read().decode()
