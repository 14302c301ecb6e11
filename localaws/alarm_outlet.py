"""The way of alarms to SNS topics and EventBridge."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from localaws import topics
from localaws.alarms.alarm import Alarm
from localaws.events import Event
from localaws.medialive.service import ACCOUNT
from localaws.request_log import Call

_SNS = "arn:aws:sns:"
_SERVICE = "cloudwatch.amazonaws.com"
_OK = 200
_PROBLEMS = {
    403: "CloudWatch Alarms is not authorized to perform: SNS:Publish on resource: {arn}",
    404: "Resource: {arn} not found",
    501: "the emulator does not implement this action",
}


class AlarmOutlet:
    """Sends notifications and events.

    Args:
        send: sends an event to EventBridge of a region.
        record: records each action as a call.
    """

    def __init__(self, send: Callable[[str, Event], None], record: Callable[[Call], None]) -> None:
        self._send, self._record = send, record

    def act(self, alarm: Alarm, action: str, message: Mapping[str, Any], text: str) -> str | None:
        """Take an *action*, an ARN; returns why that failed, None when it did not.

        The text of mails is ours.
        """
        status = 501
        if action.startswith(_SNS):
            body = json.dumps(message, separators=(",", ":"))
            mail = (
                f"{message['AlarmName']}: {message['OldStateValue']} -> "
                f"{message['NewStateValue']}, {message['StateChangeTime']}\n"
                f"{message['AlarmDescription'] or ''}\n{message['NewStateReason']}\n"
            )
            # SourceArn and SourceAccount: SNS developer guide, example policies for alarms;
            # SourceOwner is what a topic's default policy asks for.
            context = {
                "aws:SourceArn": (alarm.alarm_arn,),
                "aws:SourceAccount": (ACCOUNT,),
                "aws:SourceOwner": (ACCOUNT,),
            }
            bodies = {"default": body, "email": mail}
            status = topics.publish(action, bodies, _SERVICE, subject=text, context=context)
        self._record(Call("cloudwatch", alarm.name, action, status))
        return None if status == _OK else _PROBLEMS[status].format(arn=action)

    def emit(self, alarm: Alarm, region: str, detail: Mapping[str, Any]) -> None:
        """Send the event of a change of state."""
        kind = "CloudWatch Alarm State Change"
        event = Event("aws.cloudwatch", kind, alarm.state.time, alarm.alarm_arn, detail)
        self._send(region, event)
