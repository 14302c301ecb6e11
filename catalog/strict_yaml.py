"""Strict YAML: plain maps, lists and scalars, with the place of every key and value.

Left out on purpose: anchors, aliases, tags, merge keys, several documents, duplicate keys and
YAML 1.1's words and numbers that are not what they seem (`on`, `1_000`, `12:30`, dates): those
stay text, so the model can say what it wants instead.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import yaml

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

# Deeper than any key goes, and shallow enough for a parser that calls itself at each level.
_MAX_DEPTH = 20

Path = tuple[str | int, ...]


class YamlError(Exception):
    """The text is not what is accepted; *line* and *column* count from 1."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message, self.line, self.column = message, line, column


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text.

    Attributes:
        content: the top-level map.
        values: where the value at a path stands, as (line, column).
        keys: where the key of a path stands.
    """

    content: dict[str, Any]
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)


def parse(text: str) -> Document:
    """Parse *text*, whose top level has to be a map.

    Raises:
        YamlProblem: for anything else, at its place.
    """
    try:
        _refuse_what_is_left_out(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        tab = "\\t" in str(error.problem)
        problem = "a tab stands where none is allowed; use spaces" if tab else error.problem
        raise YamlError(f"not valid YAML: {problem}", *_place(mark)) from None
    except yaml.YAMLError:
        raise YamlError("not valid YAML: it holds a character that is not allowed", 1, 1) from None
    if not isinstance(node, yaml.MappingNode):
        raise YamlError("has to be a map of keys, such as `platform: youtube`", 1, 1)
    document = Document({})
    document.content.update(_value(node, (), document))
    return document


def _refuse_what_is_left_out(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = event.start_mark
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise YamlError("too deeply nested", *_place(mark))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError("anchors and aliases are not allowed", *_place(mark))
        if getattr(event, "tag", None):
            raise YamlError("tags are not allowed", *_place(mark))


def _value(node: yaml.Node, path: Path, document: Document) -> Any:
    document.values[path] = _place(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        items = enumerate(node.value)
        return [_value(item, (*path, index), document) for index, item in items]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, document: Document) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, column = _place(key_node.start_mark)
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlError("a key has to be text", line, column)
        key = _text(key_node)
        if key in content:
            raise YamlError(f"the key {key} stands here twice", line, column)
        document.keys[*path, key] = line, column
        content[key] = _value(value_node, (*path, key), document)
    return content


def _text(node: yaml.Node) -> str:
    # Escapes can spell what no file, terminal or AWS takes: halves of characters, and controls.
    text = str(node.value)
    if any(unicodedata.category(sign) in {"Cs", "Cc"} and sign not in "\n\t" for sign in text):
        message = "holds a control character or half a character; write the character itself"
        raise YamlError(message, *_place(node.start_mark))
    return text


def _scalar(node: yaml.Node) -> str | int | float | bool | None:
    text = _text(node)
    if getattr(node, "style", None) is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 20:  # noqa: PLR2004 - no number here is longer
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
