"""The routes: each a few lines over `lunora.ops`, and what is not there said in one sentence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from catalog.channel_states import ON_AIR
from catalog.presets import presets
from lunora.ops.channel_control import ControlError, TargetState, request_state
from lunora.ops.channels import Channel, channels
from lunora.ops.flow_destination import feed
from lunora.ops.flow_status import flow_status
from lunora.ops.history import history
from lunora.ops.status import overview
from lunora.stack import Stack
from provider.resource import ResourceError

_OK, _ACCEPTED, _NOT_FOUND, _NOT_ALLOWED, _BAD_GATEWAY = 200, 202, 404, 405, 502

_BY_FILE = (
    "A destination is a file: add, change or delete destinations/<name>.yaml in a pull request;"
    " `pulumi up` does the rest. destinations/README.md has every key."
)


@dataclass(frozen=True, slots=True)
class Response:
    """What a request is answered with; *content* becomes JSON."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What a route gets to know.

    Attributes:
        stack: where to look.
        name: the destination in the path; empty where the path has none.
        now: the moment.
    """

    stack: Stack
    name: str
    now: dt.datetime


Route = Callable[[Request], Response]


def respond(stack: Stack, method: str, path: str, now: dt.datetime) -> Response:
    """Answer a request for *path*; nothing that AWS or a caller does becomes a traceback."""
    for pattern, methods in _ROUTES.items():
        match = re.fullmatch(pattern, path)
        if match is None:
            continue
        if method not in methods:
            return _not_allowed(pattern, methods)
        name = unquote(match.groupdict().get("name", ""))
        try:
            return methods[method](Request(stack, name, now))
        except (ResourceError, ControlError) as refused:
            return _error(_BAD_GATEWAY, str(refused))
        except ClientError as error:
            # Without AWS's message, which may repeat what it is about.
            code = error.response.get("Error", {}).get("Code", "?")
            return _error(_BAD_GATEWAY, f"AWS answered {error.operation_name} with {code}")
        except BotoCoreError as error:
            return _error(_BAD_GATEWAY, f"AWS does not answer: {type(error).__name__}")
    return _error(_NOT_FOUND, "there is no such path; docs/reference/openapi.yaml has all of them")


def _destinations(asked: Request) -> Response:
    found = [
        {
            "name": channel.destination,
            "platform": channel.platform,
            "channelId": channel.id,
            "channelState": channel.state,
        }
        for channel in _channels(asked.stack)
    ]
    return Response(_OK, {"destinations": sorted(found, key=lambda one: one["name"])})


def _status(asked: Request) -> Response:
    return Response(_OK, overview(asked.stack, None, asked.now))


def _metrics(asked: Request) -> Response:
    channel = _channel(asked)
    if channel is None:
        return _unknown(asked)
    cloudwatch = asked.stack.aws(channel.region).client("cloudwatch")
    return Response(_OK, history(cloudwatch, channel, asked.now))


def _flows(asked: Request) -> Response:
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda ref: flow_status(asked.stack, ref, asked.now), asked.stack.flows)
        return Response(_OK, {"flows": list(found)})


def _presets(asked: Request) -> Response:
    del asked
    found = {name: preset.model_dump(mode="json") for name, preset in presets().items()}
    return Response(_OK, {"presets": found})


def _brought_to(wanted: TargetState) -> Route:
    def bring(asked: Request) -> Response:
        channel = _channel(asked)
        if channel is None:
            return _unknown(asked)
        if wanted == "running" and channel.state in {"IDLE", *ON_AIR}:
            feed(asked.stack, channel, wanted)
        # Only asked: a start takes minutes, and the status route says when it is done.
        done = request_state(asked.stack.aws(channel.region), channel, wanted, channel.state)
        if wanted == "stopped" and (done or channel.state in {"IDLE", "STOPPING"}):
            feed(asked.stack, channel, wanted)
        content = {
            "name": channel.destination,
            "wanted": wanted,
            "asked": done,
            "channelState": channel.state,
        }
        return Response(_ACCEPTED, content)

    return bring


_ALL, _ONE = r"/api/destinations", r"/api/destinations/(?P<name>[^/]+)"
_FILED = frozenset({_ALL, _ONE})
_ROUTES: Mapping[str, Mapping[str, Route]] = {
    _ALL: {"GET": _destinations},
    r"/api/destinations/status": {"GET": _status},
    rf"{_ONE}/metrics": {"GET": _metrics},
    rf"{_ONE}/start": {"POST": _brought_to("running")},
    rf"{_ONE}/stop": {"POST": _brought_to("stopped")},
    _ONE: {},
    r"/api/mediaconnect/flow/status": {"GET": _flows},
    r"/api/presets": {"GET": _presets},
}


def _channels(stack: Stack) -> Iterator[Channel]:
    for region in stack.regions:
        yield from channels(stack.aws(region).medialive, stack.tags)


def _channel(asked: Request) -> Channel | None:
    return next((one for one in _channels(asked.stack) if one.destination == asked.name), None)


def _unknown(asked: Request) -> Response:
    del asked
    return _error(_NOT_FOUND, "there is no such destination; /api/destinations lists all")


def _not_allowed(path: str, methods: Mapping[str, Route]) -> Response:
    filed = path in _FILED
    sentence = _BY_FILE if filed else "this path does not take this method"
    return Response(_NOT_ALLOWED, {"error": sentence}, {"Allow": ", ".join(methods)})


def _error(status: int, sentence: str) -> Response:
    return Response(status, {"error": sentence})
