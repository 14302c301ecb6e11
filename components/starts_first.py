"""Channels are started before what only watches them is made."""

from __future__ import annotations

import asyncio
import functools
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")


class StartsFirst:
    """The order in a stack: all its channels, then their alarms and rules.

    The engine writes its whole state at every step, one step at a time. Where many destinations
    are made, the alarms of those whose channel is there first kept the others from their start,
    which takes longest of all. A channel that fails keeps nothing waiting.
    """

    def __init__(self) -> None:
        self._channels: list[pulumi.Output[Any]] = []

    def add(self, channel_id: pulumi.Output[Any]) -> None:
        """Let the channel with this id go first."""
        self._channels.append(channel_id)

    def then(self, output: pulumi.Output[T]) -> pulumi.Output[T]:
        """Return *output*, known only when every channel of the program is there or has failed."""

        async def value() -> T:
            await self._all
            return await output.future()  # type: ignore[return-value]  # of an unknown one nobody asks

        return pulumi.Output(
            output.resources(),
            asyncio.ensure_future(value()),
            output.is_known(),
            output.is_secret(),
        )

    @functools.cached_property
    def _all(self) -> asyncio.Future[Any]:
        # Asked for first when the program's last line has run, and all channels are added.
        there = (channel.is_known() for channel in self._channels)
        return asyncio.gather(*there, return_exceptions=True)
