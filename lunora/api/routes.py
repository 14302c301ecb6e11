"""Routes of the HTTP API over `lunora.ops`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from catalog.model import DestinationSpec
from catalog.presets import presets
from catalog.suspension import UNKNOWN, Suspension
from lunora.api.bodies import Payload
from lunora.api.errors import ProposalError
from lunora.api.proposals import Proposal, Proposals
from lunora.ops.channel_control import Target, find_targets, request_state
from lunora.ops.channels import stack_channels
from lunora.ops.desired_state import DesiredState
from lunora.ops.errors import ControlError, UnknownDestinationError, require_known
from lunora.ops.flow_destination import FlowDestination, flow_destinations
from lunora.ops.flow_status import flow_status
from lunora.ops.history import history
from lunora.ops.selection import Selection
from lunora.ops.status import overview
from lunora.stack import Stack
from provider.resource import ResourceError

_OK, _ACCEPTED, _NOT_FOUND, _NOT_ALLOWED, _BAD_GATEWAY = 200, 202, 404, 405, 502

_BY_FILE = (
    "A destination is a file: add, change or delete destinations/<name>.yaml in a pull request;"
    " `pulumi up` does the rest. destinations/README.md has every key."
)


Specs = Sequence[DestinationSpec] | None


@dataclass(frozen=True, slots=True)
class Response:
    """Answer to a request; *content* becomes JSON."""

    status: int
    content: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """Request for a route.

    Attributes:
        stack: the stack of the function.
        now: the time of the request.
        specs: the destinations as deployed; None where the function has no files.
        caller: who asks; `somebody` where that is unknown.
        name: the destination in the path; empty where the path has none.
        payload: its body, and the headers about it.
        proposals: proposes changes of files; None without a repository.
    """

    stack: Stack
    now: dt.datetime
    specs: Specs = None
    caller: str = UNKNOWN
    name: str = ""
    payload: Payload = field(default_factory=Payload)
    proposals: Proposals | None = None


Route = Callable[[Request], Response]


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
            return methods[method](dataclasses.replace(request, name=name))
        except (ResourceError, ControlError, UnknownDestinationError) as error:
            unknown = isinstance(error, UnknownDestinationError)
            return _error(_NOT_FOUND if unknown else _BAD_GATEWAY, str(error))
        except ClientError as error:
            # Without AWS's message, which may repeat what it is about.
            code = error.response.get("Error", {}).get("Code", "?")
            return _error(_BAD_GATEWAY, f"AWS answered {error.operation_name} with {code}")
        except BotoCoreError as error:
            return _error(_BAD_GATEWAY, f"AWS does not answer: {type(error).__name__}")
    return _error(_NOT_FOUND, "there is no such path; docs/reference/openapi.yaml has all of them")


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
    return Response(_OK, {"destinations": sorted(destinations, key=itemgetter("name"))})


def _status(request: Request) -> Response:
    return Response(_OK, overview(request.stack, request.specs, request.now))


def _one(request: Request) -> Response:
    current = overview(request.stack, request.specs, request.now)
    by_name = {status.name: status for status in current.destinations}
    require_known(request.name, by_name)
    return Response(_OK, by_name[request.name])


def _metrics(request: Request) -> Response:
    return Response(_OK, history(request.stack, request.name, request.now))


def _flows(request: Request) -> Response:
    stack, now = request.stack, request.now
    with ThreadPoolExecutor() as pool:
        statuses = pool.map(lambda ref: flow_status(stack, ref, now), stack.flows)
        return Response(_OK, {"flows": list(statuses)})


def _presets(request: Request) -> Response:
    del request
    documents = {name: preset.model_dump(mode="json") for name, preset in presets().items()}
    return Response(_OK, {"presets": documents})


def _control(desired: DesiredState) -> Route:
    def route(request: Request) -> Response:
        (target,) = find_targets(request.stack, Selection((request.name,)))
        # Without waiting: a start takes minutes; the status route shows its end.
        suspension = Suspension(request.caller, request.now)
        requested = request_state(request.stack, target, desired, suspension)
        content = {
            "name": target.destination,
            "wanted": desired,
            "asked": requested,
            "channelState": target.state,
        }
        return Response(_ACCEPTED, content)

    return route


def _proposing(propose: Callable[[Proposals, Request], Proposal]) -> Route:
    def route(request: Request) -> Response:
        if request.proposals is None:
            raise AssertionError("a route of a stack with a repository")
        try:
            proposal = propose(request.proposals, request)
        except ProposalError as error:
            return Response(error.status, error.document)
        return Response(_ACCEPTED if proposal.pull_request else _OK, proposal)

    return route


_ALL, _ONE = r"/api/destinations", r"/api/destinations/(?P<name>[^/]+)"
_FILED = frozenset({_ALL, _ONE})
_ROUTES: Mapping[str, Mapping[str, Route]] = {
    _ALL: {"GET": _destinations},
    r"/api/destinations/status": {"GET": _status},
    rf"{_ONE}/metrics": {"GET": _metrics},
    rf"{_ONE}/start": {"POST": _control("running")},
    rf"{_ONE}/stop": {"POST": _control("stopped")},
    _ONE: {"GET": _one},
    r"/api/mediaconnect/flow/status": {"GET": _flows},
    r"/api/presets": {"GET": _presets},
}
_PROPOSING: Mapping[str, Mapping[str, Route]] = {
    _ALL: {
        "POST": _proposing(lambda proposals, request: proposals.add(request.payload.document()))
    },
    _ONE: {
        "PUT": _proposing(
            lambda proposals, request: proposals.change(
                request.name, request.payload.document(), request.payload.if_match
            )
        ),
        "DELETE": _proposing(
            lambda proposals, request: proposals.remove(request.name, request.payload.if_match)
        ),
    },
}


def _not_allowed(path: str, methods: Mapping[str, Route]) -> Response:
    message = _BY_FILE if path in _FILED else "this path does not support this method"
    return Response(_NOT_ALLOWED, {"error": message}, {"Allow": ", ".join(methods)})


def _error(status: int, message: str) -> Response:
    return Response(status, {"error": message})
