"""Figures of AWS's that are data, each file with where they were read and how sure they are."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict

from catalog import package_data


class SourcedValue(BaseModel):
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
        return cls.model_validate(package_data.read(file))
