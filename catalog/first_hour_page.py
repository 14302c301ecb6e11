"""The checklist in docs/how-to/first-hour.md; `python -m catalog.first_hour_page` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from catalog.marked_block import MarkedBlock
from catalog.unverified import UnverifiedFact, unverified_facts

PAGE = Path("docs/how-to/first-hour.md")
_CHECKLIST = MarkedBlock("checklist", "python -m catalog.first_hour_page")
_WHOLE_FILE = {"header", "module"}


def with_checklist(page: Path) -> str:
    """Return the text of *page* with a row for every fact.

    Raises:
        LunoraError: when the page has no place for them.
    """
    facts = unverified_facts()
    checked = [(fact, f"`{fact.check}`") for fact in facts if fact.check]
    by_hand = [(fact, fact.command) for fact in facts if fact.command]
    neither = [(fact, fact.no_command) for fact in facts if fact.no_command]
    lines = (
        *_table("Settled by `lunora doctor --verify-aws`", "check", "result", checked),
        *_table("Settled by hand", "command", "result", by_hand),
        *_table("Not to be settled in an hour", "reason", "marked in", neither),
    )
    return _CHECKLIST.document(page, "\n".join(lines))


def _table(
    heading: str, way: str, place: str, rows: Iterable[tuple[UnverifiedFact, str]]
) -> Iterator[str]:
    yield from (f"### {heading}", f"| fact | assumed | {way} | {place} |", "|---|---|---|---|")
    for fact, text in rows:
        yield f"| {fact.fact} | {fact.assumed} | {text} | {_places(fact)} |"
    yield ""


def _places(fact: UnverifiedFact) -> str:
    return "; ".join(_place(file, fields) for file, fields in fact.marked_in.items())


def _place(file: str, fields: Iterable[str]) -> str:
    named = ", ".join(f"`{field}`" for field in fields if field not in _WHOLE_FILE)
    return f"`{file}`: {named}" if named else f"`{file}`"


if __name__ == "__main__":
    PAGE.write_text(with_checklist(PAGE), encoding="utf-8")
