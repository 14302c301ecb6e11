"""The list of operations says what is so."""

from __future__ import annotations

from pathlib import Path

from localaws import operations

DOCUMENT = Path(__file__).parents[2] / "docs/reference/emulator.md"


def test_the_list_in_the_document_is_current() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert operations.with_operations(DOCUMENT) == text, "run `python -m localaws operations`"
    assert "CreateChannel" in text


def test_every_operation_is_either_there_or_refused() -> None:
    assert "CreateChannel" in operations.implemented("medialive")
    assert "CreateCluster" in operations.refused("medialive")
    assert "DescribeFlowSourceMetadata" in operations.implemented("mediaconnect")
