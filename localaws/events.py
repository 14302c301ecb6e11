"""EventBridge events of channels and flows, and their way to the targets of moto's rules."""

from __future__ import annotations

import copy
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from moto.backends import get_backend
from moto.core.exceptions import ServiceException

from localaws import topics
from localaws.errors import AwsError
from localaws.functions.definition import Reference
from localaws.functions.permissions import INVOKE, lets
from localaws.functions.service import Functions
from localaws.iam.policy import AuthorizationRequest
from localaws.mediaconnect import content_quality, source_health
from localaws.medialive.schedule import InputChange
from localaws.medialive.service import ACCOUNT
from localaws.request_log import Call
from localaws.resource import Resource, StateChange

# State of the API -> (state of the event, its message). The states are those of published events
# of accounts; RECOVERING is unverified. UPDATING makes no event (MediaLive user guide), nor does
# CREATING in any that was found.
_CHANNEL_STATES = {
    "STARTING": ("STARTING", "Starting channel"),
    "RUNNING": ("RUNNING", "Running channel"),
    "RECOVERING": ("RECOVERING", "Recovering channel"),
    "STOPPING": ("STOPPING", "Stopping channel"),
    "IDLE": ("STOPPED", "Stopped channel"),
    "DELETED": ("DELETED", "Deleted channel"),
}
# No source of the emulator sends a damaged transport stream.
_TR101 = {
    "ts_sync_loss": False,
    "continuity_count_error": False,
    "transport_error": False,
    "pcr_error": False,
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        time: seconds since the epoch.
        about: ARN of the channel or flow.
        also: ARN of the source, where it is about one.
    """

    source: str
    detail_type: str
    time: float
    about: str
    detail: Mapping[str, Any]
    also: str = ""


def of_channel(channel: Resource, before: StateChange, now: StateChange) -> Iterator[Event]:
    """Yield what a channel's change of state is told as."""
    described = _CHANNEL_STATES.get(now.state)
    if before.state == now.state or described is None or before.state == "UPDATING":
        return
    created = before.state == "CREATING"
    state, message = ("CREATED", "Created channel") if created else described
    arn = channel.members["Arn"]
    running = now.state in {"RUNNING", "STARTING", "RECOVERING"}
    detail = {
        "channel_arn": arn,
        "state": state,
        "message": message,
        "pipelines_running_count": channel.members["PipelinesRunningCount"] if running else 0,
    }
    yield Event("aws.medialive", "MediaLive Channel State Change", now.time, arn, detail)


def of_alert(channel: Resource, alert: Mapping[str, Any]) -> Event:
    """Return what an alert that is set or cleared is told as."""
    arn, time = channel.members["Arn"], alert.get("ClearedTimestamp", alert["SetTimestamp"])
    detail = {
        "alarm_state": alert["State"],
        "alarm_id": alert["Id"],
        "alert_type": alert["AlertType"],
        "pipeline": alert["PipelineId"],
        "channel_arn": arn,
        "message": alert["Message"],
    }
    return Event("aws.medialive", "MediaLive Channel Alert", time.timestamp(), arn, detail)


def of_multiplex(multiplex: Resource, before: StateChange, now: StateChange) -> Iterator[Event]:
    """Yield the event of a multiplex's change of state.

    MediaLive user guide, monitor-activity-types-channel: its detail type and states. The members
    of its detail are those of a channel by inference (unverified).
    """
    described = _CHANNEL_STATES.get(now.state)
    if before.state == now.state or described is None:
        return
    state, message = described
    if before.state == "CREATING":
        state, message = "CREATED", "Created channel"
    arn = multiplex.members["Arn"]
    detail = {
        "multiplex_arn": arn,
        "state": state,
        "message": message.replace("channel", "multiplex"),
        "pipelines_running_count": multiplex.members["PipelinesRunningCount"],
    }
    yield Event("aws.medialive", "MediaLive Multiplex State Change", now.time, arn, detail)


def of_input_change(channel: Resource, change: InputChange) -> Event:
    """Return what a pipeline's switch to another input is told as.

    Members and message: an event of an account in bbc dazzler, its test of main.py.
    """
    arn = channel.members["Arn"]
    detail = {
        "pipeline": change.pipeline,
        "channel_arn": arn,
        "message": "Input switch event on pipeline",
        "active_input_attachment_name": change.attachment,
        "active_input_switch_action_name": change.action,
    }
    return Event("aws.medialive", "MediaLive Channel Input Change", change.time, arn, detail)


def of_flow(flow: Resource, before: StateChange, now: StateChange) -> Iterator[Event]:
    """Yield the events of a flow's change of status, and of the health of its sources.

    MediaConnect user guide, monitoring-cloudwatch-events-*: their forms.
    """
    arn = flow.members["FlowArn"]
    if before.state != now.state:
        detail: dict[str, Any] = {"currentStatus": now.state, "previousStatus": before.state}
        yield Event("aws.mediaconnect", "MediaConnect Flow Status Change", now.time, arn, detail)
    were_lost = source_health.lost_sources(flow.members, before.conditions)
    are_lost = source_health.lost_sources(flow.members, now.conditions)
    for source in flow.members["Sources"]:
        name = source["Name"]
        if (name in were_lost) != (name in are_lost):
            lost = name in are_lost
            health = {
                "unhealthy": lost,
                "current": {"state": _connection(lost=lost), "tr101": _TR101},
                "previous": {"state": _connection(lost=not lost), "tr101": _TR101},
            }
            yield Event(
                "aws.mediaconnect",
                "MediaConnect Source Health",
                now.time,
                arn,
                health,
                also=source["SourceArn"],
            )
    if were_lost != are_lost:
        yield from _flow_health(flow, before, now)


def of_maintenance(flow: Resource, status: str, time: float) -> Event:
    """Return the event of a new status of a flow's maintenance.

    MediaConnect user guide, monitoring-cloudwatch-events-flow-maintenance.
    """
    arn, detail = flow.members["FlowArn"], {"currentStatus": status}
    return Event("aws.mediaconnect", "MediaConnect Flow Maintenance", time, arn, detail)


def of_content(flow: Resource, breached: Iterable[str], time: float) -> Event:
    """Return the event of a flow's metrics of content quality that are 1.

    MediaConnect user guide, monitoring-eventbridge-events-content-quality.
    """
    arn, detail = flow.members["FlowArn"], content_quality.detail(breached)
    return Event("aws.mediaconnect", "MediaConnect Flow Content Quality", time, arn, detail)


def _flow_health(flow: Resource, before: StateChange, now: StateChange) -> Iterator[Event]:
    earlier = source_health.feeding(flow, before.time)
    later = source_health.feeding(flow, now.time)
    switched = bool(earlier) and bool(later) and earlier != later
    lost = source_health.LOST in now.conditions
    was_lost = source_health.LOST in before.conditions
    if not switched and lost == was_lost:
        return
    detail = {
        "unhealthy": lost,
        "current": {
            "failover_switch": switched,
            "source_state": _connection(lost=lost),
            "tr101": _TR101,
        },
        "previous": {
            "failover_switch": False,
            "source_state": _connection(lost=was_lost),
            "tr101": _TR101,
        },
    }
    arn = flow.members["FlowArn"]
    yield Event("aws.mediaconnect", "MediaConnect Flow Health", now.time, arn, detail)


def _connection(*, lost: bool) -> str:
    return "DISCONNECTED" if lost else "CONNECTED"


def deliver(event: Event, region: str, functions: Functions) -> Iterator[Call]:
    """Bring *event* to the targets of all enabled rules that match; yields a record for each.

    Args:
        event: what happened.
        region: where.
        functions: targets that are Lambda functions, called asynchronously.
    """
    message: Any = _message(event, region)
    for bus in get_backend("events")[ACCOUNT][region].event_buses.values():
        for rule in bus.rules.values():
            pattern = rule.event_pattern
            if rule.state != "ENABLED" or not pattern.get_pattern():
                continue
            if pattern.matches_event(message):
                yield from _to_targets(rule, message, event.time, functions)


def send(rule: Any, event: Event, region: str, functions: Functions) -> Iterator[Call]:
    """Bring *event* to the targets of moto's *rule*, whatever it matches."""
    yield from _to_targets(rule, _message(event, region), event.time, functions)


def _to_targets(
    rule: Any, message: dict[str, Any], time: float, functions: Functions
) -> Iterator[Call]:
    for target in rule.targets:
        status = _send(rule, target, message, time, functions)
        yield Call("events", rule.name, target["Arn"], status)


def _message(event: Event, region: str) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": event.detail_type,
        "source": event.source,
        "account": ACCOUNT,
        "time": dt.datetime.fromtimestamp(event.time, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": region,
        "resources": [arn for arn in (event.about, event.also) if arn],
        "detail": dict(event.detail),
    }


def _send(
    rule: Any,
    target: Mapping[str, Any],
    message: dict[str, Any],
    time: float,
    functions: Functions,
) -> int:
    """Send to one target; returns an HTTP status as its service would answer."""
    service, region = target["Arn"].split(":")[2:4]
    if service == "sns":
        return topics.publish(target["Arn"], _body(target, message), "events.amazonaws.com")
    if service == "lambda":
        return _invoke(rule, target, region, message, functions)
    if "InputTransformer" in target:
        return 501
    alone = copy.copy(rule)
    alone.targets = [target]
    try:
        alone.send_to_targets(
            {**message, "time": time, "ingestion-time": time}, transform_input=False
        )
    except NotImplementedError:
        return 501
    except ServiceException as error:
        return int(getattr(error, "code", 400))
    return 200


def _invoke(
    rule: Any, target: Mapping[str, Any], region: str, message: dict[str, Any], functions: Functions
) -> int:
    """Call a function asynchronously (EventBridge user guide, "Lambda functions as targets")."""
    context = {"aws:SourceArn": (rule.arn,), "aws:SourceAccount": (ACCOUNT,)}
    try:
        reference = Reference.parse(target["Arn"], region)
        definition = functions.definition(reference)
        question = AuthorizationRequest(INVOKE, reference.arn, context)
        if not lets(definition, "events.amazonaws.com", question):
            return 403
        functions.enqueue(reference, _body(target, message).encode())
    except AwsError as error:
        return error.status
    return 202


def _body(target: Mapping[str, Any], message: dict[str, Any]) -> str:
    if "InputTransformer" in target:
        return _transformed(target["InputTransformer"], message)
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], message))
    return str(target.get("Input") or json.dumps(message))


def _transformed(transformer: Mapping[str, Any], message: dict[str, Any]) -> str:
    text = str(transformer["InputTemplate"])
    for name, path in transformer.get("InputPathsMap", {}).items():
        value = _at(path, message)
        text = text.replace(f"<{name}>", value if isinstance(value, str) else json.dumps(value))
    return text


def _at(path: str, message: Mapping[str, Any]) -> Any:
    """Return what a JSONPath of the form $.detail.state finds, all but for indexes."""
    keys = [f'"{key}"' for key in path.removeprefix("$").removeprefix(".").split(".") if key]
    return jmespath.search(".".join(keys) or "@", message)
