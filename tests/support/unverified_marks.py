"""Marks of data and code that call a fact unverified, each with the field that it is about."""

from __future__ import annotations

import ast
import functools
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LIST = "catalog/unverified.yaml"
READINGS = "localaws/medialive/readings.yaml"
MODULE, HEADER = "module", "header"
"""Fields of a mark that is about a whole file."""

# In back quotes, or before a colon in a docstring, it is the name of a member.
_WORD = re.compile(r"(?<![`\w-])unverified\b(?!`)", re.IGNORECASE)
_MEMBER = re.compile(r"^ +unverified: ", re.MULTILINE)
# Modules that list such facts, or show them, use the word for them.
_MARK = re.compile(r"\b(?:is|are) unverified\b|\(unverified\)")
_ABOUT_AWS = ("localaws", "provider")
_KEY = re.compile(r"^([\s-]*)([\w.-]+):")


@functools.cache
def marks() -> frozenset[tuple[str, str]]:
    """Return every mark as file, from the repository's root, and field."""
    files = [path for top in ("catalog", "localaws", "lunora", "provider") for path in _files(top)]
    fields = {(str(path.relative_to(ROOT)), field) for path in files for field in _fields(path)}
    return frozenset(mark for mark in fields if mark[0] != LIST)


def _files(folder: str) -> Iterator[Path]:
    for suffix in ("py", "yaml"):
        yield from (ROOT / folder).rglob(f"*.{suffix}")


def _fields(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if "unverified" not in text.lower():
        return
    if path.suffix == ".py":
        top = path.relative_to(ROOT).parts[0]
        yield from _of_code(text, _WORD if top in _ABOUT_AWS else _MARK)
    elif path == ROOT / READINGS:
        yield from _parsed(text)
    else:
        yield from _of_members(_parsed(text), "")
        yield from _of_comments(text)


def _parsed(text: str) -> Any:
    # libyaml's parser is ten times as fast.
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


def _of_code(text: str, mark: re.Pattern[str]) -> Iterator[str]:
    """Yield the definition that each comment or docstring with a mark belongs to."""
    tree = ast.parse(text)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        words = _MEMBER.sub("", token.string)
        if token.type in {tokenize.COMMENT, tokenize.STRING} and mark.search(words):
            is_comment = token.type == tokenize.COMMENT
            yield _definition(tree, token.start[0], is_comment=is_comment) or MODULE


def _definition(node: ast.AST, line: int, *, is_comment: bool) -> str | None:
    """Return the innermost definition around *line*, else the assignment that it describes.

    A comment stands before what it describes, the docstring of a value after it.
    """
    former: str | None = None
    for child in getattr(node, "body", []):
        name = _name(child)
        if child.lineno <= line <= child.end_lineno:
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                return _definition(child, line, is_comment=is_comment) or child.name
            return name or former
        if line < child.lineno:
            return name if is_comment and isinstance(node, (ast.Module, ast.ClassDef)) else None
        former = name
    return None


def _name(statement: ast.stmt) -> str | None:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case (
            ast.Assign(targets=[ast.Name(id=name), *_])
            | ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=name), *_]), *_])
            | ast.AnnAssign(target=ast.Name(id=name))
        ):
            return name
    return None


def _of_members(content: Any, path: str) -> Iterator[str]:
    """Yield the path of each member that is called `unverified`, and what it lists."""
    if isinstance(content, list):
        for place, item in enumerate(content):
            yield from _of_members(item, f"{path}{_label(item, place)}.")
    if not isinstance(content, dict):
        return
    for key, value in content.items():
        if key != "unverified":
            yield from _of_members(value, f"{path}{key}.")
        elif isinstance(value, list):
            yield from (f"{path}{item}" for item in value)
        else:
            yield path.rstrip(".") or key


def _label(item: Any, place: int) -> str:
    if not isinstance(item, dict):
        return str(place)
    return str(item.get("figure") or item.get("attributes", {}).get("usagetype") or place)


def _of_comments(text: str) -> Iterator[str]:
    """Yield the path of the key that each comment with a mark stands beside or above."""
    lines = text.splitlines()
    keys = [(number, key) for number, line in enumerate(lines) if (key := _KEY.match(line))]
    for number, line in enumerate(lines):
        code, _, comment = line.partition("# ")
        if not _WORD.search(comment):
            continue
        if number < keys[0][0] and not code.strip():
            yield HEADER
        else:
            yield _path([key for place, key in keys if place < number], _next(keys, number))


def _next(keys: Sequence[tuple[int, re.Match[str]]], number: int) -> re.Match[str]:
    return next(key for place, key in keys if place >= number)


def _path(former: Sequence[re.Match[str]], key: re.Match[str]) -> str:
    """Return the path of *key* below the *former* ones that are indented less."""
    parts, indentation = [key[2]], len(key[1])
    for parent in reversed(former):
        if len(parent[1]) < indentation:
            parts, indentation = [parent[2], *parts], len(parent[1])
    return ".".join(parts)
