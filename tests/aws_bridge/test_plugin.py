"""Requests and responses between an engine and a fake bridge."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from offline.aws_bridge.plugin import Plugin
from offline.aws_plugin.__main__ import VERSION
from provider.property_codec import from_struct, to_struct

ALARM = "urn:pulumi:local::project::aws:cloudwatch/metricAlarm:MetricAlarm::one"
FUNCTION = "urn:pulumi:local::project::aws:lambda/function:Function::one"
THERE = "aws:index/cloudwatchMetricAlarm:CloudwatchMetricAlarm"
CODE = {"hash": "abc", "assets": {"handler.py": {"hash": "d", "text": "made up"}}}
LOOPBACK = "http://127.0.0.1:4566"


class Bridge(provider_pb2_grpc.ResourceProviderServicer):
    """Keeps what it is asked and answers what a test gives it."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.answer: Any = None
        self.details: bytes = b""

    def _answer(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        if self.details:
            context.set_trailing_metadata((("grpc-status-details-bin", self.details),))
            context.abort(grpc.StatusCode.UNKNOWN, "half made")
        return self.answer

    Check = Diff = Create = Read = Update = Delete = Invoke = Configure = Cancel = _answer


@pytest.fixture
def bridge() -> Bridge:
    """A bridge that is not there yet."""
    return Bridge()


@pytest.fixture
def plugin(bridge: Bridge, tmp_path: Path) -> Iterator[Any]:
    """The plugin before it, as the engine sees it."""
    with served(bridge) as behind, served(Plugin(behind, tmp_path)) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)


class served:  # noqa: N801 - used like a function
    def __init__(self, servicer: Any) -> None:
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")

    def __enter__(self) -> Any:
        self._server.start()
        return self._channel

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._server.stop(None).wait()


def test_inputs_are_checked_under_the_bridges_names(plugin: Any, bridge: Bridge) -> None:
    failure = provider_pb2.CheckFailure(property="alarmName", reason="no")
    inputs = to_struct({"alarmName": "one", "tags": {"name": "x"}})
    bridge.answer = provider_pb2.CheckResponse(inputs=inputs, failures=[failure])
    given = to_struct({"name": "one", "tags": {"name": "x"}})
    answer = plugin.Check(provider_pb2.CheckRequest(urn=ALARM, olds=given, news=given))
    (request,) = bridge.requests
    assert (request.urn, request.type) == (ALARM.replace(ALARM.split("::")[2], THERE), THERE)
    assert from_struct(request.news) == from_struct(request.olds) == from_struct(inputs)
    assert from_struct(answer.inputs) == from_struct(given)
    assert [failure.property for failure in answer.failures] == ["name"]


def test_what_changes_is_said_in_our_names(plugin: Any, bridge: Bridge) -> None:
    update = provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.UPDATE_REPLACE)
    bridge.answer = provider_pb2.DiffResponse(
        replaces=["alarmName"],
        diffs=["alarmName", "tags"],
        detailedDiff={"alarmName": update, "tags.a": provider_pb2.PropertyDiff()},
    )
    answer = plugin.Diff(provider_pb2.DiffRequest(urn=ALARM, ignoreChanges=["name", "tags.a"]))
    assert list(bridge.requests[0].ignoreChanges) == ["alarmName", "tags.a"]
    assert (list(answer.replaces), list(answer.diffs)) == (["name"], ["name", "tags"])
    assert answer.detailedDiff.keys() == {"name", "tags.a"}
    assert answer.detailedDiff["name"].kind == provider_pb2.PropertyDiff.UPDATE_REPLACE


def test_outputs_come_back_in_our_names(plugin: Any, bridge: Bridge) -> None:
    there, here = to_struct({"alarmName": "one"}), to_struct({"name": "one"})
    bridge.answer = provider_pb2.CreateResponse(id="one", properties=there)
    answer = plugin.Create(provider_pb2.CreateRequest(urn=ALARM, properties=here))
    assert (answer.id, from_struct(answer.properties)) == ("one", {"name": "one"})
    bridge.answer = provider_pb2.UpdateResponse(properties=there)
    request = provider_pb2.UpdateRequest(urn=ALARM, olds=here, news=here, old_inputs=here)
    assert from_struct(plugin.Update(request).properties) == {"name": "one"}
    bridge.answer = provider_pb2.ReadResponse(id="one", properties=there, inputs=there)
    read = plugin.Read(provider_pb2.ReadRequest(urn=ALARM, properties=here, inputs=here))
    assert from_struct(read.inputs) == from_struct(read.properties) == {"name": "one"}
    bridge.answer = empty_pb2.Empty()
    plugin.Delete(provider_pb2.DeleteRequest(urn=ALARM, properties=here))
    created, updated, looked_at, deleted = bridge.requests
    structs = (
        *(created.properties, updated.olds, updated.news, updated.old_inputs),
        *(looked_at.properties, looked_at.inputs, deleted.properties),
    )
    assert [from_struct(struct) for struct in structs] == [{"alarmName": "one"}] * len(structs)


def test_a_function_is_called_under_the_bridges_name(plugin: Any, bridge: Bridge) -> None:
    bridge.answer = provider_pb2.InvokeResponse()
    getattr(bridge.answer, "return").CopyFrom(to_struct({"value": "made-up"}))
    request = provider_pb2.InvokeRequest(
        tok="aws:ssm/getParameter:getParameter", args=to_struct({"name": "/one"})
    )
    answer = plugin.Invoke(request)
    assert bridge.requests[0].tok == "aws:index/getSsmParameter:getSsmParameter"
    assert from_struct(getattr(answer, "return")) == {"value": "made-up"}


def test_what_was_half_made_is_kept_in_our_names(plugin: Any, bridge: Bridge) -> None:
    failed = provider_pb2.ErrorResourceInitFailed(
        id="one", properties=to_struct({"alarmName": "one"}), reasons=["no tags"]
    )
    detail = any_pb2.Any()
    detail.Pack(failed)
    status = status_pb2.Status(code=2, message="half made", details=[detail])
    bridge.details = status.SerializeToString()
    with pytest.raises(grpc.RpcError) as caught:
        plugin.Create(provider_pb2.CreateRequest(urn=ALARM, properties=to_struct({"name": "one"})))
    error: Any = caught.value
    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, "half made")
    (serialised,) = (
        value for key, value in error.trailing_metadata() if key == "grpc-status-details-bin"
    )
    status_pb2.Status.FromString(serialised).details[0].Unpack(failed)
    assert (failed.id, from_struct(failed.properties)) == ("one", {"name": "one"})
    assert list(failed.reasons) == ["no tags"]


def test_an_archive_becomes_a_file_and_comes_back(
    plugin: Any, bridge: Bridge, tmp_path: Path
) -> None:
    given = {"name": "one", "code": CODE}
    there = {
        "functionName": "one",
        "filename": str(tmp_path / "abc.zip"),
        "sourceCodeHash": "abc",
    }
    bridge.answer = provider_pb2.CreateResponse(id="one", properties=to_struct(there))
    answer = plugin.Create(provider_pb2.CreateRequest(urn=FUNCTION, properties=to_struct(given)))
    assert from_struct(bridge.requests[0].properties) == there
    with zipfile.ZipFile(io.BytesIO((tmp_path / "abc.zip").read_bytes())) as packed:
        assert packed.read("handler.py") == b"made up"
    assert from_struct(answer.properties) == given


def test_an_archive_without_its_contents_is_the_same_file(
    plugin: Any, bridge: Bridge, tmp_path: Path
) -> None:
    without = {"hash": "abc", "assets": {"handler.py": {"hash": "d"}}}
    bridge.answer = provider_pb2.DiffResponse()
    plugin.Diff(
        provider_pb2.DiffRequest(
            urn=FUNCTION, olds=to_struct({"code": without}), news=to_struct({"code": CODE})
        )
    )
    (request,) = bridge.requests
    assert from_struct(request.olds) == from_struct(request.news)
    assert (tmp_path / "abc.zip").exists()


@pytest.mark.parametrize("endpoint", ["https://ssm.us-west-2.amazonaws.com", None])
def test_it_leaves_the_machine_for_nothing(
    plugin: Any, bridge: Bridge, endpoint: str | None
) -> None:
    variables = {"endpoints": f'[{{"ssm": "{endpoint}"}}]'} if endpoint else {}
    with pytest.raises(grpc.RpcError):
        plugin.Configure(provider_pb2.ConfigureRequest(args=to_struct(variables)))
    assert bridge.requests == []


def test_an_endpoint_on_this_machine_is_passed_on(plugin: Any, bridge: Bridge) -> None:
    bridge.answer = provider_pb2.ConfigureResponse(supportsPreview=True)
    variables = {"region": "us-west-2", "endpoints": f'[{{"ssm": "{LOOPBACK}"}}]'}
    answer = plugin.Configure(provider_pb2.ConfigureRequest(args=to_struct(variables)))
    assert answer.supportsPreview
    assert from_struct(bridge.requests[0].args) == variables


def test_it_is_of_the_version_whose_names_it_knows(plugin: Any) -> None:
    assert plugin.GetPluginInfo(empty_pb2.Empty()).version == VERSION
    assert VERSION in plugin.GetSchema(provider_pb2.GetSchemaRequest()).schema
