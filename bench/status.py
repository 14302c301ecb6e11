"""`python -m bench.status`: how long a look at all destinations takes, and how many calls it makes.

Against the embedded AWS at the instant latency profile, in the same process: the time is that of
the program and of the embedded AWS, and the calls are what the network multiplies.
"""

from __future__ import annotations

import collections
import datetime as dt
import os
import platform
import statistics
import sys
import time

from bench.streams import build
from localaws.quotas import Quotas
from localaws.server import LOCAL_FLOW, LOCAL_REGION, EmbeddedAws
from lunora.ops.status import overview
from lunora.stack import FlowRef, Stack

SIZES, ROUNDS = (1, 20, 200), 5


def main(sizes: tuple[int, ...]) -> None:
    """Print the machine, and a line for each number of destinations."""
    sys.stdout.write(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    for size in sizes:
        sys.stdout.write(f"{_measure(size)}\n")


def _measure(size: int) -> str:
    room = size + 5
    roomy = Quotas(channels=room, push_inputs=room, input_security_groups=room, flow_outputs=room)
    with EmbeddedAws(quotas=roomy) as aws:
        flows = (FlowRef("main", LOCAL_REGION, LOCAL_FLOW),)
        stack = Stack("lunora-player", "local", LOCAL_REGION, aws.endpoint, flows)
        build(aws, stack, size)
        took, before = [], len(aws.calls)
        for _ in range(ROUNDS):
            before, began = len(aws.calls), time.perf_counter()
            found = overview(stack, None, dt.datetime.fromtimestamp(aws.clock.now(), dt.UTC))
            took.append(time.perf_counter() - began)
        calls = collections.Counter(call.operation for call in aws.calls[before:])
    if len(found.destinations) != size:
        sys.exit(f"{len(found.destinations)} of {size} destinations were found")
    named = ", ".join(f"{count} {operation}" for operation, count in sorted(calls.items()))
    median = statistics.median(took)
    return f"{size:4} on air: median {median:.3f} s of {ROUNDS}, {calls.total()} calls ({named})"


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
