"""Defaults that MediaLive fills in where a channel's settings give nothing."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from localaws.medialive.readings import Readings

_DEFAULTS = yaml.safe_load(Path(__file__).with_name("defaults.yaml").read_text(encoding="utf-8"))


def filled_in(channel: dict[str, Any], readings: Readings) -> dict[str, Any]:
    """Return a copy of *channel* as DescribeChannel would show it."""
    filled = {key: copy.deepcopy(value) for key, value in channel.items() if value is not None}
    for defaults in (
        _DEFAULTS["filled"],
        *(tree for name, tree in _DEFAULTS["disputed"].items() if readings[name] == "filled"),
    ):
        filled = {key: _merged(value, defaults.get(key)) for key, value in filled.items()}
    return filled


def _merged(value: Any, default: Any) -> Any:
    if isinstance(value, list):
        return [_merged(item, default) for item in value]
    if not isinstance(value, dict) or not isinstance(default, dict):
        return value
    filled = {key: _merged(item, default.get(key)) for key, item in value.items()}
    for key, item in default.items():
        # A structure says how to fill what is there; only leaves are added.
        if key not in filled and not isinstance(item, dict):
            filled[key] = copy.deepcopy(item)
    return filled
