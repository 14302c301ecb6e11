"""Strict YAML: plain maps, lists and scalars, with the place of every key and value.

Anchors, aliases, tags, merge keys, several documents and duplicate keys are refused. Ambiguous
words and numbers of YAML 1.1 (`on`, `1_000`, `12:30`, dates) stay text, so that the model can name
the type that the key takes.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]+")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

# More than any key needs, and within the recursion limit of the parser.
_MAX_DEPTH = 20

_SYNTAX, _FEATURE, _DUPLICATE = "LUN104", "LUN105", "LUN106"

Path = tuple[str | int, ...]


class YamlError(Exception):
    """An error of the text at *line* and *column*, from 1; the loader adds the file."""

    def __init__(self, code: str, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text.

    Attributes:
        content: the top-level map.
        values: place of the value at a path, as (line, column).
        keys: place of the key of a path.
    """

    content: dict[str, Any]
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)


def parse(text: str) -> Document:
    """Return the parsed *text*; its top level has to be a map.

    Raises:
        YamlError: when it is not, or uses more than strict YAML.
    """
    try:
        node = _Composer(_strict_events(text)).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        tab = "\\t" in str(error.problem)
        problem = "a tab where only spaces are allowed; use spaces" if tab else error.problem
        raise YamlError(_SYNTAX, f"not valid YAML: {problem}", *_place(mark)) from None
    except yaml.YAMLError:
        message = "not valid YAML: a character that is not allowed; remove it"
        raise YamlError(_SYNTAX, message, 1, 1) from None
    if not isinstance(node, yaml.MappingNode):
        raise YamlError(_SYNTAX, "must be a map of keys, such as `platform: youtube`", 1, 1)
    document = Document({})
    document.content.update(_value(node, (), document))
    return document


class _Composer(yaml.composer.Composer, yaml.resolver.Resolver):
    """PyYAML's composer of nodes from events that were checked."""

    def __init__(self, events: Iterable[yaml.Event]) -> None:
        yaml.composer.Composer.__init__(self)
        yaml.resolver.Resolver.__init__(self)
        self._events = deque(events)

    def check_event(self, *kinds: type[yaml.Event]) -> bool:
        """Return whether the next event is of one of *kinds*."""
        return isinstance(self._events[0], kinds)

    def peek_event(self) -> yaml.Event:
        """Return the next event."""
        return self._events[0]

    def get_event(self) -> yaml.Event:
        """Return the next event, and go on."""
        return self._events.popleft()


def _strict_events(text: str) -> Iterator[yaml.Event]:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = event.start_mark
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise YamlError(_FEATURE, "too deeply nested", *_place(mark))
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise YamlError(_FEATURE, "anchors and aliases are not allowed", *_place(mark))
        if getattr(event, "tag", None):
            raise YamlError(_FEATURE, "tags are not allowed", *_place(mark))
        yield event


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
            raise YamlError(_FEATURE, "a key must be text", line, column)
        key = _text(key_node)
        if key in content:
            raise YamlError(_DUPLICATE, f"duplicate key {key}", line, column)
        document.keys[*path, key] = line, column
        content[key] = _value(value_node, (*path, key), document)
    return content


def _text(node: yaml.Node) -> str:
    # Escapes can spell surrogates and control characters, which no file, terminal or AWS accepts.
    text = str(node.value)
    if any(unicodedata.category(sign) in {"Cs", "Cc"} and sign not in "\n\t" for sign in text):
        message = "a control character or half a character; write the character itself"
        raise YamlError(_FEATURE, message, *_place(node.start_mark))
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
