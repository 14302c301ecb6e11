"""The JSON Schema and the table of keys of the destination file, generated from its model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from catalog.marked_block import MarkedBlock
from catalog.model import AUTO_PRESET, DestinationSpec
from catalog.platforms import platforms
from catalog.presets import presets
from catalog.strict_model import submodel

_TABLE = MarkedBlock("keys", "lunora schema")


def json_schema() -> str:
    """Return the JSON Schema of a destination file, as the text of schema.json."""
    schema = DestinationSpec.model_json_schema()
    del schema["properties"]["name"]
    schema["required"].remove("name")
    schema["properties"]["platform"]["enum"] = sorted(platforms())
    schema["properties"]["preset"] = {
        **_without_null(schema["properties"]["preset"]),
        "enum": sorted({AUTO_PRESET, *presets()}),
    }
    route_flow = {"properties": {"route": {"const": "flow"}}, "required": ["route"]}
    schema |= {"if": route_flow, "else": {"required": ["preset"]}}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Streaming destination"
    return json.dumps(schema, indent=2) + "\n"


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    (option,) = (option for option in schema["anyOf"] if option.get("type") != "null")
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**rest, **option}


def key_table() -> str:
    """Return all keys with their meaning, as a Markdown table."""
    rows = "".join(
        f"| `{key}` | {meaning} | {allowed} | {default} |\n"
        for key, meaning, allowed, default in _rows(DestinationSpec)
    )
    return f"| key | meaning | can be | default |\n|---|---|---|---|\n{rows}"


def generated(folder: Path) -> Mapping[Path, str]:
    """Return the generated files of the destination *folder*, text by path.

    Raises:
        LunoraError: when its README.md is missing or has no place for the table.
    """
    readme = folder / "README.md"
    return {
        readme: _TABLE.document(readme, key_table()),
        folder / "schema.json": json_schema(),
    }


def _rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    properties = model.model_json_schema()["properties"]
    for attribute, field in model.model_fields.items():
        if field.exclude:
            continue
        name = field.alias or attribute
        inner = submodel(field.annotation)
        if inner is not None:
            listed = properties[name].get("type") == "array"
            yield from _rows(inner, f"{prefix}{name}{'[]' if listed else ''}.")
            continue
        required = field.is_required()
        needed = f"required in `{prefix.rstrip('[].')}`" if prefix else "required"
        default = needed if required else _shown(field.get_default(call_default_factory=True))
        yield f"{prefix}{name}", field.description or "", _allowed(properties[name]), default


def _allowed(schema: Mapping[str, Any]) -> str:
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    return " or ".join(map(_allowed_option, options))


def _allowed_option(option: Mapping[str, Any]) -> str:
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    if "minimum" in option:
        return f"{option['minimum']} to {option['maximum']}"
    if option["type"] == "object":
        return "map" if option.get("additionalProperties") is True else "map of texts"
    if option["type"] == "array":
        return f"list of {_allowed(option['items'])}"
    if option.get("format") == "date":
        return "YYYY-MM-DD"
    return {"string": "text", "boolean": "`true`, `false`"}[option["type"]]


def _shown(default: object) -> str:
    if default in (None, "", {}, ()):
        return ""
    if isinstance(default, tuple):
        return ", ".join(map(_shown, default))
    return f"`{json.dumps(default)}`" if isinstance(default, bool) else f"`{default}`"
