"""Requests to the function of the HTTP API, in its own process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lunora.api import handler
from tests.support.stage import Stage


class Invocation:
    """An invocation with so much time left."""

    def __init__(self, milliseconds: int = 20_000) -> None:
        self._milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        return self._milliseconds


def environment(stage: Stage) -> dict[str, str]:
    """Return the environment that components/api.py gives the function."""
    (flow,) = stage.stack.flows
    return {
        "LUNORA_PROJECT": stage.stack.project,
        "LUNORA_STACK": stage.stack.name,
        "LUNORA_ENDPOINT": stage.aws.endpoint,
        "LUNORA_FLOWS": json.dumps([{"key": "main", "region": flow.region, "name": flow.name}]),
        "AWS_REGION": stage.stack.region,
    }


def ask(
    method: str,
    path: str,
    content: Any = None,
    *,
    body: str | None = None,
    headers: Mapping[str, str] | None = None,
    caller: str = "",
    **more: Any,
) -> dict[str, Any]:
    """Ask as a function URL does.

    Args:
        method: of HTTP.
        path: of the URL.
        content: becomes the body, as JSON.
        body: the body itself.
        headers: further ones.
        caller: the ARN of who asks.
        more: further members of the event.
    """
    context: dict[str, Any] = {"http": {"method": method}}
    if caller:
        context["authorizer"] = {"iam": {"userArn": caller}}
    sent = dict(headers or {})
    event = {"version": "2.0", "rawPath": path, "requestContext": context, "headers": sent, **more}
    if content is not None:
        event["body"] = json.dumps(content)
        sent.setdefault("content-type", "application/json")
    if body is not None:
        event["body"] = body
    return handler.handle(event, Invocation())
