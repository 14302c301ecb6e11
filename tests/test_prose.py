"""Documents, error tables and docstrings use the words of tests/prose.yaml."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
RULES = yaml.safe_load((ROOT / "tests/prose.yaml").read_text(encoding="utf-8"))
GENERATED = {"proof.md", "CHANGELOG.md"}
DOCUMENTS = [
    path
    for pattern in ("*.md", "docs/**/*.md", "destinations/README.md", ".github/**/*.md")
    for path in sorted(ROOT.glob(pattern))
    if path.name not in GENERATED
]
TABLES = sorted(ROOT.glob("catalog/error_codes/*.yaml"))
MODULES = sorted(path for package in RULES["packages"] for path in ROOT.glob(f"{package}/**/*.py"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_code(text: str) -> str:
    """Return the text without code and generated tables, line for line."""
    blank = re.compile(
        r"```.*?^```|<!-- .*? -->.*?<!-- end.*?-->|`[^`\n]*`|\]\([^)]*\)", re.DOTALL | re.MULTILINE
    )
    return blank.sub(lambda match: "\n" * match[0].count("\n"), text)


def violations(text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, instead in RULES["phrases"].items():
            for match in re.findall(rf"\b{pattern}\b", line, re.IGNORECASE):
                yield f"line {number}: {match!r}; use {instead}"


@pytest.mark.parametrize("path", [*DOCUMENTS, *TABLES], ids=name)
def test_a_text_has_no_rejected_phrase(path: Path) -> None:
    assert list(violations(without_code(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name)
def test_a_heading_names_its_subject(path: Path) -> None:
    headings = re.findall(r"^#+ ([\w-]+)", without_code(path.read_text("utf-8")), re.MULTILINE)
    assert [word for word in headings if word.lower() in RULES["headings"]] == []


def first_words(path: Path) -> Iterator[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_bytes())):
        docstring = ast.get_docstring(node) if isinstance(node, kinds) else None
        if docstring:
            yield docstring.split()[0].lower().strip(",.:;")


def test_a_docstring_does_not_begin_with_a_clause() -> None:
    wrong = [(name(path), set(first_words(path)) & set(RULES["docstrings"])) for path in MODULES]
    assert [entry for entry in wrong if entry[1]] == []
