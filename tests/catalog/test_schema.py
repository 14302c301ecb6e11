"""Generated files in the repository equal the model's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from catalog.platforms import platforms
from catalog.schema import generated, json_schema, key_table

DESTINATIONS = Path(__file__).parents[2] / "destinations"


def test_the_generated_files_are_fresh() -> None:
    stale = [str(p) for p, text in generated(DESTINATIONS).items() if p.read_text() != text]
    assert not stale, "run `lunora schema`"


def test_the_schema_has_every_key_but_the_name() -> None:
    schema = json.loads(json_schema())
    keys = {field.alias or name for name, field in DestinationSpec.model_fields.items()}
    assert schema["properties"].keys() == keys - {"name"}
    assert schema["required"] == ["platform"]
    assert schema["else"] == {"required": ["preset"]}
    assert schema["properties"]["preset"]["type"] == "string"
    assert schema["additionalProperties"] is False
    assert schema["properties"]["platform"]["enum"] == sorted(platforms())


def test_the_table_says_what_a_key_can_be() -> None:
    table = key_table()
    assert (
        "| `retry.attempts` | reconnections before the output stops | 1 to 10000 | `720` |" in table
    )
    assert (
        "| `flow` | key of the stack's flows; `[main, backup]` adds one that takes over |" in table
    )
    assert "| text or list of text | `main` |" in table
    assert "| `platform` | a platform of catalog/platforms.yaml | text | required |" in table


def test_a_readme_without_a_place_for_the_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Destinations\n")
    with pytest.raises(LunoraError, match=r"\bLUN190\b"):
        generated(tmp_path)
