"""The plugin host: serves a `Package` to the Pulumi engine over gRPC.

Written on the SDK's protocol classes and not on `pulumi.provider.experimental`, whose server
turns every error into text with a traceback, cannot report a resource that exists but failed
to initialise, and hides the old inputs from a diff (docs/adr/0001).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent import futures
from typing import Any, NoReturn, TypeVar

import grpc
from botocore.exceptions import ClientError
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime._grpc_settings import _GRPC_CHANNEL_OPTIONS
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from catalog.errors import LunoraError
from provider.aws_errors import explain
from provider.plugin_server import serve_until_ended
from provider.property_codec import decode_configuration, from_struct, to_struct
from provider.redaction import redact
from provider.resource import (
    Change,
    CheckFailure,
    Configured,
    Diff,
    Package,
    PartialCreateError,
    Resource,
    ResourceError,
    contains_unknown,
)

# The engine runs as many operations at once as PULUMI_PARALLEL says; most of ours wait.
_WORKERS = 256

_LOG_SECONDS = 5.0

_Served = TypeVar("_Served")

_KINDS = {
    (Change.ADD, False): provider_pb2.PropertyDiff.ADD,
    (Change.ADD, True): provider_pb2.PropertyDiff.ADD_REPLACE,
    (Change.DELETE, False): provider_pb2.PropertyDiff.DELETE,
    (Change.DELETE, True): provider_pb2.PropertyDiff.DELETE_REPLACE,
    (Change.UPDATE, False): provider_pb2.PropertyDiff.UPDATE,
    (Change.UPDATE, True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
}


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Translates the engine's calls into those of `Resource`, one thread a call.

    Args:
        package: what is served.
        cancel: called when the engine wants operations under way to end early.
        warn: shows a person a sentence about the resource of a URN.
    """

    def __init__(
        self,
        package: Package,
        cancel: Callable[[], None],
        warn: Callable[[str, str], None] = lambda *_: None,
    ) -> None:
        self._package = package
        self._warn = warn
        self._cancel = cancel
        self._configured = Configured(resources={})

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        """Answer the plugin's version."""
        return plugin_pb2.PluginInfo(version=self._package.version)

    def GetSchema(self, request: Any, context: Any) -> Any:
        """Answer the package schema; the least that the engine takes where there is none."""
        package = self._package
        least = json.dumps({"name": package.name, "version": package.version})
        schema = package.schema() if package.schema else least
        return provider_pb2.GetSchemaResponse(schema=schema)

    def Attach(self, request: Any, context: Any) -> Any:
        """Accept a debugging engine."""
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        """Let operations that wait end with a message."""
        self._cancel()
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:
        """Judge what the state has of the provider; `Configure` judges its inputs of now."""
        old = from_struct(request.olds) if request.HasField("olds") else None
        failures = self._package.check(old or None)
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: Any, context: Any) -> Any:
        """Report any change of the provider's inputs as an update in place."""
        changed = from_struct(
            request.old_inputs if request.HasField("old_inputs") else request.olds
        ) != from_struct(request.news)
        some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some if changed else none)

    def Configure(self, request: Any, context: Any) -> Any:
        """Build what is served from the provider's configuration."""
        with self._explained(context):
            variables = decode_configuration(from_struct(request.args))
            self._configured = self._package.configure(variables)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Invoke(self, request: Any, context: Any) -> Any:
        """Call a function."""
        with self._explained(context):
            function = self._find(self._configured.functions, request.tok)
            response = provider_pb2.InvokeResponse()
            result = to_struct(function(from_struct(request.args)))
            getattr(response, "return").CopyFrom(result)
            return response

    def Check(self, request: Any, context: Any) -> Any:
        """Validate a resource's inputs."""
        with self._explained(context, request.urn):
            old = from_struct(request.olds) if request.HasField("olds") else None
            checked = self._resource(request.urn).check(
                request.urn, old or None, from_struct(request.news)
            )
            return provider_pb2.CheckResponse(
                inputs=to_struct(checked.inputs, self._secrets(request.urn)),
                failures=_failures(checked.failures),
            )

    def Diff(self, request: Any, context: Any) -> Any:
        """Compare a resource with its declaration."""
        with self._explained(context, request.urn):
            difference = self._resource(request.urn).diff(
                request.id,
                from_struct(request.old_inputs),
                from_struct(request.olds),
                from_struct(request.news),
            )
            if difference.warning:
                self._warn(request.urn, difference.warning)
            return _diff_response(difference, list(request.ignoreChanges))

    def Create(self, request: Any, context: Any) -> Any:
        """Create a resource, or say what a preview can know of it."""
        with self._explained(context, request.urn):
            resource, inputs = self._resource(request.urn), from_struct(request.properties)
            if request.preview or contains_unknown(inputs):
                if warning := resource.creation_warning(inputs):
                    self._warn(request.urn, warning)
                state = to_struct(resource.preview_state({}, inputs), resource.secrets)
                return provider_pb2.CreateResponse(properties=state)
            created = resource.create(request.urn, inputs)
            state = to_struct(created.state, resource.secrets)
            return provider_pb2.CreateResponse(id=created.id, properties=state)

    def Read(self, request: Any, context: Any) -> Any:
        """Read a resource for a refresh or an import; an empty answer means it is gone."""
        with self._explained(context, request.urn):
            resource = self._resource(request.urn)
            result = resource.read(
                request.urn,
                request.id,
                from_struct(request.inputs),
                from_struct(request.properties),
            )
            if result is None:
                return provider_pb2.ReadResponse()
            return provider_pb2.ReadResponse(
                id=result.id,
                properties=to_struct(result.state, resource.secrets),
                inputs=to_struct(result.inputs, resource.secrets),
            )

    def Update(self, request: Any, context: Any) -> Any:
        """Change a resource in place, or say what a preview can know of it."""
        with self._explained(context, request.urn):
            resource = self._resource(request.urn)
            state, inputs = from_struct(request.olds), from_struct(request.news)
            if request.preview:
                resource.rehearse(request.id, inputs, state)
                shown = resource.preview_state(state, inputs)
            else:
                shown = resource.update(request.id, from_struct(request.old_inputs), state, inputs)
            return provider_pb2.UpdateResponse(properties=to_struct(shown, resource.secrets))

    def Delete(self, request: Any, context: Any) -> Any:
        """Delete a resource."""
        with self._explained(context, request.urn):
            self._resource(request.urn).delete(request.id, from_struct(request.properties))
        return empty_pb2.Empty()

    @contextlib.contextmanager
    def _explained(self, context: Any, urn: str = "") -> Iterator[None]:
        """Turn exceptions into gRPC errors of one sentence."""
        try:
            yield
        except PartialCreateError as failure:
            _abort_partial(context, failure, self._secrets(urn))
        except ResourceError as error:
            context.abort(grpc.StatusCode.UNKNOWN, redact(str(error)))
        except ClientError as error:
            # Of its answers, a resource passes on only those that something does not exist.
            gone = ResourceError(
                "LUN330",
                f"a resource was deleted in AWS: {explain(error)}",
                remedy="run `pulumi up --refresh` to create it again",
            )
            context.abort(grpc.StatusCode.UNKNOWN, redact(str(gone)))
        except Exception as error:
            if context.code() is not None:
                raise
            # Only the place and the type: the text of an unforeseen error may quote a request.
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"
            fault = LunoraError("LUN359", f"fault in the plugin: {type(error).__name__} in {place}")
            context.abort(grpc.StatusCode.INTERNAL, str(fault))

    def _secrets(self, urn: str) -> frozenset[str]:
        resource = self._configured.resources.get(_token(urn)) if urn else None
        return resource.secrets if resource else frozenset()

    def _resource(self, urn: str) -> Resource:
        return self._find(self._configured.resources, _token(urn))

    def _find(self, served: Mapping[str, _Served], token: str) -> _Served:
        try:
            return served[token]
        except KeyError:
            offered = ", ".join(sorted(served)) or "nothing, because it is not configured"
            raise ResourceError(
                "LUN351",
                f"the plugin {self._package.name} does not serve {token}, but {offered}",
                remedy="use program and plugin of the same version",
            ) from None


def _token(urn: str) -> str:
    # urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>
    return urn.split("::")[2].rpartition("$")[2]


def _failures(failures: Iterable[CheckFailure]) -> list[Any]:
    return [
        provider_pb2.CheckFailure(property=failure.path, reason=failure.reason)
        for failure in failures
    ]


def _diff_response(difference: Diff, ignored: list[str]) -> Any:
    changes = {
        path: change
        for path, change in difference.changes.items()
        if not any(
            path == entry or path.startswith((f"{entry}.", f"{entry}[")) for entry in ignored
        )
    }
    replaces = sorted(difference.replaces & changes.keys())
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if changes else none,
        replaces=replaces,
        deleteBeforeReplace=bool(replaces) and difference.delete_before_replace,
        diffs=sorted({path.partition(".")[0].partition("[")[0] for path in changes}),
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[change, path in replaces], inputDiff=True)
            for path, change in changes.items()
        },
        hasDetailedDiff=True,
    )


def _abort_partial(context: Any, failure: PartialCreateError, secrets: frozenset[str]) -> NoReturn:
    # The engine keeps the resource and its outputs only if this detail comes with the error.
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=failure.resource_id,
            properties=to_struct(failure.state, secrets),
            reasons=[redact(str(failure))],
        )
    )
    status = status_pb2.Status(
        code=grpc.StatusCode.UNKNOWN.value[0], message=redact(str(failure)), details=[detail]
    )
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, redact(str(failure)))
    raise AssertionError("abort raises")


def serve(
    package: Package, *, cancel: Callable[[], None] = lambda: None, engine: str | None = None
) -> None:
    """Serve *package* until the engine or a signal ends it.

    Args:
        package: what is served.
        cancel: called once operations under way are to end early.
        engine: where the engine takes messages for people, as host:port.
    """
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=_WORKERS), options=_GRPC_CHANNEL_OPTIONS
    )
    servicer = Servicer(package, cancel, _warning_to(engine) if engine else lambda *_: None)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    serve_until_ended(server, cancel)


def _warning_to(engine: str) -> Callable[[str, str], None]:
    stub = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine, _GRPC_CHANNEL_OPTIONS))

    def warn(urn: str, sentence: str) -> None:
        request = engine_pb2.LogRequest(
            severity=engine_pb2.WARNING, urn=urn, message=redact(sentence)
        )
        # A message that does not arrive is no reason to fail what it is about.
        with contextlib.suppress(grpc.RpcError):
            stub.Log(request, timeout=_LOG_SECONDS)

    return warn
