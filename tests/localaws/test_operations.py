"""The list of operations says what is so."""

from __future__ import annotations

from pathlib import Path

import pytest

from localaws import operations

DOCUMENT = Path(__file__).parents[2] / "docs/reference/emulator.md"


def test_the_list_in_the_document_is_as_the_code_is() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert operations.written(text) == text, "write it anew: python -m localaws operations"


def test_it_is_written_into_its_place(tmp_path: Path) -> None:
    file = tmp_path / "page.md"
    file.write_text(f"before\n{operations.BEGIN}\nold\n{operations.END}\nafter\n")
    operations.write(file)
    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "old" not in text
    assert "CreateChannel" in text
    with pytest.raises(ValueError, match="there is no"):
        operations.written("nothing")


def test_every_operation_is_either_there_or_refused() -> None:
    assert "CreateChannel" in operations.implemented("medialive")
    assert "CreateMultiplex" in operations.refused("medialive")
    assert "DescribeFlowSourceMetadata" in operations.implemented("mediaconnect")
