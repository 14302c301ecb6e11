"""The plugin as the engine meets it: a process with a port, over gRPC."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from provider.host import Servicer
from provider.property_codec import from_struct, to_struct
from provider.resource import (
    CheckFailure,
    CheckResult,
    Configured,
    CreateResult,
    Diff,
    Package,
    PartialCreateError,
    Properties,
    ReadResult,
    Resource,
    ResourceError,
)

URN = "urn:pulumi:s::p::lunora:index:StreamDestination$test:index:Thing::name"


KEY = "made-up-key"
READ = {"how": "well", "key": {"name": KEY}}


class Thing(Resource):
    token = "test:index:Thing"  # noqa: S105 - a type token
    secrets = frozenset({"key"})

    def check(self, urn: str, old: Properties | None, new: Properties) -> CheckResult:
        return CheckResult(new)

    def diff(
        self, resource_id: str, old_inputs: Properties, state: Properties, new: Properties
    ) -> Diff:
        return Diff()

    def create(self, urn: str, inputs: Properties) -> CreateResult:
        if inputs["how"] == "partly":
            raise PartialCreateError(
                ResourceError("LUN331", "half done"), resource_id="7", state=inputs
            )
        if inputs["how"] == "badly":
            raise RuntimeError("secret-in-the-text")
        if inputs["how"] == "without its group":
            answer: Any = {
                "Error": {"Code": "ResourceNotFoundException", "Message": "no such group"}
            }
            raise ClientError(answer, "TagResource")
        return CreateResult("1", inputs)

    def read(
        self, urn: str, resource_id: str, inputs: Properties, state: Properties
    ) -> ReadResult | None:
        return ReadResult(resource_id, READ, READ) if resource_id == "read" else None

    def update(
        self, resource_id: str, old_inputs: Properties, state: Properties, inputs: Properties
    ) -> Properties:
        return inputs

    def delete(self, resource_id: str, state: Properties) -> None:
        raise ResourceError("LUN331", "it is stuck", remedy="pull harder")


def judge(old: Properties | None) -> tuple[CheckFailure, ...]:
    return (CheckFailure("mark", "LUN303", "is an old one"),) if old == {"mark": "1"} else ()


@pytest.fixture
def stub() -> Iterator[Any]:
    def configure(variables: Mapping[str, Any]) -> Configured:
        del variables
        return Configured({"test:index:Thing": Thing()})

    from concurrent import futures  # noqa: PLC0415 - used here only

    server = grpc.server(futures.ThreadPoolExecutor(2))
    servicer = Servicer(Package("test", "1.0.0", configure, check=judge), lambda: None)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        made = provider_pb2_grpc.ResourceProviderStub(channel)
        made.Configure(provider_pb2.ConfigureRequest())
        yield made
    server.stop(None)


@pytest.mark.parametrize(("old", "failing"), [("", []), ("1", ["mark"]), ("2", [])])
def test_a_provider_is_judged_by_what_the_state_has_of_it(
    stub: Any, old: str, failing: list[str]
) -> None:
    olds = to_struct({"mark": old}) if old else None
    request = provider_pb2.CheckRequest(olds=olds, news=to_struct({"mark": "2"}))
    answer = stub.CheckConfig(request)
    assert [failure.property for failure in answer.failures] == failing
    assert from_struct(answer.inputs) == {"mark": "2"}


def create(
    stub: Any, how: str, *, preview: bool = False, urn: str = URN, key: object = None
) -> Any:
    properties = to_struct({"how": how, "key": key})
    return stub.Create(provider_pb2.CreateRequest(urn=urn, properties=properties, preview=preview))


def failed(error: Any) -> Any:
    """Return the detail of *error* that tells the engine what exists."""
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    detail = provider_pb2.ErrorResourceInitFailed()
    status_pb2.Status.FromString(details).details[0].Unpack(detail)
    return detail


def test_a_creation_answers_id_and_outputs(stub: Any) -> None:
    answer = create(stub, "well")
    assert (answer.id, from_struct(answer.properties)) == ("1", {"how": "well"})


def test_what_a_resource_names_as_secret_is_marked_in_every_answer(stub: Any) -> None:
    given = to_struct(READ)
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, "partly", key=READ["key"])
    answers = [
        stub.Check(provider_pb2.CheckRequest(urn=URN, news=given)).inputs,
        create(stub, "well", key=READ["key"]).properties,
        create(stub, "well", key=READ["key"], preview=True).properties,
        (read := stub.Read(provider_pb2.ReadRequest(urn=URN, id="read"))).properties,
        read.inputs,
        stub.Update(provider_pb2.UpdateRequest(urn=URN, news=given)).properties,
        stub.Update(provider_pb2.UpdateRequest(urn=URN, news=given, preview=True)).properties,
        failed(caught.value).properties,
    ]
    for answer in answers:
        shown = rpc.deserialize_properties(answer)
        assert isinstance(shown["how"], str)
        assert shown["key"] == rpc.wrap_rpc_secret({"name": KEY})


def test_a_preview_creates_nothing(stub: Any) -> None:
    assert create(stub, "badly", preview=True).id == ""


def test_a_half_made_resource_is_handed_to_the_engine_with_its_id(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, "partly")
    detail = failed(caught.value)
    assert (detail.id, list(detail.reasons)) == ("7", ["LUN331: half done"])


def test_an_error_is_its_sentence_and_nothing_else(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        stub.Delete(provider_pb2.DeleteRequest(urn=URN, id="1"))
    assert caught.value.details() == "LUN331: it is stuck; pull harder"


def test_an_unforeseen_error_shows_where_but_not_its_text(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, "badly")
    assert "LUN359: fault in the plugin: RuntimeError in Thing.create" in caught.value.details()
    assert "secret-in-the-text" not in caught.value.details()


def test_what_is_gone_in_aws_is_no_fault_in_the_plugin(stub: Any) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        create(stub, "without its group")
    assert caught.value.details().startswith("LUN330: ")
    assert "TagResource answered ResourceNotFoundException" in caught.value.details()


def test_an_unknown_type_is_an_error_that_names_it(stub: Any) -> None:
    with pytest.raises(grpc.RpcError, match=r"\bLUN351\b"):
        create(stub, "well", urn="urn:pulumi:s::p::test:index:Other::name")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_plugin_ends_cleanly_on_a_signal(ending: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "provider", "127.0.0.1:1"], stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                stub = provider_pb2_grpc.ResourceProviderStub(channel)
                info = stub.GetPluginInfo(empty_pb2.Empty())
            assert info.version == version("lunora-player")
            process.send_signal(ending)
            assert process.wait(10) == 0
        finally:
            process.kill()
