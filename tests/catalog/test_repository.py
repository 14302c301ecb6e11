"""The token of a repository of destination files."""

from __future__ import annotations

import pytest

from catalog.repository import is_token


def test_a_token_is_one_word() -> None:
    assert is_token("made-up_token.1")


@pytest.mark.parametrize("text", ["", "two words", "a\nb", "tokén"])
def test_what_a_header_cannot_hold_is_no_token(text: str) -> None:
    assert not is_token(text)
