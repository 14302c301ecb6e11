"""The operation Invoke over HTTP (Lambda API reference, Invoke)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote

from localaws.errors import AwsError
from localaws.functions.definition import Reference
from localaws.functions.permissions import INVOKE
from localaws.functions.service import Functions
from localaws.http_response import StartResponse
from localaws.iam.authorizer import Authorizer
from localaws.iam.policy import AuthorizationRequest
from localaws.iam.principals import caller_of

_PATH = re.compile(r"/2015-03-31/functions/(?P<function>.+)/invocations/?")
_KEY = re.compile(r"Credential=(?P<key>[^/]+)/")
_OK, _ACCEPTED, _NO_CONTENT = 200, 202, 204


def is_asked(environ: Mapping[str, Any]) -> bool:
    """Tell whether a request to Lambda is one for Invoke."""
    is_post = environ["REQUEST_METHOD"] == "POST"
    return is_post and _PATH.fullmatch(environ["PATH_INFO"]) is not None


def reference_in(environ: Mapping[str, Any], region: str) -> Reference:
    """Return the function that the request names.

    Raises:
        AwsError: 400 when it names none.
    """
    match = _PATH.fullmatch(environ["PATH_INFO"])
    qualifier = parse_qs(environ.get("QUERY_STRING", "")).get("Qualifier", [None])[0]
    return Reference.parse(unquote(match["function"]) if match else "", region, qualifier)


def check(
    functions: Functions, guard: Authorizer, reference: Reference, environ: Mapping[str, Any]
) -> None:
    """Check that the caller may invoke the function, by its own policies or the function's.

    Raises:
        AwsError: 403 when it may not.
    """
    match = _KEY.search(environ.get("HTTP_AUTHORIZATION", ""))
    caller = caller_of(match["key"] if match else "")
    try:
        statements = functions.definition(reference).statements
    except AwsError:
        statements = ()
    guard.check_on_resource(caller, AuthorizationRequest(INVOKE, reference.arn), statements)


def perform(
    functions: Functions, reference: Reference, environ: Mapping[str, Any], body: bytes
) -> tuple[int, dict[str, str], bytes]:
    """Invoke the function; returns status, headers and body.

    Raises:
        AwsError: as `Functions.invoke`, and 400 for an unknown type of invocation.
    """
    kind = environ.get("HTTP_X_AMZ_INVOCATION_TYPE", "RequestResponse")
    context = environ.get("HTTP_X_AMZ_CLIENT_CONTEXT")
    client_context = base64.b64decode(context).decode() if context else None
    if kind == "DryRun":
        functions.check(reference)
        return _NO_CONTENT, {}, b""
    if kind == "Event":
        request_id = functions.enqueue(reference, body, client_context)
        return _ACCEPTED, {"x-amzn-RequestId": request_id}, b""
    if kind != "RequestResponse":
        raise AwsError("InvalidParameterValueException", 400, f"no invocation type {kind!r}")
    answer = functions.invoke(reference, body, client_context)
    headers = {
        "Content-Type": "application/json",
        "x-amzn-RequestId": answer.request_id,
        "X-Amz-Executed-Version": answer.version,
    }
    if answer.error is not None:
        headers["X-Amz-Function-Error"] = answer.error
    if environ.get("HTTP_X_AMZ_LOG_TYPE") == "Tail":
        headers["X-Amz-Log-Result"] = answer.tail
    return _OK, headers, answer.payload


def respond(
    start_response: StartResponse, status: int, headers: Mapping[str, str], body: bytes
) -> Iterable[bytes]:
    """Send an answer."""
    start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(body)))])
    return [body]
