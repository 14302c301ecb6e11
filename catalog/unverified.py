"""Facts about AWS and platforms that were not checked, and the product in each reading."""

from __future__ import annotations

from functools import cache

from catalog import package_data
from catalog.strict_model import StrictModel


class UnverifiedFact(StrictModel):
    """A fact that was not checked.

    Attributes:
        fact: the fact.
        marked_in: the file that marks it, from the repository's root.
        key: its name in the file, where that has several.
        readings: a reading -> what the product does then; the assumed one is the first.
    """

    fact: str
    marked_in: str
    key: str | None = None
    readings: dict[str, str]


@cache
def unverified_facts() -> tuple[UnverifiedFact, ...]:
    """Return all of them."""
    return tuple(
        UnverifiedFact.model_validate(entry) for entry in package_data.read("unverified.yaml")
    )
