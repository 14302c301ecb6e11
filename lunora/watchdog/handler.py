"""Handler of Lambda: one event of EventBridge or of the schedule in, one summary out."""

from __future__ import annotations

import datetime as dt
import functools
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from catalog import names
from catalog.webhooks import Webhook
from lunora.ops import history_log
from lunora.ops.lambda_function import declared_destinations, stack_of_function
from lunora.watchdog.delivery import Delivery, post
from lunora.watchdog.history_entries import Entry
from lunora.watchdog.run import Watchdog
from lunora.watchdog.store import MemoryStore

_LOG_STREAM = "watchdog"
_WEBHOOKS = TypeAdapter(tuple[Webhook, ...])


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Run the watchdog once; see `Watchdog.run`."""
    del context
    return watchdog_of_function().run(event)


@functools.cache
def watchdog_of_function() -> Watchdog:
    """Return the watchdog that the function's environment names; see components/watchdog.py."""
    environment, stack = os.environ, stack_of_function()
    aws = stack.aws()
    group = names.history_log_group(stack.project, stack.name)

    def log(entries: Sequence[Entry]) -> None:
        lines = [(entry.time, entry.document()) for entry in entries]
        history_log.write(aws.client("logs"), group, _LOG_STREAM, lines)

    return Watchdog(
        stack=stack,
        specs=declared_destinations() or (),
        store=MemoryStore(aws.client("dynamodb"), environment["LUNORA_TABLE"], stack.region),
        delivery=Delivery(
            stack.name, aws.client("sns"), environment["LUNORA_TOPIC"], _webhooks(), post
        ),
        log=log,
        clock=lambda: dt.datetime.now(dt.UTC),
    )


def _webhooks() -> tuple[Webhook, ...]:
    """Return the receivers, which are secret and therefore not in the environment."""
    name = os.environ.get("LUNORA_WEBHOOKS")
    if not name:
        return ()
    ssm = stack_of_function().aws().client("ssm")
    value = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return _WEBHOOKS.validate_json(json.dumps(json.loads(value)))
