"""Codes of errors are stable, complete and found in text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from catalog import errors_page
from catalog.errors import ExitCode, Location, LunoraError, codes_in, error_codes

ROOT = Path(__file__).parents[2]
PACKAGES = ("bootstrap", "catalog", "components", "localaws", "lunora", "offline", "provider")


def test_an_error_shows_its_place_code_message_and_remedy() -> None:
    where = Location(Path("destinations/x.yaml"), 4, 9)
    error = LunoraError("LUN100", "unknown key", remedy="remove it", where=where)
    assert str(error) == "destinations/x.yaml:4:9: LUN100: unknown key; remove it"


def test_the_table_decides_the_exit_code() -> None:
    assert LunoraError("LUN100", "unknown key").exit_code is ExitCode.INVALID_INPUT


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("error: LUN100: unknown key", ("LUN100",)),
        ("LUN100 and again LUN100", ("LUN100",)),
        ("XLUN100, LUN1000 and LUN999 are none", ()),
    ],
)
def test_known_codes_are_found_in_text(text: str, codes: tuple[str, ...]) -> None:
    assert codes_in(text) == codes


def test_a_guard_ends_with_its_own_exit_code() -> None:
    for code, row in error_codes().items():
        assert (row.guard is not None) == (ExitCode(row.exit_code) is ExitCode.GUARD_REFUSED), code


def test_every_row_has_its_error_and_every_error_its_row() -> None:
    sources = [ROOT / "__main__.py"]
    for package in PACKAGES:
        sources += (ROOT / package).rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    assert set(re.findall(r"\"(LUN\d{3})\"", text)) == error_codes().keys()


def test_the_page_has_every_code() -> None:
    """The page is also the snapshot of the wording of all codes."""
    page = ROOT / errors_page.PAGE
    text = page.read_text(encoding="utf-8")
    assert errors_page.with_codes(page) == text, "run `python -m catalog.errors_page`"


def test_a_page_without_place_for_the_codes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("no comments\n")
    for name in ("page.md", "missing.md"):
        with pytest.raises(LunoraError, match=r"\bLUN190\b"):
            errors_page.with_codes(tmp_path / name)
