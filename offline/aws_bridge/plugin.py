"""The plugin `pulumi-resource-aws` that passes every call on to the bridge under other names."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from offline.aws_bridge import naming
from offline.aws_bridge.naming import Naming
from offline.aws_plugin.__main__ import VERSION, loopback_endpoint
from offline.aws_plugin.archive import zipped
from provider.property_codec import decode_configuration, from_struct
from provider.resource import ResourceError

_STRUCTS = ("olds", "news", "old_inputs", "properties", "inputs")
_PATHS = ("ignoreChanges", "replaces", "stables", "diffs")
# Terraform's own sign that a function's code has changed; pulumi-aws fills it in likewise.
_HASH = "sourceCodeHash"
_DETAILS = "grpc-status-details-bin"


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """Renames what goes to the bridge and what comes back; decides nothing itself.

    Args:
        bridge: connected to the bridge, which has the provider loaded.
        archives: an empty folder for zip files.
    """

    def __init__(self, bridge: grpc.Channel, archives: Path) -> None:
        self._bridge = provider_pb2_grpc.ResourceProviderStub(bridge)
        self._archives = archives
        # What the engine gave for a zip file; the bridge knows its path only.
        self._given: dict[str, Any] = {}

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Answer the version of pulumi-aws that the names are of."""
        return plugin_pb2.PluginInfo(version=VERSION)

    def GetSchema(self, request: Any, context: Any) -> Any:
        """Answer the least schema the engine takes; programs use the SDK's typed classes."""
        schema = f'{{"name": "aws", "version": "{VERSION}"}}'
        return provider_pb2.GetSchemaResponse(schema=schema)

    def Cancel(self, request: Any, context: Any) -> Any:
        """Let operations under way end."""
        with _passed_on(context):
            return self._bridge.Cancel(empty_pb2.Empty())

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Check the provider's own inputs."""
        with _passed_on(context):
            return self._bridge.CheckConfig(request)

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Compare the provider's own inputs."""
        with _passed_on(context):
            return self._bridge.DiffConfig(request)

    def Configure(self, request: Any, context: Any) -> Any:
        """Configure the provider for an AWS on this machine, and for no other."""
        try:
            variables = decode_configuration(from_struct(request.args))
            loopback_endpoint(variables.get("endpoints"))
        except ResourceError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        with _passed_on(context):
            return self._bridge.Configure(request)

    def Invoke(self, request: Any, context: Any) -> Any:
        """Call a function."""
        function = naming.functions()[request.tok]
        request.tok = function.function_token
        self._to_bridge(request.args, function)
        with _passed_on(context):
            answer = self._bridge.Invoke(request)
        self._from_bridge(getattr(answer, "return"), function)
        return answer

    def Check(self, request: Any, context: Any) -> Any:
        """Validate a resource's inputs."""
        return self._pass_on(self._bridge.Check, request, context)

    def Diff(self, request: Any, context: Any) -> Any:
        """Compare a resource with its declaration."""
        return self._pass_on(self._bridge.Diff, request, context)

    def Create(self, request: Any, context: Any) -> Any:
        """Create a resource."""
        return self._pass_on(self._bridge.Create, request, context)

    def Read(self, request: Any, context: Any) -> Any:
        """Read a resource."""
        return self._pass_on(self._bridge.Read, request, context)

    def Update(self, request: Any, context: Any) -> Any:
        """Change a resource."""
        return self._pass_on(self._bridge.Update, request, context)

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource."""
        return self._pass_on(self._bridge.Delete, request, context)

    def _pass_on(self, method: Any, request: Any, context: Any) -> Any:
        request.urn, names = naming.of_urn(request.urn)
        request.type = names.resource_token
        for struct in _structs(request):
            self._to_bridge(struct, names)
        _rename_paths(request, names.to_bridge)
        with _passed_on(context, lambda struct: self._from_bridge(struct, names)):
            answer = method(request)
        for struct in _structs(answer):
            self._from_bridge(struct, names)
        _rename_paths(answer, names.from_bridge)
        return answer

    def _to_bridge(self, struct: Any, names: Naming) -> None:
        if names.archive in struct.fields:
            value = struct.fields[names.archive]
            path, digest = self._zip_file(from_struct(value.struct_value))
            self._given[path] = type(value).FromString(value.SerializeToString())
            value.string_value = path
            struct.fields[_HASH].string_value = digest
        _rename_keys(struct.fields, names.to_bridge)

    def _from_bridge(self, struct: Any, names: Naming) -> None:
        _rename_keys(struct.fields, names.from_bridge)
        if names.archive in struct.fields:
            value = struct.fields[names.archive]
            value.CopyFrom(self._given.get(value.string_value, value))
            struct.fields.pop(_HASH, None)

    def _zip_file(self, archive: Mapping[str, Any]) -> tuple[str, str]:
        # Of an archive in its state the engine sends the hash and may leave out the contents.
        digest = str(archive["hash"])
        path = self._archives / f"{digest}.zip"
        if not path.exists():
            with contextlib.suppress(KeyError, FileNotFoundError):
                draft = path.with_suffix(f".{threading.get_ident()}")
                draft.write_bytes(zipped(archive))
                draft.rename(path)
        return str(path), digest


def _structs(message: Any) -> list[Any]:
    return [getattr(message, name) for name in _STRUCTS if name in _fields(message)]


def _fields(message: Any) -> set[str]:
    return {field.name for field, _ in message.ListFields()}


def _rename_keys(entries: Any, names: Mapping[str, str]) -> None:
    # All are taken out before any is put in, so that one may get the former name of another.
    taken = {key: type(entries[key])() for key in names if key in entries}
    for key, value in taken.items():
        value.CopyFrom(entries[key])
        del entries[key]
    for key, value in taken.items():
        entries[names[key]].CopyFrom(value)


def _rename_paths(message: Any, names: Mapping[str, str]) -> None:
    given = _fields(message)
    for name in given & set(_PATHS):
        paths = getattr(message, name)
        paths[:] = [naming.renamed_path(path, names) for path in paths]
    if "detailedDiff" in given:
        renames = {path: naming.renamed_path(path, names) for path in message.detailedDiff}
        _rename_keys(message.detailedDiff, {a: b for a, b in renames.items() if a != b})
    for failure in message.failures if "failures" in given else ():
        failure.property = naming.renamed_path(failure.property, names)


@contextlib.contextmanager
def _passed_on(context: Any, rename: Callable[[Any], None] = lambda _: None) -> Iterator[None]:
    """Pass on what the bridge refuses; *rename* is given what it knows of a resource half made."""
    try:
        yield
    except grpc.RpcError as error:
        for key, value in error.trailing_metadata() or ():
            if key == _DETAILS:
                context.set_trailing_metadata(((key, _renamed_details(value, rename)),))
        context.abort(error.code(), error.details())


def _renamed_details(serialised: bytes, rename: Callable[[Any], None]) -> bytes:
    status = status_pb2.Status.FromString(serialised)
    for detail in status.details:
        failed = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(failed):
            for struct in _structs(failed):
                rename(struct)
            detail.Pack(failed)
    return bytes(status.SerializeToString())
