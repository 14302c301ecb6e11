"""`python -m bench.api`: the answers of the HTTP API with 20 destinations on air.

In one process with the emulator. The first answer, which makes the clients, is shown apart; a cold
start of Lambda comes on top of it.
"""

from __future__ import annotations

import functools
import json
import os
import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.fault_injection.report import Check, Report
from bench.figures import options
from localaws.quotas import Quotas
from localaws.server import LOCAL_FLOW, LOCAL_REGION, EmbeddedAws
from lunora.api import handler
from tests.support.clients import connect
from tests.support.stage import Stage

DESTINATIONS: Final = 20
PROMISED_SECONDS: Final = 2.0
ROUTES: Final = (
    "/api/destinations",
    "/api/destinations/status",
    "/api/destinations/d0/metrics",
    "/api/mediaconnect/flow/status",
    "/api/presets",
)
_OK, _QUOTA = 200, 100
_TIMEOUT_MILLISECONDS = 20_000


def main() -> int:
    """Measure and save the figures; return 1 where a later answer takes longer than promised."""
    given = options(__doc__, rounds=10)
    quotas = Quotas(channels=_QUOTA, push_inputs=_QUOTA, input_security_groups=_QUOTA)
    with EmbeddedAws(quotas=quotas) as aws:
        stage = Stage(Path(), aws, functools.partial(connect, aws.endpoint))
        for number in range(DESTINATIONS):
            stage.destination(f"d{number}", file=False)
        aws.clock.advance(600)
        os.environ |= _environment(stage)
        checks = [_measure(path, given.rounds) for path in ROUTES]
    return _REPORT.save(checks)


def _environment(stage: Stage) -> Mapping[str, str]:
    """Return the environment that components/api.py gives the function."""
    flow = {"key": "main", "region": LOCAL_REGION, "name": LOCAL_FLOW}
    return {
        "LUNORA_PROJECT": stage.stack.project,
        "LUNORA_STACK": stage.stack.name,
        "LUNORA_ENDPOINT": stage.aws.endpoint,
        "LUNORA_FLOWS": json.dumps([flow]),
        "AWS_REGION": LOCAL_REGION,
    }


class _Invocation:
    """An invocation that has just begun."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return the timeout of the function."""
        return _TIMEOUT_MILLISECONDS


def _measure(path: str, rounds: int) -> Check:
    event = {"rawPath": path, "requestContext": {"http": {"method": "GET"}}}
    seconds, problems = [], set()
    for _ in range(rounds + 1):
        began = time.perf_counter()
        response = handler.handle(event, _Invocation())
        seconds.append(time.perf_counter() - began)
        if response["statusCode"] != _OK:
            problems.add(f"status {response['statusCode']}: {response['body']}")
    first, *later = seconds
    if max(later) > PROMISED_SECONDS:
        problems.add("too slow")
    times = (f"{value:.3f} s" for value in (first, statistics.median(later), max(later)))
    return Check((f"`{path}`", *times), tuple(problems))


_REPORT: Report[Check] = Report(
    name="api",
    title="HTTP API",
    promise=f"With {DESTINATIONS} destinations on air, each answer after the first takes at most"
    f" {PROMISED_SECONDS:.0f} s.",
    noun=f"routes answer within {PROMISED_SECONDS:.0f} s",
    columns=("route", "first", "median", "slowest"),
    cells=lambda check: check.cells,
    every_case=True,
    notes="The emulator answers at once and shares the process: no network, no AWS, no cold start.",
)


if __name__ == "__main__":
    raise SystemExit(main())
