"""Names in AWS fit and stay apart."""

from __future__ import annotations

import pytest

from catalog import names


@pytest.mark.parametrize("name", ["short", "x" * 64])
def test_a_name_that_fits_stays(name: str) -> None:
    assert names.within(name, 64) == name


def test_long_names_are_cut_and_stay_apart() -> None:
    one, other = (names.within("x" * 70 + end, 64) for end in "ab")
    assert (len(one), len(other)) == (64, 64)
    assert one != other
    assert one == names.within("x" * 70 + "a", 64)
