"""Outputs of resources as Pulumi's SDK makes `id` and `urn`: each is one future."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.output import _OutputData
from pulumi.runtime import rpc

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet


def patch_outputs() -> None:
    """Let every resource from here on keep one future for each of its outputs.

    For all outputs but these two the SDK (3.272, `runtime/rpc.py`) still makes four futures and a
    task that waits for them, which was more than half of what a large program kept in memory.
    """
    rpc.transfer_properties = transferred


def transferred(
    res: pulumi.Resource,
    props: pulumi.Inputs,
    custom: bool,  # noqa: FBT001 - as the SDK calls it
) -> dict[str, rpc.Resolver]:
    """Give *res* an output for each of its *props*; returns what resolves them, by name."""
    resolvers: dict[str, rpc.Resolver] = {}
    for name in props:
        # The SDK has made these already.
        if name == "urn" or (name == "id" and custom):
            continue
        data: asyncio.Future[_OutputData[Any]] = asyncio.Future()
        res.__dict__[name] = pulumi.Output._from_data(data)  # noqa: SLF001 - the SDK's own way
        resolvers[name] = functools.partial(_resolve, res, data)
    return resolvers


def _resolve(  # noqa: PLR0913, PLR0917 - as the SDK calls it
    res: pulumi.Resource,
    data: asyncio.Future[_OutputData[Any]],
    value: Any,
    is_known: bool,  # noqa: FBT001
    is_secret: bool,  # noqa: FBT001
    dependencies: AbstractSet[pulumi.Resource] | None,
    failure: Exception | None,
) -> None:
    if failure is not None:
        data.set_exception(failure)
    else:
        resources = {res, *(dependencies or ())}
        data.set_result(_OutputData(resources, value, is_known, is_secret))
