"""Cases that have problems or none, and the figures of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from bench.figures import Figures, Table, progress


class Judged(Protocol):
    """A case with the problems that it ended with; none where it passed."""

    @property
    def problems(self) -> tuple[str, ...]:
        """The differences from the expectation."""


C = TypeVar("C", bound=Judged)


@dataclass(frozen=True)
class Check:
    """The result of one step.

    Attributes:
        cells: the step, in a few words.
        problems: the differences from the expectation.
    """

    cells: tuple[str, ...]
    problems: tuple[str, ...]

    def __post_init__(self) -> None:
        """Tell a person how it went."""
        progress(f"{', '.join(self.cells)}: {'; '.join(self.problems) or 'as expected'}")


@dataclass(frozen=True)
class Report(Generic[C]):
    """The description of figures that count cases.

    Attributes:
        name: of the bench.
        title: as a heading.
        promise: the criterion, one sentence.
        noun: several cases, with their verb.
        columns: of the table of cases.
        cells: returns the cells of a case under *columns*.
        notes: paragraphs.
        every_case: whether the table has all cases, and not only those that failed.
    """

    name: str
    title: str
    promise: str
    noun: str
    columns: tuple[str, ...]
    cells: Callable[[C], tuple[str, ...]]
    notes: str
    every_case: bool = False

    def save(
        self, cases: Sequence[C], *, more: str = "", tables: tuple[Table, ...] = (), note: str = ""
    ) -> int:
        """Save the figures of *cases*; return the exit code.

        Args:
            cases: all of them.
            more: the rest of the verdict.
            tables: of counts.
            note: before the other notes.
        """
        failed = [case for case in cases if case.problems]
        rows = tuple(
            (*self.cells(case), "; ".join(case.problems) or "as expected")
            for case in (cases if self.every_case else sorted(failed, key=self.cells))
        )
        caption = "One by one:" if self.every_case else "Failed:"
        table = Table(caption=caption, columns=(*self.columns, "result"), rows=rows)
        paragraphs = (note + self.notes).split("\n\n")
        return Figures(
            title=self.title,
            command=f"python -m bench.{self.name}",
            promise=self.promise,
            verdict=f"{len(cases) - len(failed)} of {len(cases)} {self.noun}{more}.",
            passed=bool(cases) and not failed,
            tables=(*tables, *([table] if rows else [])),
            notes=tuple(paragraph for paragraph in paragraphs if paragraph.strip()),
        ).save(self.name)
