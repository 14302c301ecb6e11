"""The tables of docs/reference/permissions.md, generated from permissions.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog.marked_block import MarkedBlock
from catalog.permissions import Role, Statement, roles

_TABLES = MarkedBlock("tables", "lunora permissions --write")


def with_tables(page: Path) -> str:
    """Return the text of *page* with current tables.

    Raises:
        LunoraError: when the page has no place for the tables.
    """
    sections = ("\n".join(_section(name, role)) for name, role in roles().items())
    return _TABLES.document(page, "\n\n".join(sections) + "\n")


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
