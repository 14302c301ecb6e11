"""What only watches channels waits until all of them are there, whatever becomes of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pulumi
import pytest

from components.starts_first import StartsFirst
from tests.components.awaiting import awaited


def output(known: asyncio.Future[bool], value: Any = "1") -> pulumi.Output[Any]:
    async def found() -> Any:
        await known
        return value

    return pulumi.Output(set(), asyncio.ensure_future(found()), known)


def settled(*, known: bool) -> asyncio.Future[bool]:
    made: asyncio.Future[bool] = asyncio.Future()
    made.set_result(known)
    return made


def failed() -> asyncio.Future[bool]:
    made: asyncio.Future[bool] = asyncio.Future()
    made.set_exception(LookupError("refused"))
    return made


async def has_come(waiting: pulumi.Output[Any]) -> bool:
    """Tell whether its value is there after all that could run has run."""
    for _ in range(20):
        await asyncio.sleep(0)
    return waiting._data.done()


def test_the_first_waits_for_the_last() -> None:
    async def test() -> None:
        first, order = output(settled(known=True)), StartsFirst()
        order.add(first)
        waiting = order.then(first)
        # Destinations are built one after the other, before anything is awaited.
        last: asyncio.Future[bool] = asyncio.Future()
        order.add(output(last))
        assert not await has_come(waiting)
        last.set_result(True)
        assert await has_come(waiting)
        assert await waiting.future() == "1"

    awaited(test())


@pytest.mark.parametrize("other", [lambda: settled(known=False), failed], ids=["unknown", "failed"])
def test_one_that_fails_keeps_nothing_waiting(other: Any) -> None:
    async def test() -> None:
        first, order = output(settled(known=True)), StartsFirst()
        order.add(first)
        order.add(output(other()))
        assert await order.then(first).future() == "1"

    awaited(test())


def test_what_waits_is_as_known_as_secret_and_of_the_same_resources_as_before() -> None:
    async def test() -> None:
        of: Any = object()
        source: pulumi.Output[Any] = pulumi.Output(
            {of}, settled(known=False), settled(known=False), settled(known=True)
        )
        waiting = StartsFirst().then(source)
        assert not await waiting.is_known()
        assert await waiting.is_secret()
        assert await waiting.resources() == {of}

    awaited(test())
