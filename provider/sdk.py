"""`python -m provider.sdk`: writes the typed wrapper that Pulumi programs use.

Resources take `(resource_name, args, opts)`, as those of Pulumi's own SDKs do.
"""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import jinja2
from pydantic.alias_generators import to_snake

from provider.__main__ import SERVED
from provider.schema import Node, Property, Served, nested, properties, summary
from provider.typed_resource import Model, TypedFunction

WRAPPER = Path(__file__).parents[1] / "components/livestream.py"

_TEMPLATE = Path(__file__).with_name("sdk.j2")
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_WIDTH = 100


def generated(served: Served) -> str:
    """Return the wrapper of everything *served*, formatted.

    Raises:
        subprocess.CalledProcessError: when ruff, a development dependency, cannot format it.
    """
    environment = jinja2.Environment(  # noqa: S701 - Python, not HTML
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {
        "default": _default,
        "doc": _docstring,
        "input": _input,
        "members": _members,
        "plain": _plain,
        "snake": to_snake,
        "with_arguments": _with_arguments,
    }
    environment.globals |= {"properties": properties, "nested": nested, "summary": summary}
    source = environment.from_string(_TEMPLATE.read_text()).render(served=served)
    return _formatted(source)


def _input(node: Node) -> str:
    """Return the type that a program gives, in which every part may be an output."""
    return f"pulumi.Input[{_python(node, 'Sequence', 'Mapping', 'pulumi.Input[{}]')}]"


def _plain(node: Node, models: Container[str] = ()) -> str:
    """Return the type of a value that is known; only *models* are classes, others are maps."""
    return _python(node, "list", "dict", "{}", models)


def _python(node: Node, sequence: str, mapping: str, part: str, models: Container[str] = ()) -> str:
    def inside(node: Node) -> str:
        kind = _python(node, sequence, mapping, part, models)
        return kind if kind == "Any" else part.format(kind)

    match node:
        case {"enum": [*words]}:
            return f"Literal[{', '.join(map(repr, words))}]"
        case {"const": word}:
            return f"Literal[{word!r}]"
        case {"type": "array"}:
            return f"{sequence}[{inside(node.get('items', {}))}]"
        case {"type": "object"}:
            values = node.get("additionalProperties")
            return f"{mapping}[str, {inside(values) if isinstance(values, dict) else 'Any'}]"
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            return name if name in models else f"{mapping}[str, Any]"
        case _:
            return _SCALARS.get(node.get("type", ""), "Any")


def _default(entry: Property) -> str:
    if entry.default is not None:
        return repr(entry.default)
    return f"Field(default_factory={'list' if entry.node.get('type') == 'array' else 'dict'})"


def _with_arguments(function: type[TypedFunction[Any, Any]]) -> str:
    """Return the docstring of a function, with its arguments."""
    listed = [f"    {entry.name}: {entry.description}" for entry in properties(function.arguments)]
    return "\n".join([summary(function), "", "Args:", *listed, "    opts: of the invocation."])


def _members(entry: Property, model: type[Model]) -> str:
    """Return the meaning of a property, and of the members of a nested one."""
    lines = [f"- `{name}`: {text}" for name, text in _nested_members(entry.node, nested(model))]
    return "\n\n".join([entry.description, *(["\n".join(lines)] if lines else [])])


def _nested_members(node: Node, models: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    while "items" in node:
        node = node["items"]
    if "$ref" in node:
        for member in properties(models[node["$ref"].rpartition("/")[2]]):
            yield prefix + member.wire, member.description
            yield from _nested_members(member.node, models, f"{prefix}{member.wire}.")


def _docstring(text: str, indent: int = 4) -> str:
    """Return *text* as a docstring whose lines fit."""
    width, margin = _WIDTH - indent, " " * indent
    lines = [wrapped for line in f'"""{text}'.splitlines() for wrapped in _wrapped(line, width)]
    if len(lines) == 1 and len(lines[0]) + 3 <= width:
        return f'{lines[0]}"""'
    return "\n".join(
        [lines[0], *(f"{margin}{line}".rstrip() for line in lines[1:]), f'{margin}"""']
    )


def _wrapped(line: str, width: int) -> list[str]:
    hang = "  " if line.startswith("- ") else "        " if line.startswith(" ") else ""
    return textwrap.wrap(line, width, subsequent_indent=hang) or [""]


def _formatted(source: str) -> str:
    return subprocess.run(  # noqa: S603 - our own arguments
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(WRAPPER), "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def main() -> None:
    """Write the wrapper of what the plugin serves."""
    WRAPPER.write_text(generated(SERVED), encoding="utf-8")


if __name__ == "__main__":
    main()
