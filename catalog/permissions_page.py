"""The tables of docs/reference/permissions.md, written from the policies' data."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog.permissions import Role, Statement, roles

_BEGIN = "<!-- begin: written by `lunora permissions --write` -->"
_END = "<!-- end -->"


def with_tables(page: Path) -> str:
    """Return the text of *page* with its tables made anew.

    Raises:
        ValueError: when the page has lost the marks between which they stand.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        raise ValueError(f"{page} has no place for the tables; bring its marks back")
    tables = "\n\n".join("\n".join(_section(name, role)) for name, role in roles().items())
    return f"{before}{begin}\n{tables}\n{end}{after}"


def _section(name: str, role: Role) -> Iterator[str]:
    yield f"## {name}"
    yield role.purpose
    if role.includes:
        yield f"Has what {', '.join(role.includes)} has, and:"
    yield f"\n**Stream keys.** {role.keys}"
    if not role.statements:
        return
    yield "\n| action | resources | if | used by | for |"
    yield "|---|---|---|---|---|"
    for statement in role.statements:
        yield from _rows(statement)


def _rows(statement: Statement) -> Iterator[str]:
    on = "<br>".join(f"`{_short(form)}`" for form in statement.resources)
    when = " and ".join(f"it {condition}" for condition in statement.when)
    for action, use in statement.actions.items():
        yield f"| `{action}` | {on} | {when} | {use.place} | {use.why} |"


def _short(form: str) -> str:
    """Return what follows the account in the form of an ARN."""
    return form.rpartition("{account}:")[2]
