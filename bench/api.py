"""`python -m bench.api`: how long the HTTP API takes with 20 destinations on air.

Against the embedded AWS at the `aws` latency profile, in the same process. The first answer, which
makes the clients, is shown apart; a cold start of Lambda comes on top of it. Exit code 1 when a
later answer takes longer than promised.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time

from bench.streams import build
from localaws.clock import Clock, Latency
from localaws.quotas import Quotas
from localaws.server import LOCAL_FLOW, LOCAL_REGION, EmbeddedAws
from lunora.api import handler
from lunora.stack import FlowRef, Stack

PROMISED_SECONDS = 2.0
DESTINATIONS, ROUNDS = 20, 10
ROUTES = (
    "/api/destinations",
    "/api/destinations/status",
    "/api/destinations/d0/metrics",
    "/api/mediaconnect/flow/status",
    "/api/presets",
)


def main() -> int:
    """Print one line a route; return the exit code."""
    roomy = Quotas(channels=100, push_inputs=100, input_security_groups=100)
    with EmbeddedAws(clock=Clock(Latency.named("aws")), quotas=roomy) as aws:
        flows = (FlowRef("main", LOCAL_REGION, LOCAL_FLOW),)
        stack = Stack("lunora-player", "local", LOCAL_REGION, aws.endpoint, flows)
        build(aws, stack, DESTINATIONS)
        os.environ |= {
            "LUNORA_PROJECT": stack.project,
            "LUNORA_STACK": stack.name,
            "LUNORA_ENDPOINT": aws.endpoint,
            "LUNORA_FLOWS": json.dumps(
                [{"key": "main", "region": LOCAL_REGION, "name": LOCAL_FLOW}]
            ),
            "AWS_REGION": LOCAL_REGION,
        }
        worst = max(map(_measure, ROUTES))
    return int(worst > PROMISED_SECONDS)


def _measure(path: str) -> float:
    took = []
    for _ in range(ROUNDS):
        event = {"rawPath": path, "requestContext": {"http": {"method": "GET"}}}
        began = time.perf_counter()
        answer = handler.handle(event, None)
        took.append(time.perf_counter() - began)
        if answer["statusCode"] != 200:  # noqa: PLR2004 - HTTP's OK
            sys.exit(f"{path} answered {answer['statusCode']}: {answer['body']}")
    first, *later = took
    sys.stdout.write(
        f"{path}: first {first:.3f} s, then median {statistics.median(later):.3f} s,"
        f" worst {max(later):.3f} s, {len(answer['body'])} bytes\n"
    )
    return max(later)


if __name__ == "__main__":
    sys.exit(main())
