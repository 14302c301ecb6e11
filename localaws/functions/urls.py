"""Function URLs: HTTP requests that become invocations.

Sources, all of the Lambda developer guide: "Invoking Lambda function URLs" (payload format 2.0),
"Creating and managing Lambda function URLs" (CORS), "Control access to Lambda function URLs".
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote_plus

from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.functions import definition as definitions
from localaws.functions import permissions, url_address
from localaws.functions.definition import Definition, Reference
from localaws.functions.service import Answer, Functions
from localaws.functions.url_address import Named
from localaws.http_response import StartResponse
from localaws.iam import signature
from localaws.iam.authorizer import Authorizer
from localaws.iam.principals import ADMINISTRATOR, caller_of
from localaws.medialive.service import ACCOUNT

_OK, _NOT_FOUND, _BAD_GATEWAY, _FORBIDDEN = 200, 404, 502, 403
_FORBIDDEN_TEXT = (
    "Forbidden. For troubleshooting Function URL authorization issues, see:"
    " https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
# Which bodies are text is unverified.
_TEXT = ("text/", "application/json", "application/xml", "application/javascript")
_WORDS = ("+json", "+xml", "application/x-www-form-urlencoded")

_Headers = list[tuple[str, str]]


class FunctionUrls:
    """All function URLs.

    Args:
        functions: that they call.
        clock: of the events.
        lock: held while moto is called.
        guard: checks signatures and the callers' policies; None takes any signature.
    """

    def __init__(
        self, functions: Functions, clock: Clock, lock: Any, guard: Authorizer | None
    ) -> None:
        self._functions, self._clock, self._lock = functions, clock, lock
        self._guard = guard

    def named_by(self, environ: Mapping[str, Any]) -> Named | None:
        """Return the function URL that a request is for; None for other requests."""
        return url_address.named_by(environ.get("HTTP_HOST", ""))

    def answer(
        self, named: Named, environ: dict[str, Any], start_response: StartResponse
    ) -> tuple[str, int, Iterable[bytes]]:
        """Answer a request; returns the function's name, HTTP status and body."""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self._lock:
            config = definitions.url_config(*named)
        if config is None:
            return "", _NOT_FOUND, _send(start_response, _NOT_FOUND, [], _message("Not Found"))
        name, cors = config.function.function_name, config.config.get("Cors") or {}
        origin = environ.get("HTTP_ORIGIN")
        if cors and origin and _is_preflight(environ):
            return name, _OK, _send(start_response, _OK, _preflight(cors, origin, environ), b"")
        further = _of_origin(cors, origin) if cors and origin else []
        try:
            status, headers, answer = self._invoked(config, named, environ, body)
        except AwsError as error:
            status, headers = error.status, [("Content-Type", "application/json")]
            answer = _message(_FORBIDDEN_TEXT if status == _FORBIDDEN else error.message)
        if further:
            # What is configured wins over what the function says.
            headers = [
                (key, value)
                for key, value in headers
                if not key.lower().startswith("access-control-")
            ]
        return name, status, _send(start_response, status, [*headers, *further], answer)

    def _invoked(
        self, config: Any, named: Named, environ: Mapping[str, Any], body: bytes
    ) -> tuple[int, _Headers, bytes]:
        reference = Reference(named.region, config.function.function_name)
        with self._lock:
            definition = definitions.define(reference)
            identity = self._identity(definition, config.config["AuthType"], environ, body)
        event = self._event(named, environ, body, identity)
        answer = self._functions.invoke(reference, json.dumps(event).encode())
        return _response(answer)

    def _identity(
        self, definition: Definition, auth_type: str, environ: Mapping[str, Any], body: bytes
    ) -> dict[str, Any] | None:
        """Check that the request may pass; returns who sent it, None for anybody.

        Raises:
            AwsError: 403 when it may not.
        """
        questions = list(permissions.url_questions(definition.reference.arn, auth_type))
        if auth_type == "NONE":
            for question in questions:
                if not permissions.lets(definition, permissions.ANYBODY, question):
                    raise AwsError("AccessDeniedException", _FORBIDDEN, "not public")
            return None
        key = signature.key_of(environ)
        if key is None:
            raise AwsError("MissingAuthenticationTokenException", _FORBIDDEN, "not signed")
        if self._guard is None:
            return _iam(key, f"arn:aws:iam::{ACCOUNT}:user/{key}")
        caller = caller_of(key)
        # Of the administrator any secret is taken: it has none of its own.
        secret = None if key == ADMINISTRATOR else signature.secret_of(key)
        signature.check(environ, body, "lambda", secret)
        for question in questions:
            self._guard.check_on_resource(caller, question, definition.statements)
        return _iam(key, caller.arn)

    def _event(
        self,
        named: Named,
        environ: Mapping[str, Any],
        body: bytes,
        identity: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """Return the event of payload format 2.0."""
        raw_path, _, raw_query = environ["REQUEST_URI"].partition("?")
        headers = _headers(environ)
        domain = headers.get("host", "").partition(":")[0]
        cookies = [part.strip() for part in headers.pop("cookie", "").split(";") if part.strip()]
        now = self._clock.date()
        context: dict[str, Any] = {
            "accountId": ACCOUNT if identity else "anonymous",
            "apiId": named.url_id,
            "domainName": domain,
            "domainPrefix": named.url_id,
            "http": {
                "method": environ["REQUEST_METHOD"],
                "path": raw_path,
                "protocol": environ.get("SERVER_PROTOCOL", "HTTP/1.1"),
                "sourceIp": environ.get("REMOTE_ADDR", "127.0.0.1"),
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "time": f"{now:%d/%b/%Y:%H:%M:%S +0000}",
            "timeEpoch": int(now.timestamp() * 1000),
        }
        if identity:
            context["authorizer"] = {"iam": identity}
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": raw_path,
            "rawQueryString": raw_query,
            "headers": headers,
            "requestContext": context,
            "isBase64Encoded": False,
        }
        if cookies:
            event["cookies"] = cookies
        if raw_query:
            event["queryStringParameters"] = _parameters(raw_query)
        if body:
            text = _is_text(headers.get("content-type", ""))
            event["body"] = body.decode() if text else base64.b64encode(body).decode()
            event["isBase64Encoded"] = not text
        return event


def _response(answer: Answer) -> tuple[int, _Headers, bytes]:
    """Return what the function's answer means over HTTP."""
    plain: _Headers = [("Content-Type", "application/json")]
    if answer.error is not None:
        return _BAD_GATEWAY, plain, b"Internal Server Error"
    document = json.loads(answer.payload or b"null")
    if not isinstance(document, dict) or "statusCode" not in document:
        return _OK, plain, answer.payload
    headers = [(str(key), str(value)) for key, value in (document.get("headers") or {}).items()]
    if not any(key.lower() == "content-type" for key, _ in headers):
        headers += plain
    headers += [("Set-Cookie", str(cookie)) for cookie in document.get("cookies") or []]
    body = document.get("body") or ""
    text = body if isinstance(body, str) else json.dumps(body)
    encoded = base64.b64decode(text) if document.get("isBase64Encoded") else text.encode()
    return int(document["statusCode"]), headers, encoded


def _is_preflight(environ: Mapping[str, Any]) -> bool:
    is_options = environ["REQUEST_METHOD"] == "OPTIONS"
    return is_options and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def _of_origin(cors: Mapping[str, Any], origin: str) -> _Headers:
    """Return the headers of CORS that every answer has; none for other origins."""
    allowed = cors.get("AllowOrigins") or []
    if "*" not in allowed and origin not in allowed:
        return []
    with_credentials = bool(cors.get("AllowCredentials"))
    any_origin = "*" in allowed and not with_credentials
    headers = [("Access-Control-Allow-Origin", "*" if any_origin else origin)]
    headers += [] if any_origin else [("Vary", "Origin")]
    if cors.get("ExposeHeaders"):
        headers.append(("Access-Control-Expose-Headers", ",".join(cors["ExposeHeaders"])))
    if with_credentials:
        headers.append(("Access-Control-Allow-Credentials", "true"))
    return headers


def _preflight(cors: Mapping[str, Any], origin: str, environ: Mapping[str, Any]) -> _Headers:
    """Return the headers that answer a browser's question before its request."""
    headers = _of_origin(cors, origin)
    if not headers:
        return []
    methods = cors.get("AllowMethods") or []
    method = environ["HTTP_ACCESS_CONTROL_REQUEST_METHOD"]
    if "*" in methods or method in methods:
        allowed = method if "*" in methods else ",".join(methods)
        headers.append(("Access-Control-Allow-Methods", allowed))
    names = cors.get("AllowHeaders") or []
    requested = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    if names:
        # `*` does not stand for `authorization` where a browser reads it (Fetch standard).
        allowed = requested if "*" in names else ",".join(names)
        headers.append(("Access-Control-Allow-Headers", allowed))
    if cors.get("MaxAge"):
        headers.append(("Access-Control-Max-Age", str(cors["MaxAge"])))
    return headers


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {
        key.removeprefix("HTTP_").lower().replace("_", "-"): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_") or (key in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value)
    }
    return headers | {
        "x-forwarded-for": str(environ.get("REMOTE_ADDR", "")),
        "x-forwarded-port": str(environ.get("SERVER_PORT", "")),
        "x-forwarded-proto": "http",
    }


def _parameters(raw_query: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for part in raw_query.split("&"):
        key, _, value = part.partition("=")
        name, text = unquote_plus(key), unquote_plus(value)
        parameters[name] = f"{parameters[name]},{text}" if name in parameters else text
    return parameters


def _is_text(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind.startswith(_TEXT) or kind.endswith(_WORDS)


def _iam(key: str, arn: str) -> dict[str, Any]:
    return {
        "accessKey": key,
        "accountId": ACCOUNT,
        "callerId": key,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": arn,
        "userId": key,
    }


def _message(text: str) -> bytes:
    return json.dumps({"Message": text}).encode()


def _send(
    start_response: StartResponse, status: int, headers: _Headers, body: bytes
) -> Iterable[bytes]:
    start_response(f"{status} -", [*headers, ("Content-Length", str(len(body)))])
    return [body]
