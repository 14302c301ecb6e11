"""A declaration is kept as text and read back, whatever it holds."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from catalog.declaration import Declaration
from catalog.model import DestinationSpec

WINDOWS = [{"days": ["mon"], "start": "22:00", "stop": "02:00"}]


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"state": "stopped"},
        {"expires": "2026-12-31"},
        {"schedule": {"timezone": "Europe/Berlin", "windows": WINDOWS}},
    ],
)
def test_what_is_written_is_read_back(keys: dict[str, Any]) -> None:
    file = {"name": "show", "platform": "restream", "preset": "1080p30", **keys}
    declared = Declaration.of(DestinationSpec.model_validate(file))
    assert Declaration.parse(declared.document()) == declared
    assert Declaration.model_validate_json(declared.text()) == declared


@pytest.mark.parametrize("content", [None, [], "running", {"state": "gone"}, {"other": 1}])
def test_another_form_is_none(content: object) -> None:
    assert Declaration.parse(content) is None


def test_it_holds_only_hours() -> None:
    file = {"name": "show", "platform": "restream", "preset": "1080p30", "owner": "alice"}
    declared = Declaration.of(DestinationSpec.model_validate({**file, "expires": "2026-12-31"}))
    assert declared.document() == {"state": "running", "expires": "2026-12-31"}
    assert declared.expires == dt.date(2026, 12, 31)
