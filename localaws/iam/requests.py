"""Requests to moto's services: parse them, and refuse them in their protocol."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from localaws.errors import AwsError

# The codes of the query protocol, where they differ from the other protocols'.
_QUERY_CODES = {
    "AccessDeniedException": "AccessDenied",
    "UnrecognizedClientException": "InvalidClientTokenId",
    "ThrottlingException": "Throttling",
}
# S3's are its own, in XML, and none in the answer to HEAD.
_S3_SIGNATURE = "/s3/aws4_request"
_S3_CODES = {"AccessDeniedException": "AccessDenied"}
# Services of the JSON protocol answer every refusal so.
_JSON_STATUS = 400
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was understood: *operation* and its members under their API names."""

    operation: str
    members: Mapping[str, Any]


def read(model: str, environ: Mapping[str, Any], body: bytes) -> Asked | None:
    """Read a request to the service that botocore calls *model*; None for no operation of it."""
    request = Request({**environ, "wsgi.input": io.BytesIO(body)})
    service = get_service_model(model)
    try:
        operation, labels = get_service_router(model).match(request)
    except (NotFound, NotImplementedError):
        return None
    parser = PROTOCOL_PARSERS[determine_request_protocol(service, request.content_type)]
    members = parser(operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": body,
            "url_path": request.path,
            "url_params": labels,
        }
    )
    return Asked(str(operation.name), members)


def refusal(environ: Mapping[str, Any], error: AwsError) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body that say *error* in the protocol of the request."""
    kind = str(environ.get("CONTENT_TYPE", ""))
    if _S3_SIGNATURE in environ.get("HTTP_AUTHORIZATION", ""):
        code, message = _S3_CODES.get(error.code, error.code), escape(error.message)
        body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        has_body = environ["REQUEST_METHOD"] != "HEAD"
        return error.status, {"Content-Type": "application/xml"}, body.encode() * has_body
    if kind.startswith("application/x-www-form-urlencoded"):
        code, message = _QUERY_CODES.get(error.code, error.code), escape(error.message)
        body = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
            f"<Message>{message}</Message></Error><RequestId>embedded</RequestId></ErrorResponse>"
        )
        return error.status, {"Content-Type": "text/xml"}, body.encode()
    body = json.dumps({"__type": error.code, "message": error.message})
    headers = {"Content-Type": kind or "application/json", "x-amzn-ErrorType": error.code}
    is_json = kind.startswith("application/x-amz-json")
    is_refusal = is_json and error.status < _SERVER_ERROR
    return _JSON_STATUS if is_refusal else error.status, headers, body.encode()
