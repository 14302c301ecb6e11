"""Edit the YAML text of a person: only the lines of a key change, comments and order stay."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

_NO_NEWLINE = "\n\\ No newline at end of file\n"


def edited(text: str, changes: Mapping[str, Any]) -> str | None:
    """Return *text* with top-level keys set, or removed where their value is None.

    None is returned for a text that is no block mapping, which only a person can edit.
    """
    for key, value in changes.items():
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode) or root.flow_style or not root.value:
            return None
        lines = text.splitlines(keepends=True)
        end = "\r\n" if lines[0].endswith("\r\n") else "\n"
        new = [] if value is None else [f"{line}{end}" for line in _dumped({key: value})]
        present = _entry(root, key)
        first, last = _span(present) if present else (_last_line(root) + 1,) * 2
        if first and not lines[first - 1].endswith("\n"):
            lines[first - 1] += end
        text = "".join([*lines[:first], *new, *lines[last + 1 if present else last :]])
    return text


def with_value(text: str, path: Sequence[str], value: Any) -> str | None:
    """Return *text* with the scalar at *path* set; only its last two keys may be missing.

    None is returned where *text* has another form there.
    """
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    for depth, key in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            return None
        entry = _entry(node, key)
        if entry is None:
            missing = path[depth:]
            return _inserted(text, node, missing, value) if len(missing) <= 2 else None  # noqa: PLR2004 - as said
        node = entry[1]
    if not isinstance(node, yaml.ScalarNode):
        return None
    return text[: node.start_mark.index] + str(value) + text[node.end_mark.index :]


def patch(before: str | None, after: str | None, path: str) -> str:
    """Return the unified diff from *before* to *after* of the file *path*; None is no file."""
    lines = difflib.unified_diff(
        (before or "").splitlines(keepends=True),
        (after or "").splitlines(keepends=True),
        "/dev/null" if before is None else f"a/{path}",
        "/dev/null" if after is None else f"b/{path}",
    )
    return "".join(line if line.endswith("\n") else line + _NO_NEWLINE for line in lines)


def _inserted(text: str, node: yaml.MappingNode, keys: Sequence[str], value: Any) -> str | None:
    if not node.value:
        return None
    rest = str(value)
    for key in reversed(keys[1:]):
        rest = f"{{{key}: {rest}}}"
    entry = f"{keys[0]}: {rest}"
    if node.flow_style:
        position = node.value[-1][1].end_mark.index
        return f"{text[:position]}, {entry}{text[position:]}"
    lines = text.splitlines(keepends=True)
    first, last = node.value[0][0].start_mark, _last_line(node)
    if not lines[last].endswith("\n"):
        lines[last] += "\n"
    lines.insert(last + 1, f"{' ' * first.column}{entry}\n")
    return "".join(lines)


def _dumped(content: Mapping[str, Any]) -> list[str]:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    return text.splitlines()


_Entry = tuple[yaml.Node, yaml.Node]


def _entry(node: yaml.MappingNode, key: str) -> _Entry | None:
    return next((entry for entry in node.value if entry[0].value == key), None)


def _span(entry: _Entry) -> tuple[int, int]:
    key, value = entry
    return key.start_mark.line, max(key.start_mark.line, _last_line(value))


def _last_line(node: yaml.Node) -> int:
    """Return the last line of *node* itself: a block ends before the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    end = node.end_mark
    return max(node.start_mark.line, end.line - 1 if end.column == 0 else end.line)
