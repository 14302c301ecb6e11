"""Placeholders for outputs of failed resources."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import pulumi

T = TypeVar("T")

PLACEHOLDER = "failed"
"""Stands for a text that a failed resource would have had."""


def without_dependencies(
    output: pulumi.Output[T], otherwise: Any = PLACEHOLDER
) -> pulumi.Output[T]:
    """Return *output* without its dependencies, so that its consumer survives a failed producer.

    The engine skips a resource that depends on a failed one. What all destinations share and
    depends on each of them would be skipped, and still depend in the state on a resource that the
    same run removes; the engine (3.276) then finds its state broken and dies.
    """

    async def no_resources() -> set[pulumi.Resource]:
        return set()

    async def value() -> T:
        known = await output.is_known() or pulumi.runtime.is_dry_run()
        return await output.future() if known else otherwise  # type: ignore[return-value]  # of an unknown one nobody asks

    async def is_known() -> bool:
        return await output.is_known() or not pulumi.runtime.is_dry_run()

    return pulumi.Output(
        no_resources(),
        asyncio.ensure_future(value()),
        asyncio.ensure_future(is_known()),
        output.is_secret(),
    )
