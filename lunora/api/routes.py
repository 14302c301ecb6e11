"""Routes of the HTTP API over `lunora.ops`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from operator import itemgetter
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from catalog.errors import LunoraError
from catalog.presets import presets
from lunora.api import control, pictures, proposing, reports
from lunora.api.exchange import Request, Response, Route, error_response, parameters_of
from lunora.ops.channel_control import Target
from lunora.ops.channels import stack_channels
from lunora.ops.errors import ControlError, UnknownDestinationError
from lunora.ops.flow_destination import FlowDestination, flow_destinations
from lunora.ops.flow_status import flow_status
from lunora.ops.last_hour import last_hour
from lunora.ops.status import overview, status
from provider.aws_errors import error_code
from provider.resource import ResourceError

_BY_FILE = (
    "A destination is a file: add, change or delete destinations/<name>.yaml in a pull request;"
    " `pulumi up` does the rest. destinations/README.md has every key."
)
_ABSENT = (UnknownDestinationError, pictures.NoPictureError, pictures.UnknownFlowError)
_REFUSED_BY_AWS = (ResourceError, ControlError)


def respond(method: str, path: str, request: Request) -> Response:
    """Return the response to a request for *path*; errors of AWS become responses too."""
    for pattern, methods in _ROUTES.items():
        match = re.fullmatch(pattern, path)
        if match is None:
            continue
        if request.proposals is not None:
            methods = {**methods, **_PROPOSING.get(pattern, {})}  # noqa: PLW2901 - with the others
        if method not in methods:
            return _not_allowed(pattern, methods)
        name = unquote(match.groupdict().get("name", ""))
        try:
            parameters = parameters_of(request.query, _PARAMETERS.get(pattern, ()))
            return methods[method](dataclasses.replace(request, name=name, parameters=parameters))
        except LunoraError as error:
            return error_response(_status_of(error), str(error))
        except ClientError as error:
            # Without AWS's message, which may repeat what it is about.
            message = f"AWS answered {error.operation_name} with {error_code(error) or '?'}"
            return error_response(HTTPStatus.BAD_GATEWAY, message)
        except BotoCoreError as error:
            message = f"AWS does not answer: {type(error).__name__}"
            return error_response(HTTPStatus.BAD_GATEWAY, message)
    message = "there is no such path; docs/reference/openapi.yaml has all of them"
    return error_response(HTTPStatus.NOT_FOUND, message)


def _status_of(error: LunoraError) -> HTTPStatus:
    """Return the status of an error: the fault is the path's, the request's, or AWS's."""
    if isinstance(error, _ABSENT):
        return HTTPStatus.NOT_FOUND
    is_of_aws = isinstance(error, _REFUSED_BY_AWS)
    return HTTPStatus.BAD_GATEWAY if is_of_aws else HTTPStatus.BAD_REQUEST


def _destinations(request: Request) -> Response:
    channels = list(stack_channels(request.stack))
    of_channels = {channel.destination for channel in channels}
    targets: list[Target] = [*channels, *flow_destinations(request.stack)]
    destinations = [
        {
            "name": target.destination,
            "platform": target.platform,
            "route": "flow" if isinstance(target, FlowDestination) else "channel",
            "channelId": None if isinstance(target, FlowDestination) else target.id,
            "channelState": target.state,
        }
        for target in targets
        if not isinstance(target, FlowDestination) or target.destination not in of_channels
    ]
    return Response(HTTPStatus.OK, {"destinations": sorted(destinations, key=itemgetter("name"))})


def _status(request: Request) -> Response:
    current = overview(request.stack, request.specs, request.now, reads_keys=True)
    return Response(HTTPStatus.OK, current)


def _one(request: Request) -> Response:
    current = status(request.stack, request.name, request.specs, request.now)
    return Response(HTTPStatus.OK, current)


def _metrics(request: Request) -> Response:
    return Response(HTTPStatus.OK, last_hour(request.stack, request.name, request.now))


def _flows(request: Request) -> Response:
    stack, now = request.stack, request.now
    with ThreadPoolExecutor() as pool:
        statuses = pool.map(lambda ref: flow_status(stack, ref, now), stack.flows)
        return Response(HTTPStatus.OK, {"flows": list(statuses)})


def _presets(request: Request) -> Response:
    del request
    documents = {name: preset.model_dump(mode="json") for name, preset in presets().items()}
    return Response(HTTPStatus.OK, {"presets": documents})


_ALL, _ONE = r"/api/destinations", r"/api/destinations/(?P<name>[^/]+)"
_FILED = frozenset({_ALL, _ONE})
_ROUTES: Mapping[str, Mapping[str, Route]] = {
    _ALL: {"GET": _destinations},
    r"/api/destinations/status": {"GET": _status},
    rf"{_ONE}/metrics": {"GET": _metrics},
    rf"{_ONE}/history": {"GET": reports.changes},
    rf"{_ONE}/picture": {"GET": pictures.of_destination},
    rf"{_ONE}/start": {"POST": control.start},
    rf"{_ONE}/stop": {"POST": control.stop},
    _ONE: {"GET": _one},
    r"/api/mediaconnect/flow/status": {"GET": _flows},
    r"/api/mediaconnect/flow/(?P<name>[^/]+)/picture": {"GET": pictures.of_flow},
    r"/api/presets": {"GET": _presets},
    r"/api/report": {"GET": reports.report},
}
_PARAMETERS: Mapping[str, Sequence[str]] = {
    rf"{_ONE}/picture": ("pipeline",),
    r"/api/report": ("since", "by", "actual", "name"),
}
_PROPOSING: Mapping[str, Mapping[str, Route]] = {
    _ALL: {"POST": proposing.add},
    _ONE: {"PUT": proposing.change, "DELETE": proposing.remove},
}


def _not_allowed(path: str, methods: Mapping[str, Route]) -> Response:
    message = _BY_FILE if path in _FILED else "this path does not support this method"
    content, headers = {"error": message}, {"Allow": ", ".join(methods)}
    return Response(HTTPStatus.METHOD_NOT_ALLOWED, content, headers)
