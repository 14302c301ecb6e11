"""A watchdog at work in a test, on a clock of its own, with what it sends and logs."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from typing import Any

from catalog.model import DestinationSpec
from catalog.names import MEMORY_KEY
from catalog.webhooks import Webhook
from lunora.stack import Stack
from lunora.watchdog.delivery import Delivery
from lunora.watchdog.history_entries import Entry
from lunora.watchdog.run import Watchdog
from lunora.watchdog.store import MemoryStore
from tests.support.queues import received

TABLE = "lunora-player-local-watchdog"
HOOK = "https://hooks.example.org/secret-path"


class Patrol:
    """A watchdog of a stack.

    Args:
        stack: what it watches.
        specs: returns its destinations.
        client: makes a client of a service.
    """

    def __init__(
        self,
        stack: Stack,
        specs: Callable[[], Sequence[DestinationSpec]],
        client: Callable[[str], Any],
    ) -> None:
        self.stack, self.specs = stack, specs
        self.now = dt.datetime.now(dt.UTC)
        self.posts: list[dict[str, Any]] = []
        self.entries: list[Entry] = []
        self.sqs, sns = client("sqs"), client("sns")
        self.queue = self.sqs.create_queue(QueueName="mails")["QueueUrl"]
        topic = sns.create_topic(Name="lunora-player-local")["TopicArn"]
        sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-west-2:123456789012:mails"
        )
        client("dynamodb").create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": MEMORY_KEY, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": MEMORY_KEY, "AttributeType": "S"}],
        )
        self.store = MemoryStore(client("dynamodb"), TABLE, "us-west-2")
        self.delivery = Delivery(
            "local", sns, topic, [Webhook(url=HOOK, format="json")], self._post
        )

    def _post(self, url: str, content: bytes) -> None:
        assert url == HOOK
        self.posts.append(json.loads(content))

    def _log(self, entries: Sequence[Entry]) -> None:
        self.entries += entries

    def run(self, event: dict[str, Any] | None = None, *, minutes: int = 6) -> dict[str, Any]:
        """Run once, by default later than a deployment lasts."""
        self.now += dt.timedelta(minutes=minutes)
        watchdog = Watchdog(
            self.stack, self.specs(), self.store, self.delivery, self._log, lambda: self.now
        )
        return watchdog.run(event or {})

    def mails(self) -> list[str]:
        """Return the subjects of the mails that were sent since the last call."""
        return [json.loads(body)["Subject"] for body in received(self.sqs, self.queue)]
