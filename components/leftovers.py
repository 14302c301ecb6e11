"""Takes away what a killed run may have left, before it is made again (docs/adr/0013)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent import futures
from typing import Any, Literal

import grpc
import pulumi
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

from components import livestream

Cleared = Literal[
    "channel",
    "function",
    "function url",
    "log group",
    "parameter",
    "role",
    "schedule",
    "secret",
    "security group",
]
"""What the AWS provider cannot adopt."""

# Nothing keeps AWS from making it twice where its answer is lost and the SDK asks again.
_MADE_TWICE: frozenset[Cleared] = frozenset({"security group"})

# The SDK's invoke takes a thread of the pool in which registrations wait for the engine, and the
# engine waits for the hook: where they have all its threads, neither would ever go on.
_THREADS = futures.ThreadPoolExecutor(16, thread_name_prefix="hooks")


def cleared(
    kind: Cleared,
    name: str,
    tags: Mapping[str, str],
    provider: livestream.Provider,
    *,
    of: str | None = None,
) -> pulumi.ResourceHookBinding:
    """Return what takes a leftover away before the AWS provider creates a thing.

    It takes away after the creation too where that may have made two.

    Args:
        kind: what is created.
        name: its name in AWS; of a security group, the CIDR block that passes it.
        tags: all its tags; what has not the same owner by its own is left alone.
        provider: connects to where it is.
        of: whose it is, where *name* may be that of others elsewhere too.
    """

    async def clear(hooked: pulumi.ResourceHookArgs) -> None:
        arguments = struct_pb2.Struct()
        about = {"kind": kind, "name": name, "tags": dict(tags), "keep": hooked.id}
        json_format.ParseDict(about, arguments)
        request = resource_pb2.ResourceInvokeRequest(
            tok="livestream:index:clearLeftover",
            args=arguments,
            provider=f"{await provider.urn.future()}::{await provider.id.future()}",
        )
        monitor: Any = get_monitor()
        try:
            await asyncio.get_running_loop().run_in_executor(_THREADS, monitor.Invoke, request)
        except grpc.RpcError as error:
            raise pulumi.RunError(livestream.sentence(str(error.details()))) from None

    hook = pulumi.ResourceHook(f"clear {kind} {of or name}", clear)
    binding = pulumi.ResourceHookBinding(before_create=[hook])
    if kind in _MADE_TWICE:
        binding.after_create = [hook]
    return binding
