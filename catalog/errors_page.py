"""The error codes in docs/reference/errors.md; `python -m catalog.errors_page` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from catalog.errors import error_codes
from catalog.marked_block import MarkedBlock

PAGE = Path("docs/reference/errors.md")
_CODES = MarkedBlock("codes", "python -m catalog.errors_page")


def with_codes(page: Path) -> str:
    """Return the text of *page* with all current codes.

    Raises:
        LunoraError: when the page has no place for them.
    """
    return _CODES.document(page, "".join(_sections()))


def _sections() -> Iterator[str]:
    for code, row in error_codes().items():
        yield f"### {code}\n**{row.title}** (exit code {row.exit_code}"
        yield f", guard `{row.guard}`)" if row.guard else ")"
        yield f"\n\n{row.explanation}\n\n"


if __name__ == "__main__":
    PAGE.write_text(with_codes(PAGE), encoding="utf-8")
