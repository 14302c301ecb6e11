"""Routes of the HTTP API over `lunora.ops`."""

from __future__ import annotations

import dataclasses
import pkgutil
import re
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from catalog.errors import LunoraError
from lunora.api.errors import AbsentError
from lunora.api.exchange import Request, Response, Route, error_response, parameters_of
from lunora.ops.errors import ControlError, UnknownDestinationError
from provider.aws_errors import error_code
from provider.resource import ResourceError

_BY_FILE = (
    "A destination is a file: add, change or delete destinations/<name>.yaml in a pull request;"
    " `pulumi up` does the rest. destinations/README.md has every key."
)
_ABSENT = (UnknownDestinationError, AbsentError)
_REFUSED_BY_AWS = (ResourceError, ControlError)


def respond(method: str, path: str, request: Request) -> Response:
    """Return the response to a request for *path*; errors of AWS become responses too."""
    for pattern, methods in _ROUTES.items():
        match = re.fullmatch(pattern, path)
        if match is None:
            continue
        if request.proposes:
            methods = {**methods, **_PROPOSING.get(pattern, {})}  # noqa: PLW2901 - with the others
        if method not in methods:
            return _not_allowed(pattern, methods)
        name = unquote(match.groupdict().get("name", ""))
        try:
            parameters = parameters_of(request.query, _PARAMETERS.get(pattern, ()))
            route = imported(methods[method])
            return route(dataclasses.replace(request, name=name, parameters=parameters))
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


_ALL, _ONE = r"/api/destinations", r"/api/destinations/(?P<name>[^/]+)"
_FILED = frozenset({_ALL, _ONE})
# By name: a cold start compiles all that it imports, so each route imports its own when it is
# asked for the first time.
_ROUTES: Mapping[str, Mapping[str, str]] = {
    _ALL: {"GET": "status:destinations"},
    r"/api/destinations/status": {"GET": "status:of_all"},
    rf"{_ONE}/metrics": {"GET": "status:metrics"},
    rf"{_ONE}/history": {"GET": "reports:changes"},
    rf"{_ONE}/picture": {"GET": "pictures:of_destination"},
    rf"{_ONE}/start": {"POST": "control:start"},
    rf"{_ONE}/stop": {"POST": "control:stop"},
    _ONE: {"GET": "status:of_destination"},
    r"/api/mediaconnect/flow/status": {"GET": "status:flows"},
    r"/api/mediaconnect/flow/(?P<name>[^/]+)/picture": {"GET": "pictures:of_flow"},
    r"/api/presets": {"GET": "status:all_presets"},
    r"/api/report": {"GET": "reports:report"},
}
_PROPOSING: Mapping[str, Mapping[str, str]] = {
    _ALL: {"POST": "proposing:add"},
    _ONE: {"PUT": "proposing:change", "DELETE": "proposing:remove"},
}
_PARAMETERS: Mapping[str, Sequence[str]] = {
    rf"{_ONE}/picture": ("pipeline",),
    r"/api/report": ("since", "by", "actual", "name"),
}
FUNCTIONS = tuple(
    function
    for methods in (*_ROUTES.values(), *_PROPOSING.values())
    for function in methods.values()
)
"""Of every route: module in `lunora.api`, and its function."""


def imported(function: str) -> Route:
    """Return one of `FUNCTIONS`."""
    route: Route = pkgutil.resolve_name(f"lunora.api.{function}")
    return route


def _not_allowed(path: str, methods: Collection[str]) -> Response:
    message = _BY_FILE if path in _FILED else "this path does not support this method"
    content, headers = {"error": message}, {"Allow": ", ".join(methods)}
    return Response(HTTPStatus.METHOD_NOT_ALLOWED, content, headers)
