"""Functions that subscribe to topics of SNS.

Source: the Lambda developer guide, "Invoking Lambda functions with Amazon SNS notifications" (the
event, asynchronous invocation, the permission of sns.amazonaws.com).
"""

from __future__ import annotations

import contextlib
import json
from typing import Any

from moto.sns.models import Subscription

from localaws.clock import Clock
from localaws.errors import AwsError
from localaws.functions.definition import Reference
from localaws.functions.permissions import INVOKE, lets
from localaws.functions.service import Functions
from localaws.iam.policy import AuthorizationRequest
from localaws.medialive.service import ACCOUNT


def install(functions: Functions, clock: Clock) -> None:
    """Let moto's SNS call *functions*; the last emulator of a process wins."""
    # Of whoever else wraps it, but never of an earlier installation.
    before: Any = getattr(Subscription.publish, "before_functions", Subscription.publish)

    def publish(subscription: Any, message: str, message_id: str, **more: Any) -> None:
        if subscription.protocol != "lambda":
            before(subscription, message, message_id, **more)
            return
        attributes = more.get("message_attributes")
        matcher = subscription._filter_policy_matcher  # noqa: SLF001 - as moto's own does
        if matcher is not None and not matcher.matches(attributes, message):
            return
        if more.get("message_structure") == "json":
            bodies = json.loads(message)
            message = bodies.get("lambda", bodies["default"])
        notification = {
            "Type": "Notification",
            "MessageId": message_id,
            "TopicArn": subscription.topic.arn,
            "Subject": more.get("subject"),
            "Message": message,
            "Timestamp": f"{clock.date():%Y-%m-%dT%H:%M:%S.000Z}",
            "SignatureVersion": "1",
            "Signature": "",
            "SigningCertUrl": "",
            "UnsubscribeUrl": "",
            "MessageAttributes": dict(attributes or {}),
        }
        # SNS tells nobody of a function that is gone or does not let it.
        with contextlib.suppress(AwsError):
            _call(functions, subscription, notification)

    publish.before_functions = before  # type: ignore[attr-defined]
    Subscription.publish = publish  # type: ignore[method-assign,assignment]


def _call(functions: Functions, subscription: Any, notification: dict[str, Any]) -> None:
    region, topic = subscription.endpoint.split(":")[3], subscription.topic.arn
    reference = Reference.parse(subscription.endpoint, region)
    context = {"aws:SourceArn": (topic,), "aws:SourceAccount": (ACCOUNT,)}
    question = AuthorizationRequest(INVOKE, reference.arn, context)
    if lets(functions.definition(reference), "sns.amazonaws.com", question):
        record = {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription.arn,
            "Sns": notification,
        }
        functions.enqueue(reference, json.dumps({"Records": [record]}).encode())
