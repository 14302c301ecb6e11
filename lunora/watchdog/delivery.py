"""Delivery of messages by SNS and by webhooks."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from catalog.loopback import is_loopback
from catalog.webhooks import Webhook
from lunora.watchdog import messages
from lunora.watchdog.memory import Notice

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_SECONDS = 5.0

Post = Callable[[str, bytes], None]
"""Posts JSON to an address; raises OSError where that fails."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Receivers of messages.

    Attributes:
        stack: the stack's name, for their texts.
        sns: the client.
        topic_arn: the topic of mails.
        webhooks: the other receivers.
        post: posts to a webhook.
    """

    stack: str
    sns: SNSClient
    topic_arn: str
    webhooks: Sequence[Webhook]
    post: Post

    def send(self, notice: Notice) -> list[str]:
        """Send *notice* to everybody; return the failures, one message each.

        A receiver that does not answer keeps nobody else from being notified, and is not asked
        again: the history and the other receivers have the message.
        """
        failures = []
        try:
            self.sns.publish(
                TopicArn=self.topic_arn,
                Subject=messages.subject(notice, self.stack),
                Message=messages.text(notice, self.stack),
            )
        except (ClientError, BotoCoreError) as error:
            failures.append(f"mail: {type(error).__name__}")
        for number, webhook in enumerate(self.webhooks, 1):
            url, routing_key = webhook.target
            body = messages.body(notice, self.stack, webhook.format, routing_key)
            try:
                self.post(url, json.dumps(body).encode())
            except (OSError, ValueError) as error:
                # Without the error's text, which repeats the address.
                failures.append(f"webhook {number} ({webhook.format}): {type(error).__name__}")
        return failures


def post(url: str, content: bytes) -> None:
    """Post JSON to *url*.

    Raises:
        OSError: when the receiver does not answer, or answers with an error.
        ValueError: when the address is neither https nor on this machine.
    """
    scheme = urlsplit(url).scheme
    if scheme != "https" and not (scheme == "http" and is_loopback(url)):
        raise ValueError("a webhook's address begins with https://")
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked
        url, content, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 - as above
        pass
