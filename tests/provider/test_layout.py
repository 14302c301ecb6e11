"""A state of another layout is refused before anything happens."""

from __future__ import annotations

import pytest

from provider import layout
from provider.__main__ import Livestream
from provider.resource import ResourceError

REGION = {"region": "us-west-2"}


@pytest.mark.parametrize("old", [None, {**REGION, "layout": layout.LAYOUT}])
def test_a_new_stack_and_one_of_the_present_layout_pass(old: dict[str, str] | None) -> None:
    assert layout.check(old) == ()


@pytest.mark.parametrize("old", [REGION, {**REGION, "layout": "3"}])
def test_another_layout_is_refused_with_the_command_that_helps(old: dict[str, str]) -> None:
    (failure,) = layout.check(old)
    assert failure.path == "layout"
    assert "`lunora migrate`" in failure.remedy
    with pytest.raises(ResourceError, match=r"^LUN303"):
        Livestream().configure(old)
