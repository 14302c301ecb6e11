"""Data files of AWS's figures, with their source."""

from __future__ import annotations

from typing import Self

from catalog import package_data
from catalog.package_data import DataModel


class SourcedValue(DataModel):
    """The source of all figures of a file.

    Attributes:
        source: the document.
        date: the day of reading, YYYY-MM-DD.
        unverified: whether they were not measured, or may have changed since.
    """

    source: str
    date: str
    unverified: bool

    @classmethod
    def read(cls, file: str) -> Self:
        """Return the figures of *file* in catalog/."""
        return cls.model_validate(package_data.read(file))
