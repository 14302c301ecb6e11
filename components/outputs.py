"""What a resource is given of another one that may have failed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")

FAILED = "failed"
"""Stands for a text that a failed resource would have had."""


def carried(output: pulumi.Output[T], otherwise: Any = FAILED) -> pulumi.Output[T]:
    """Return *output*, known also where its resource failed in a run that goes on without it.

    The engine skips what depends on a failed resource, but lets the provider check it first, with
    what is unknown left out; a required property that is missing then ends the whole run, for
    all destinations. So the check sees *otherwise*, which never gets further.
    """
    return _known(output, otherwise, output.resources())


def told(output: pulumi.Output[T], otherwise: Any = FAILED) -> pulumi.Output[T]:
    """Return *output* without what it comes from, for what has to outlive that.

    What all destinations share and depends on one of them is skipped when that one fails. Skipped,
    it still depends in the state on another one that the same run removes; the engine (3.220)
    then finds its state broken and dies.
    """

    async def nothing() -> set[pulumi.Resource]:
        return set()

    return _known(output, otherwise, nothing())


def _known(
    output: pulumi.Output[T], otherwise: Any, resources: Awaitable[set[pulumi.Resource]]
) -> pulumi.Output[T]:
    async def value() -> T:
        known = await output.is_known() or pulumi.runtime.is_dry_run()
        return await output.future() if known else otherwise  # type: ignore[return-value]  # of an unknown one nobody asks

    async def is_known() -> bool:
        return await output.is_known() or not pulumi.runtime.is_dry_run()

    return pulumi.Output(
        resources,
        asyncio.ensure_future(value()),
        asyncio.ensure_future(is_known()),
        output.is_secret(),
    )
