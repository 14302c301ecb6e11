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

from components import livestream, lookups

CleanupKind = Literal[
    "function",
    "function url",
    "log group",
    "parameter",
    "role",
    "schedule",
    "secret",
]
"""What the AWS provider cannot adopt."""

# The SDK's invoke takes a thread of the pool in which registrations wait for the engine, and the
# engine waits for the hook: where they have all its threads, neither would ever go on.
_THREADS = futures.ThreadPoolExecutor(16, thread_name_prefix="hooks")


def before_create_hook(
    kind: CleanupKind, name: str, tags: Mapping[str, str], provider: livestream.Provider
) -> pulumi.ResourceHookBinding:
    """Return what takes a leftover away before the AWS provider creates a thing.

    Args:
        kind: what is created.
        name: its name in AWS.
        tags: all its tags; what has not the same owner by its own is left alone.
        provider: connects to where it is.
    """

    async def clear(_: pulumi.ResourceHookArgs) -> None:
        arguments = struct_pb2.Struct()
        about = {"kind": kind, "name": name, "tags": dict(tags)}
        json_format.ParseDict(about, arguments)
        request = resource_pb2.ResourceInvokeRequest(
            tok="livestream:index:deleteOrphan",
            args=arguments,
            provider=f"{await provider.urn.future()}::{await provider.id.future()}",
        )
        monitor: Any = get_monitor()
        try:
            await asyncio.get_running_loop().run_in_executor(_THREADS, monitor.Invoke, request)
        except grpc.RpcError as error:
            raise pulumi.RunError(lookups.strip_engine_prefix(str(error.details()))) from None

    hook = pulumi.ResourceHook(f"clear {kind} {name}", clear)
    return pulumi.ResourceHookBinding(before_create=[hook])
