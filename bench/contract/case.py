"""Results of clients, case by case."""

from __future__ import annotations

from dataclasses import dataclass

from bench.figures import progress


@dataclass(frozen=True)
class Case:
    """The result of one client in one case.

    Attributes:
        client: the client, as the heading of a group.
        name: the case.
        problems: the differences from the expectation; none where it passed.
        skipped: the reason for not running; None where it ran.
    """

    client: str
    name: str
    problems: tuple[str, ...] = ()
    skipped: str | None = None

    def __post_init__(self) -> None:
        """Tell a person how it went."""
        result = self.skipped or "; ".join(self.problems) or "as expected"
        progress(f"{self.client}, {self.name}: {result}")

    @property
    def passed(self) -> bool:
        """True where it ran without a difference."""
        return not self.problems and self.skipped is None
