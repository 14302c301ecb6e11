"""Routes of pictures: what goes into a destination's channel, and the source of a flow."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime
from http import HTTPStatus

from catalog.diagnostics import did_you_mean
from catalog.errors import LunoraError
from lunora.api.errors import AbsentError
from lunora.api.exchange import Request, Response
from lunora.ops.flow_destination import FlowDestination
from lunora.ops.flows import flow
from lunora.ops.selection import Selection
from lunora.ops.targets import find_targets
from lunora.ops.thumbnails import Picture, channel_picture, flow_picture

_MEDIA_TYPE = "image/jpeg"


class NoPictureError(AbsentError):
    """AWS has no picture of what is asked for."""

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__("LUN484", f"there is no picture of {subject}: {reason}")


def of_destination(request: Request) -> Response:
    """Return the picture of what goes in; without a channel that is the source of its flow."""
    pipeline = request.parameters.get("pipeline", "0")
    (target,) = find_targets(request.stack, Selection((request.name,)))
    aws = request.stack.aws(target.region)
    if isinstance(target, FlowDestination):
        _check_pipeline(pipeline, 1)
        return _jpeg(flow_picture(aws.mediaconnect, target.destination, target.flow_arn))
    _check_pipeline(pipeline, target.pipelines)
    if target.state != "RUNNING":
        raise NoPictureError(f"destination {target.destination}", f"its channel is {target.state}")
    return _jpeg(channel_picture(aws.medialive, target, pipeline))


def of_flow(request: Request) -> Response:
    """Return the picture of the source of a flow, by its key."""
    refs = {ref.key: ref for ref in request.stack.flows}
    if (ref := refs.get(request.name)) is None:
        suggestion = did_you_mean(request.name, refs)
        raise AbsentError("LUN485", f'there is no flow "{request.name}"{suggestion}')
    mediaconnect = request.stack.aws(ref.region).mediaconnect
    arn = ref.arn or flow(mediaconnect, ref).arn
    if arn is None:
        raise NoPictureError(f"flow {ref.key}", "MediaConnect has no such flow")
    return _jpeg(flow_picture(mediaconnect, ref.key, arn))


def _check_pipeline(pipeline: str, pipelines: int) -> None:
    known = [str(number) for number in range(pipelines)]
    if pipeline not in known:
        remedy = f"give {' or '.join(known)}"
        raise LunoraError("LUN483", "the destination has no such pipeline", remedy=remedy)


def _jpeg(picture: Picture) -> Response:
    if not picture.jpeg:
        raise NoPictureError(picture.title, picture.reason)
    headers = {}
    if picture.time is not None:
        time = picture.time.astimezone(dt.UTC)
        headers["Last-Modified"] = format_datetime(time, usegmt=True)
    return Response(HTTPStatus.OK, picture.jpeg, headers, _MEDIA_TYPE)
