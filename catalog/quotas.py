"""How many of what an account may have, from quotas.yaml."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Quotas(BaseModel):
    """What AWS allows unless it was asked for more.

    Attributes:
        source: where the figures were read.
        date: when.
        unverified: whether they may have changed since.
        defaults: by kind: `channels` and `pushInputs` in a region, `flowOutputs` of a flow.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: str
    unverified: bool
    defaults: Mapping[str, int]


@functools.cache
def quotas() -> Quotas:
    """Return all quotas."""
    text = Path(__file__).with_name("quotas.yaml").read_text(encoding="utf-8")
    return Quotas.model_validate(yaml.safe_load(text))
