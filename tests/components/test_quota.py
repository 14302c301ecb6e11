"""The guard of the account's quotas."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from catalog.errors import LunoraError
from catalog.model import DestinationSpec
from components import livestream, lookups, naming, quota
from components.lookups import Quotas


@pytest.fixture
def uhd_requests(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Readings of quotas: whether each requested that of UHD channels, which is 1."""
    reads: list[bool] = []

    def get_quotas(_: Any, *, uhd: bool) -> Quotas:
        reads.append(uhd)
        free = livestream.ExistingUsage(names=[], destinations={}, limit=5)
        return Quotas({"channels": free, "pushInputs": free}, 1 if uhd else None)

    monkeypatch.setattr(lookups, "get_quotas", get_quotas)
    monkeypatch.setattr(naming, "identity", lambda: ("lunora-player", "test"))
    return reads


def headroom(*declared: dict[str, Any]) -> dict[str, quota.QuotaHeadroom]:
    specs = [
        DestinationSpec.model_validate({"name": f"d{number}", "platform": "youtube", **more})
        for number, more in enumerate(declared)
    ]
    provider: Any = SimpleNamespace(livestream=None, region="us-west-2")
    return quota.headroom(provider, specs, {})


def test_pushed_inputs_alone_count_against_their_quota(uhd_requests: list[bool]) -> None:
    pushed = {"preset": "1080p30", "flow": ["main", "backup"]}
    rooms = headroom(pushed, {**pushed, "input": "mediaconnect"})
    assert (rooms["channels"].used, rooms["pushInputs"].used) == (2, 2)
    assert uhd_requests == [False]


def test_one_channel_may_be_uhd_and_two_may_not(uhd_requests: list[bool]) -> None:
    headroom({"preset": "2160p30"}, {"preset": "1080p60"})
    with pytest.raises(LunoraError) as refused:
        headroom({"preset": "2160p30"}, {"preset": "1440p30"})
    assert refused.value.code == "LUN250"
    assert uhd_requests == [True, True]
