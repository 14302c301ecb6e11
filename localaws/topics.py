"""SNS topics as the emulator's own services publish to them, by what their policies let them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.backends import get_backend

from localaws.iam.policy import UnsupportedPolicyError, conditions_hold, listed
from localaws.medialive.service import ACCOUNT

_PUBLISH = frozenset({"sns:publish", "sns:*", "*"})
_GONE, _FORBIDDEN, _SENT = 404, 403, 200


def publish(
    arn: str,
    body: str | Mapping[str, str],
    service: str,
    subject: str | None = None,
    context: Mapping[str, tuple[str, ...]] | None = None,
) -> int:
    """Publish to a topic.

    Args:
        arn: of the topic.
        body: the message, or one for each protocol with `default` for the others.
        service: who publishes, for example `events.amazonaws.com`.
        subject: of mails.
        context: condition keys that the service fills in.

    Returns:
        An HTTP status as SNS would answer.
    """
    backend = get_backend("sns")[ACCOUNT][arn.split(":")[3]]
    topic = backend.topics.get(arn)
    if topic is None:
        return _GONE
    if not _may_publish(json.loads(topic.policy), service, context or {}):
        return _FORBIDDEN
    if isinstance(body, str):
        backend.publish(body, arn=arn, subject=subject)
    else:
        backend.publish(json.dumps(body), arn=arn, subject=subject, message_structure="json")
    return _SENT


def _may_publish(
    policy: Mapping[str, Any], service: str, context: Mapping[str, tuple[str, ...]]
) -> bool:
    effects = {
        statement["Effect"]
        for statement in listed(policy["Statement"])
        if _is_principal(statement.get("Principal"), service)
        and _PUBLISH & {action.lower() for action in listed(statement.get("Action", []))}
        and _conditions_hold(statement, context)
    }
    return effects == {"Allow"}


def _is_principal(principal: object, service: str) -> bool:
    if not isinstance(principal, dict):
        return principal == "*"
    # The policy that a topic has by default lets everybody in, on conditions.
    return service in listed(principal.get("Service", [])) or "*" in listed(
        principal.get("AWS", [])
    )


def _conditions_hold(statement: Mapping[str, Any], context: Mapping[str, tuple[str, ...]]) -> bool:
    try:
        return conditions_hold(statement, context)
    except UnsupportedPolicyError:
        # An Allow that cannot be judged allows nothing; a Deny holds.
        return bool(statement["Effect"] == "Deny")
