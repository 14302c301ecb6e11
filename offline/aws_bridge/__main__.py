"""`python -m offline.aws_bridge [ENGINE]`: serves the plugin; `--build` only builds the bridge."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path

import grpc
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from catalog.errors import LunoraError
from offline.aws_bridge import mirror, naming
from offline.aws_bridge.build import built_bridge
from offline.aws_bridge.plugin import Plugin
from offline.aws_bridge.process import BridgeProcess
from provider.plugin_server import serve_until_ended

_WORKERS = 256


@contextmanager
def started(executable: Path, provider: Path, *arguments: str) -> Iterator[BridgeProcess]:
    """Run the bridge with the provider loaded; both end with the block.

    Args:
        executable: the bridge.
        provider: Terraform's AWS provider.
        *arguments: the bridge's own, for example the engine's address.
    """
    process = BridgeProcess(executable, *arguments)
    try:
        with grpc.insecure_channel(process.address, _GRPC_CHANNEL_OPTIONS) as channel:
            words = ["--include", naming.included(), "--provider-name", "aws", str(provider)]
            args = provider_pb2.ParameterizeRequest.ParametersArgs(args=words)
            provider_pb2_grpc.ResourceProviderStub(channel).Parameterize(
                provider_pb2.ParameterizeRequest(args=args)
            )
        yield process
    finally:
        process.end()


def serve(executable: Path, provider: Path, arguments: list[str]) -> None:
    """Serve the plugin until the engine, a signal or the bridge's death ends it."""
    with (
        tempfile.TemporaryDirectory() as archives,
        started(executable, provider, *arguments) as process,
        grpc.insecure_channel(process.address, _GRPC_CHANNEL_OPTIONS) as channel,
    ):
        threading.Thread(target=_end_with, args=(process,), daemon=True).start()
        server = grpc.server(
            futures.ThreadPoolExecutor(max_workers=_WORKERS), options=_GRPC_CHANNEL_OPTIONS
        )
        plugin = Plugin(channel, Path(archives))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(plugin, server)
        serve_until_ended(server, lambda: None)


def _end_with(process: BridgeProcess) -> None:
    process.wait()
    os.kill(os.getpid(), signal.SIGTERM)


def main(arguments: list[str]) -> str | None:
    """Build or serve; returns why not."""
    provider = mirror.provider()
    if provider is None:
        return str(LunoraError("LUN505", str(mirror.missing())))
    try:
        executable = built_bridge(lambda line: print(f"bridge: {line}", file=sys.stderr))  # noqa: T201 - a person waits for it
    except LunoraError as error:
        return str(error)
    if arguments != ["--build"]:
        serve(executable, provider, arguments)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
