"""The mails that SNS sends: kept instead of sent, so that a test and a person can read them."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.sns.models import Subscription

_PROTOCOLS = frozenset({"email", "email-json"})
_DELIVER = Subscription.publish


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail.

    Attributes:
        time: seconds since the epoch.
        to: its address.
        topic: ARN of the topic.
    """

    time: float
    to: str
    topic: str
    subject: str
    body: str

    def shown(self) -> dict[str, Any]:
        """Return it as the control endpoint shows it."""
        return dataclasses.asdict(self)


class Mailbox:
    """All mails, the oldest first.

    Args:
        now: seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.mails: list[Mail] = []

    def install(self) -> None:
        """Let moto's SNS put its mails here; the last mailbox of a process wins."""

        def publish(
            subscription: Any, message: str, message_id: str, *args: Any, **kwargs: Any
        ) -> None:
            _DELIVER(subscription, message, message_id, *args, **kwargs)
            if subscription.protocol not in _PROTOCOLS:
                return
            if kwargs.get("message_structure") == "json":
                bodies = json.loads(message)
                message = bodies.get(subscription.protocol, bodies["default"])
            topic = subscription.topic
            # Without a subject SNS gives its mails this one (SNS developer guide, e-mail).
            subject = kwargs.get("subject") or "AWS Notification Message"
            mail = Mail(self._now(), subscription.endpoint, topic.arn, subject, message)
            self.mails.append(mail)

        Subscription.publish = publish  # type: ignore[method-assign,assignment]  # moto sends no mails
