"""Tests and benches share code through tests/support; pyproject.toml has the other contracts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def imported(file: Path) -> Iterator[str]:
    """Yield the name of each module that *file* imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def imports(folder: str) -> set[tuple[str, str]]:
    """Return each file of *folder* with each module that it imports."""
    return {
        (str(file.relative_to(ROOT)), module)
        for file in (ROOT / folder).rglob("*.py")
        for module in imported(file)
    }


def test_no_test_module_is_imported() -> None:
    parts = {(file, name): name.split(".") for file, name in imports("tests") | imports("bench")}
    assert not {
        package
        for package, words in parts.items()
        if words[0] == "tests" and any(word.startswith(("test_", "conftest")) for word in words)
    }


@pytest.mark.parametrize("folder", ["bench", "docs"])
def test_benches_and_pictures_import_of_the_tests_only_their_support(folder: str) -> None:
    assert not {
        (file, name)
        for file, name in imports(folder)
        if name.startswith("tests.") and not name.startswith("tests.support.")
    }


def test_only_the_tests_of_benches_import_benches() -> None:
    assert not {
        (file, name)
        for file, name in imports("tests")
        if name.startswith("bench.") and not file.startswith("tests/bench/")
    }
