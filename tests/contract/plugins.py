"""Ask both AWS plugins as the engine does: the stand-in, and the real provider's bridge."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from concurrent import futures
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc

from localaws.server import EmbeddedAws
from offline.aws_bridge import mirror
from offline.aws_bridge.__main__ import started
from offline.aws_bridge.build import built_bridge
from offline.aws_bridge.plugin import Plugin
from offline.aws_plugin.__main__ import VERSION, StandIn
from provider import host
from provider.property_codec import from_struct, to_struct
from provider.resource import Package
from tests.support.terraform import SERVICES

_SOME = provider_pb2.DiffResponse.DIFF_SOME
# What a bridged provider notes beside the properties.
_NOTES = "__"


class Engine(engine_pb2_grpc.EngineServicer):
    """An engine as far as the bridge needs one: somebody who takes its messages."""

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802 - gRPC's name
        return empty_pb2.Empty()


@dataclass(frozen=True)
class Difference:
    """Plan of a plugin: the properties that change, and those of them that replace."""

    changes: frozenset[str]
    replaces: frozenset[str]


class PluginClient:
    """A plugin, configured for *aws*.

    Args:
        stub: of the plugin.
        aws: whose calls are counted.
    """

    def __init__(self, stub: Any, aws: EmbeddedAws) -> None:
        self._stub, self._aws = stub, aws
        variables = {
            "region": "us-west-2",
            "accessKey": "embedded",
            "secretKey": "embedded",
            "skipCredentialsValidation": "true",
            "skipMetadataApiCheck": "true",
            "skipRequestingAccountId": "true",
            "skipRegionValidation": "true",
            "endpoints": json.dumps([dict.fromkeys(SERVICES, aws.endpoint)]),
        }
        self._stub.Configure(provider_pb2.ConfigureRequest(args=to_struct(variables)))

    def check(self, token: str, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the inputs as they are taken, and the properties that are not."""
        request = provider_pb2.CheckRequest(urn=_urn(token), news=to_struct(inputs))
        answer = self._stub.Check(request)
        return _plain(answer.inputs), sorted(failure.property for failure in answer.failures)

    def diff(
        self,
        token: str,
        resource_id: str,
        old: Mapping[str, Any],
        state: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> Difference:
        """Return what a change of the inputs from *old* to *new* would do."""
        answer = self._stub.Diff(
            provider_pb2.DiffRequest(
                urn=_urn(token),
                id=resource_id,
                old_inputs=to_struct(old),
                olds=to_struct(state),
                news=to_struct(new),
            )
        )
        if answer.changes != _SOME:
            return Difference(frozenset(), frozenset())
        return Difference(_heads(answer.detailedDiff or answer.diffs), _heads(answer.replaces))

    def create(self, token: str, inputs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the id and the outputs of a new resource."""
        request = provider_pb2.CreateRequest(urn=_urn(token), properties=to_struct(inputs))
        answer = self._stub.Create(request)
        return str(answer.id), from_struct(answer.properties)

    def read(
        self, token: str, resource_id: str, state: Mapping[str, Any], inputs: Mapping[str, Any]
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """Return the id, outputs and inputs that are found; the id of nothing is empty."""
        answer = self._stub.Read(
            provider_pb2.ReadRequest(
                urn=_urn(token),
                id=resource_id,
                properties=to_struct(state),
                inputs=to_struct(inputs),
            )
        )
        return str(answer.id), from_struct(answer.properties), _plain(answer.inputs)

    def update(
        self,
        token: str,
        resource_id: str,
        old: Mapping[str, Any],
        state: Mapping[str, Any],
        new: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Return the outputs after a change."""
        answer = self._stub.Update(
            provider_pb2.UpdateRequest(
                urn=_urn(token),
                id=resource_id,
                old_inputs=to_struct(old),
                olds=to_struct(state),
                news=to_struct(new),
            )
        )
        return from_struct(answer.properties)

    def delete(self, token: str, resource_id: str, state: Mapping[str, Any]) -> None:
        """Remove a resource."""
        self._stub.Delete(
            provider_pb2.DeleteRequest(urn=_urn(token), id=resource_id, properties=to_struct(state))
        )

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a function answers."""
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        return from_struct(getattr(self._stub.Invoke(request), "return"))


@contextlib.contextmanager
def stand_in(aws: EmbeddedAws) -> Iterator[PluginClient]:
    """Serve the stand-in."""
    plugin = StandIn()
    servicer = host.Servicer(Package("aws", VERSION, plugin.configure), plugin.cancel)
    with _stub_of(servicer) as stub:
        yield PluginClient(stub, aws)


@contextlib.contextmanager
def real_provider(aws: EmbeddedAws, folder: Path) -> Iterator[PluginClient]:
    """Serve the real provider under the bridge; *folder* is for zip files."""
    provider = mirror.provider()
    assert provider is not None, mirror.missing()
    with (
        engine() as address,
        started(built_bridge(lambda _: None), provider, address) as process,
        grpc.insecure_channel(process.address, _GRPC_CHANNEL_OPTIONS) as channel,
        _stub_of(Plugin(channel, folder)) as stub,
    ):
        yield PluginClient(stub, aws)


@contextlib.contextmanager
def engine() -> Iterator[str]:
    """Take the messages of a bridge; yields where."""
    server = grpc.server(futures.ThreadPoolExecutor())
    engine_pb2_grpc.add_EngineServicer_to_server(Engine(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


@contextlib.contextmanager
def _stub_of(servicer: Any) -> Iterator[Any]:
    server = grpc.server(futures.ThreadPoolExecutor(), options=_GRPC_CHANNEL_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}", _GRPC_CHANNEL_OPTIONS) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None).wait()


def _urn(token: str) -> str:
    return f"urn:pulumi:local::contract::{token}::one"


def _plain(struct: Any) -> dict[str, Any]:
    return {key: value for key, value in from_struct(struct).items() if not key.startswith(_NOTES)}


def _heads(paths: Any) -> frozenset[str]:
    return frozenset(path.partition(".")[0].partition("[")[0] for path in paths)
