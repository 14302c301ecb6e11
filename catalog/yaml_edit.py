"""Edit the YAML text of a person: only the lines of a key change, comments and order stay."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from catalog import strict_yaml

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


def revised(text: str, content: Mapping[str, Any]) -> str | None:
    """Return *text* with the map *content*; lines of keys that keep their values stay as they are.

    A value that changes within a key keeps the comments beside it and around it. None is returned
    for a text in which single keys cannot be changed.
    """
    try:
        target = strict_yaml.parse(text).content
    except strict_yaml.YamlError:
        return None
    removed = [key for key in target if key not in content]
    for key in [*removed, *content]:
        if key in target and key in content and _same(target[key], content[key]):
            continue
        target = {**target, key: content[key]} if key in content else _without(target, key)
        text = _with_key(text, key, content.get(key), target) or ""
        if not text:
            return None
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


def _with_key(text: str, key: str, value: Any, target: Mapping[str, Any]) -> str | None:
    """Return *text* with the *value* of *key*, where it then has the content *target*."""
    for attempt in (_with_scalars(text, key, target), edited(text, {key: value})):
        if attempt and _has_content(attempt, target):
            return attempt
    return None


def _has_content(text: str, content: Mapping[str, Any]) -> bool:
    try:
        return _same(strict_yaml.parse(text).content, content)
    except strict_yaml.YamlError:
        return False


def _with_scalars(text: str, key: str, target: Mapping[str, Any]) -> str | None:
    """Return *text* with the scalars within *key* that *target* has others of."""
    if key not in target:
        return None
    before = dict(_scalars(strict_yaml.parse(text).content.get(key), (key,)))
    after = dict(_scalars(target[key], (key,)))
    result: str | None = text
    for path, value in after.items():
        if path not in before or _same(before[path], value):
            continue
        try:
            result = with_value(result, path, _dumped_scalar(value)) if result else None
        except yaml.YAMLError:
            # The form of an earlier scalar, such as a block of text, does not take the place.
            return None
    return result


def _scalars(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield path and value of all that is no map in *value*."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _scalars(item, (*path, key))
    else:
        yield path, value


def _same(left: Any, right: Any) -> bool:
    """Return whether two contents are the same; unlike in Python, 1, 1.0 and true are not."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


def _without(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != key}


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


def _dumped_scalar(value: Any) -> str:
    text: str = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return text.removesuffix("...\n").rstrip("\n")


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
