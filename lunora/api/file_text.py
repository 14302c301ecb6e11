"""Texts of destination files from the keys of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from catalog import yaml_edit
from catalog.model import DestinationSpec
from catalog.new_destination import SCHEMA

_ORDER = {
    field.alias or name: number
    for number, (name, field) in enumerate(DestinationSpec.model_fields.items())
}


def new(keys: Mapping[str, Any]) -> str:
    """Return the text of a new file with *keys*, in the order of the README."""
    ordered = dict(sorted(keys.items(), key=lambda entry: _ORDER.get(entry[0], len(_ORDER))))
    text: str = yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True)
    return SCHEMA + text


def changed(text: str, keys: Mapping[str, Any]) -> str:
    """Return *text* with exactly *keys*.

    A text in which single keys cannot be changed is replaced, and loses its comments.
    """
    return yaml_edit.revised(text, keys) or new(keys)
