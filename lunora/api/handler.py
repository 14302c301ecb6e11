"""Handler of Lambda: one request of a function URL in, one answer out (payload format 2.0)."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from collections.abc import Mapping
from typing import Any

from lunora.api.routes import Response, respond
from lunora.ops import json_document
from lunora.stack import FlowRef, Stack


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer *event*; who may ask is decided before, by the IAM policy of the caller."""
    del context
    method = str(event["requestContext"]["http"]["method"])
    given = respond(_stack(), method, str(event["rawPath"]), dt.datetime.now(dt.UTC))
    return _response(given)


@functools.cache
def _stack() -> Stack:
    """Return the stack that the function's environment names; see components/api.py."""
    environment = os.environ
    return Stack(
        project=environment["LUNORA_PROJECT"],
        name=environment["LUNORA_STACK"],
        region=environment["AWS_REGION"],
        endpoint=environment.get("LUNORA_ENDPOINT"),
        flows=tuple(FlowRef(**ref) for ref in json.loads(environment["LUNORA_FLOWS"])),
    )


def _response(given: Response) -> dict[str, Any]:
    return {
        "statusCode": given.status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"}
        | dict(given.headers),
        "body": json_document.dumps(given.content),
    }
