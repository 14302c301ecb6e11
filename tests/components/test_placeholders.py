"""An output that is told is known where its resource failed, and depends on nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest

from components.placeholders import PLACEHOLDER, without_dependencies
from tests.components.awaiting import awaited


@pytest.fixture(params=[True, False], ids=["preview", "update"])
def preview(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """A preview, and an update."""
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: request.param)
    return bool(request.param)


def resolved(*, known: bool, secret: bool = False) -> tuple[Any, bool, bool, int]:
    """Return value, whether it is known and secret, and how many resources it comes from."""

    def settled(value: Any) -> asyncio.Future[Any]:
        made: asyncio.Future[Any] = asyncio.Future()
        made.set_result(value)
        return made

    async def look() -> tuple[Any, bool, bool, int]:
        source: Any = object()
        output: pulumi.Output[str] = pulumi.Output(
            {source}, settled("a" if known else None), settled(known), settled(secret)
        )
        placeholder = without_dependencies(output)
        resources = len(await placeholder.resources())
        return (
            await placeholder.future(),
            await placeholder.is_known(),
            await placeholder.is_secret(),
            resources,
        )

    return awaited(look())


@pytest.mark.usefixtures("preview")
@pytest.mark.parametrize("secret", [True, False])
def test_what_is_known_stays_as_it_is(*, secret: bool) -> None:
    assert resolved(known=True, secret=secret) == ("a", True, secret, 0)


def test_what_an_update_does_not_know_has_failed(*, preview: bool) -> None:
    value = (None, False, False) if preview else (PLACEHOLDER, True, False)
    assert resolved(known=False) == (*value, 0)
