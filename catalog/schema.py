"""What editors and people are told of the destination file, made from its model."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from catalog.model import DestinationSpec
from catalog.platforms import platforms
from catalog.presets import presets
from catalog.strict_model import submodel

_TABLE_BEGINS = "<!-- keys: written by `lunora schema` -->\n"
_TABLE_ENDS = "<!-- end of keys -->\n"


def json_schema() -> str:
    """Return the JSON Schema of a destination file, as the text of schema.json."""
    schema = DestinationSpec.model_json_schema()
    del schema["properties"]["name"]
    schema["required"].remove("name")
    schema["properties"]["platform"]["enum"] = sorted(platforms())
    schema["properties"]["preset"] = {
        **_without_null(schema["properties"]["preset"]),
        "enum": sorted(presets()),
    }
    sent_as_it_is = {"properties": {"route": {"const": "flow"}}, "required": ["route"]}
    schema |= {"if": sent_as_it_is, "else": {"required": ["preset"]}}
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Streaming destination"
    return json.dumps(schema, indent=2) + "\n"


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    (one,) = (option for option in schema["anyOf"] if option.get("type") != "null")
    kept = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**kept, **one}


def key_table() -> str:
    """Return all keys with their meaning, as a Markdown table."""
    rows = "".join(
        f"| `{key}` | {meaning} | {allowed} | {default} |\n"
        for key, meaning, allowed, default in _rows(DestinationSpec)
    )
    return f"| key | meaning | can be | default |\n|---|---|---|---|\n{rows}"


def generated(folder: Path) -> Mapping[Path, str]:
    """Return what the generated files of the destination *folder* have to hold, by path.

    Raises:
        ValueError: when its README.md is not there or has no place for the table.
    """
    readme = folder / "README.md"
    try:
        text = readme.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ValueError(
            f"{readme}: is not there or no text; name the folder that has it"
        ) from None
    before, begins, rest = text.partition(_TABLE_BEGINS)
    _, ends, after = rest.partition(_TABLE_ENDS)
    if not begins or not ends:
        raise ValueError(
            f"{readme}: the two comments around the table of keys are missing; put them back"
        )
    return {
        readme: f"{before}{begins}{key_table()}{ends}{after}",
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
    return " or ".join(map(_one_allowed, options))


def _one_allowed(one: Mapping[str, Any]) -> str:
    if "enum" in one:
        return ", ".join(f"`{value}`" for value in one["enum"])
    if "minimum" in one:
        return f"{one['minimum']} to {one['maximum']}"
    if one["type"] == "object":
        return "map of texts"
    if one["type"] == "array":
        return f"list of {_allowed(one['items'])}"
    if one.get("format") == "date":
        return "YYYY-MM-DD"
    return {"string": "text", "boolean": "`true`, `false`"}[one["type"]]


def _shown(default: object) -> str:
    if default in (None, "", {}, ()):
        return ""
    if isinstance(default, tuple):
        return ", ".join(map(_shown, default))
    return f"`{json.dumps(default)}`" if isinstance(default, bool) else f"`{default}`"
