"""Imports between folders go one way, as CONTRIBUTING.md says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "catalog": set[str](),
    "provider": {"catalog"},
    "components": {"catalog", "provider"},
    "lunora": {"catalog", "provider"},
    "localaws": {"catalog", "provider"},
}


def imported(file: Path) -> Iterator[str]:
    """Yield the first word of each module that *file* imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]
        elif isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_only_what_is_before_it(folder: str) -> None:
    ours = {*MAY_IMPORT, "bench", "docs", "tests"}
    found = {
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / folder).rglob("*.py")
        for name in imported(file)
        if name in ours - {folder} - MAY_IMPORT[folder]
    }
    assert not found
