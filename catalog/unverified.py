"""Facts about AWS and platforms that were not checked, and the product in each reading."""

from __future__ import annotations

from functools import cache
from typing import Self

from pydantic import model_validator

from catalog import package_data
from catalog.strict_model import StrictModel


class UnverifiedFact(StrictModel):
    """A fact that was not checked; one of `check`, `command` and `no_command` is given.

    Attributes:
        fact: the fact.
        marked_in: the files that mark it, from the repository's root -> the fields of the marks.
        check: the check of `lunora doctor --verify-aws` that settles it.
        command: how to settle it by hand.
        no_command: the reason why neither does.
        readings: a reading -> what the product does then; the assumed one is the first.
    """

    fact: str
    marked_in: dict[str, list[str]]
    check: str | None = None
    command: str | None = None
    no_command: str | None = None
    readings: dict[str, str]

    @model_validator(mode="after")
    def _settled_in_one_way(self) -> Self:
        if sum(way is not None for way in (self.check, self.command, self.no_command)) != 1:
            raise ValueError(f"{self.fact}: give one of check, command and no_command")
        return self

    @property
    def assumed(self) -> str:
        """The reading that product and emulator take for true."""
        return next(iter(self.readings))


@cache
def unverified_facts() -> tuple[UnverifiedFact, ...]:
    """Return all of them."""
    return tuple(
        UnverifiedFact.model_validate(entry) for entry in package_data.read("unverified.yaml")
    )
