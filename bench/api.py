"""`python -m bench.api`: the answers of the HTTP API with 20 destinations on air.

In one process with the emulator. The first answer, which makes the clients, is shown apart; a cold
start of Lambda comes on top of it.
"""

from __future__ import annotations

import functools
import os
import statistics
import time
from pathlib import Path
from typing import Final

from bench.figures import Check, Report, options
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support import http_api
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

_REPORT: Final = Report(
    name="api",
    title="HTTP API",
    promise=f"With {DESTINATIONS} destinations on air, each answer after the first takes at most"
    f" {PROMISED_SECONDS:.0f} s.",
    noun=f"routes answer within {PROMISED_SECONDS:.0f} s",
    columns=("route", "first", "median", "slowest"),
    notes="The emulator answers at once and shares the process: no network, no AWS, no cold start.",
)


def main() -> int:
    """Measure and save the figures; return 1 where a later answer takes longer than promised."""
    given = options(__doc__, rounds=10)
    quotas = Quotas(channels=_QUOTA, push_inputs=_QUOTA, input_security_groups=_QUOTA)
    with EmbeddedAws(quotas=quotas) as aws:
        stage = Stage(Path(), aws, functools.partial(connect, aws.endpoint))
        for number in range(DESTINATIONS):
            stage.destination(f"d{number}", file=False)
        aws.clock.advance(600)
        os.environ |= http_api.environment(stage)
        checks = [_measure(path, given.rounds) for path in ROUTES]
    return _REPORT.save(checks)


def _measure(path: str, rounds: int) -> Check:
    seconds, problems = [], set()
    for _ in range(rounds + 1):
        began = time.perf_counter()
        response = http_api.ask("GET", path)
        seconds.append(time.perf_counter() - began)
        if response["statusCode"] != _OK:
            problems.add(f"status {response['statusCode']}: {response['body']}")
    first, *later = seconds
    if max(later) > PROMISED_SECONDS:
        problems.add("too slow")
    times = (f"{value:.3f} s" for value in (first, statistics.median(later), max(later)))
    return Check((f"`{path}`", *times), sorted(problems))


if __name__ == "__main__":
    raise SystemExit(main())
