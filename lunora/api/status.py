"""Routes that read destinations, flows and presets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from operator import itemgetter

from catalog.presets import presets
from lunora.api.exchange import Request, Response
from lunora.ops import status
from lunora.ops.channels import stack_channels
from lunora.ops.flow_destination import FlowDestination, flow_destinations
from lunora.ops.flow_status import flow_status
from lunora.ops.last_hour import last_hour
from lunora.ops.targets import Target


def destinations(request: Request) -> Response:
    """Return every destination of the stack, with its channel."""
    channels = list(stack_channels(request.stack))
    of_channels = {channel.destination for channel in channels}
    targets: list[Target] = [*channels, *flow_destinations(request.stack)]
    documents = [
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
    return Response(HTTPStatus.OK, {"destinations": sorted(documents, key=itemgetter("name"))})


def of_all(request: Request) -> Response:
    """Return the status of all, as `lunora status --json` shows it."""
    current = status.overview(request.stack, request.specs(), request.now, reads_keys=True)
    return Response(HTTPStatus.OK, current)


def of_destination(request: Request) -> Response:
    """Return the status of one destination."""
    current = status.status(request.stack, request.name, request.specs(), request.now)
    return Response(HTTPStatus.OK, current)


def metrics(request: Request) -> Response:
    """Return the last hour of one destination."""
    return Response(HTTPStatus.OK, last_hour(request.stack, request.name, request.now))


def flows(request: Request) -> Response:
    """Return the status of the flows."""
    stack, now = request.stack, request.now
    with ThreadPoolExecutor() as pool:
        statuses = pool.map(lambda ref: flow_status(stack, ref, now), stack.flows)
        return Response(HTTPStatus.OK, {"flows": list(statuses)})


def all_presets(request: Request) -> Response:
    """Return the presets."""
    del request
    documents = {name: preset.model_dump(mode="json") for name, preset in presets().items()}
    return Response(HTTPStatus.OK, {"presets": documents})
