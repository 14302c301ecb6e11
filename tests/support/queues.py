"""Messages in an SQS queue of the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def received(sqs: Any, queue_url: str) -> Iterator[str]:
    """Yield the bodies of all messages in the queue, and delete them."""
    while batch := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in batch:
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
            yield message["Body"]
