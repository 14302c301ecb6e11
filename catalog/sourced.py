"""Figures of AWS's that are data, each file with where they were read and how sure they are."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict


class Sourced(BaseModel):
    """What one file of figures says of all of them.

    Attributes:
        source: where they were read.
        date: when, YYYY-MM-DD.
        unverified: whether nobody has measured them, or they may have changed since.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    date: str
    unverified: bool

    @classmethod
    def read(cls, file: str) -> Self:
        """Read them from *file* in catalog/."""
        text = Path(__file__).with_name(file).read_text(encoding="utf-8")
        return cls.model_validate(yaml.safe_load(text))
