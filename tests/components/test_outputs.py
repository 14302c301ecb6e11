"""What a failed resource would have had is told to the check, and to nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from components.outputs import FAILED, carried, told
from tests.components.awaiting import awaited


@pytest.fixture(params=[True, False], ids=["preview", "update"])
def preview(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """A preview, and an update."""
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: request.param)
    return bool(request.param)


def resolved(
    through: Callable[[pulumi.Output[str]], pulumi.Output[str]],
    *,
    known: bool,
    secret: bool = False,
) -> tuple[Any, bool, bool, int]:
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
        found = through(output)
        resources = len(await found.resources())
        return await found.future(), await found.is_known(), await found.is_secret(), resources

    return awaited(look())


BOTH = pytest.mark.parametrize(("through", "sources"), [(carried, 1), (told, 0)])


@BOTH
@pytest.mark.usefixtures("preview")
@pytest.mark.parametrize("secret", [True, False])
def test_what_is_known_stays_as_it_is(*, through: Any, sources: int, secret: bool) -> None:
    assert resolved(through, known=True, secret=secret) == ("a", True, secret, sources)


@BOTH
def test_what_an_update_does_not_know_has_failed(
    *, preview: bool, through: Any, sources: int
) -> None:
    wanted = (None, False, False) if preview else (FAILED, True, False)
    assert resolved(through, known=False) == (*wanted, sources)
