"""Deletion of an orphan that a killed run left, before the resource is created (docs/adr/0013)."""

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
    "table",
]
"""The kinds of resources that the AWS provider cannot adopt."""

# The SDK's invoke takes a thread of the pool in which registrations wait for the engine, while the
# engine waits for the hook. A pool of its own keeps the two from a deadlock.
_THREADS = futures.ThreadPoolExecutor(16, thread_name_prefix="hooks")


def before_create_hook(
    kind: CleanupKind, name: str, tags: Mapping[str, str], provider: livestream.Provider
) -> pulumi.ResourceHookBinding:
    """Return a hook that deletes an orphan before the AWS provider creates its successor.

    Args:
        kind: kind of the resource.
        name: its name in AWS.
        tags: all its tags; a resource of another owner is never deleted.
        provider: the plugin of its region.
    """

    async def clear(_: pulumi.ResourceHookArgs) -> None:
        arguments = struct_pb2.Struct()
        orphan = {"kind": kind, "name": name, "tags": dict(tags)}
        json_format.ParseDict(orphan, arguments)
        request = resource_pb2.ResourceInvokeRequest(
            tok="livestream:index:deleteOrphan",
            args=arguments,
            provider=f"{await provider.urn.future()}::{await provider.id.future()}",
        )
        monitor: Any = get_monitor()
        try:
            await asyncio.get_running_loop().run_in_executor(_THREADS, monitor.Invoke, request)
        except grpc.RpcError as error:
            message = lookups.plugin_message("LUN213", str(error.details()))
            raise pulumi.RunError(message) from None

    hook = pulumi.ResourceHook(f"clear {kind} {name}", clear)
    return pulumi.ResourceHookBinding(before_create=[hook])
