"""Handler of Lambda: one request of a function URL in, one answer out (payload format 2.0)."""

from __future__ import annotations

import datetime as dt
import os
import queue
import threading
from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import TypeAdapter

from catalog.errors import LunoraError
from catalog.repository import Repository
from lunora.api.bodies import Payload
from lunora.api.proposals import Proposals
from lunora.api.routes import Request, Response, respond
from lunora.ops import json_document
from lunora.ops.caller import name_in
from lunora.ops.desired_state import declared
from lunora.ops.drafts import StackRules
from lunora.ops.lambda_function import destination_files, stack_of_function
from lunora.stack import Stack

_TIMEOUT = 504

_RULES = TypeAdapter(StackRules)

_ANSWERING_SECONDS = 1.5
"""What is left of the function's life for its last answer."""


class Context(Protocol):
    """An invocation of the function."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""


def handle(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """Answer *event*, always before Lambda ends the function.

    Who may ask is decided before, by the IAM policy of the caller.
    """
    method, path = str(event["requestContext"]["http"]["method"]), str(event["rawPath"])
    seconds = context.get_remaining_time_in_millis() / 1000 - _ANSWERING_SECONDS
    answers: queue.SimpleQueue[Response] = queue.SimpleQueue()
    threading.Thread(
        target=lambda: answers.put(_answer(method, path, event)),
        daemon=True,
    ).start()
    try:
        given = answers.get(timeout=max(0.0, seconds))
    except queue.Empty:
        error = LunoraError(
            "LUN459", "AWS does not answer in time", remedy="read the status, then ask again"
        )
        given = Response(_TIMEOUT, {"error": str(error)})
    return _response(given)


def _answer(method: str, path: str, event: Mapping[str, Any]) -> Response:
    stack, now, caller = stack_of_function(), dt.datetime.now(dt.UTC), _caller(event)
    request = Request(
        stack,
        now,
        declared(destination_files()),
        caller,
        payload=Payload.of_event(event),
        proposals=_proposals(stack, caller),
    )
    return respond(method, path, request)


def _proposals(stack: Stack, caller: str) -> Proposals | None:
    """Return what proposes changes for *caller*; None without a repository.

    components/api.py sets the variables.
    """
    environment = os.environ
    if "LUNORA_REPOSITORY" not in environment:
        return None

    def read_token() -> str:
        # Read each time: a token that was replaced works at once.
        client = stack.aws().client("secretsmanager")
        secret = client.get_secret_value(SecretId=environment["LUNORA_REPOSITORY_TOKEN"])
        return str(secret["SecretString"])

    return Proposals(
        stack=stack.name,
        repository=Repository.model_validate_json(environment["LUNORA_REPOSITORY"]),
        rules=_RULES.validate_json(environment["LUNORA_RULES"]),
        read_token=read_token,
        deployed=destination_files(),
        caller=caller,
    )


def _caller(event: Mapping[str, Any]) -> str:
    """Return who signed the request (Lambda developer guide, payloads of function URLs)."""
    authorizer = event["requestContext"].get("authorizer") or {}
    return name_in(str(authorizer.get("iam", {}).get("userArn", "")))


def _response(given: Response) -> dict[str, Any]:
    return {
        "statusCode": given.status,
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store"}
        | dict(given.headers),
        "body": json_document.dumps(given.content),
    }
