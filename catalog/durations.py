"""About how long things take in AWS, from durations.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Durations(BaseModel):
    """How long transitions take.

    Attributes:
        source: where the figures are from.
        date: when.
        unverified: whether nobody has measured them.
        seconds: by transition, for example `channel.start`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: str
    unverified: bool
    seconds: Mapping[str, int]


@functools.cache
def durations() -> Durations:
    """Return all durations."""
    text = Path(__file__).with_name("durations.yaml").read_text(encoding="utf-8")
    return Durations.model_validate(yaml.safe_load(text))
