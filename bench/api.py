"""`python -m bench.api`: the answers of the HTTP API with 20 destinations, cold starts included.

The emulator runs the function as Lambda does, in a process of its own behind a function URL, and
its channels start and stop as slowly as AWS's (profile `aws`). A cold answer is the first one of a
new process: it starts Python, compiles and imports everything, reads the destination files and
makes the clients. Each time is that of a signed HTTP request, from connection to body.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.figures import Check, Report, options
from catalog import names
from localaws.clock import Clock, Latency
from localaws.quotas import Quotas
from localaws.server import EmbeddedAws
from tests.support.clients import EMBEDDED, connect
from tests.support.functions import called
from tests.support.github import GitHub, GitRepository
from tests.support.http_api import NAME, deploy, of_repository, send_directly
from tests.support.stage import Stage

CHANNELS, BY_FLOW = 18, 2
PROMISED_SECONDS: Final = 2.0
_COLD_ROUNDS, _QUOTA = 3, 100
_HEADERS: Final = {"Content-Type": "application/json"}
_START_SECONDS = 120
"""Longer than any transition of the profile takes."""


@dataclass(frozen=True)
class Route:
    """A route of the API; `{name}` is another destination in each round.

    Attributes:
        method: of HTTP.
        path: of the URL.
        status: of its answer.
        body: of its request, with `{name}`.
    """

    method: str
    path: str
    status: int = 200
    body: str | None = None


ROUTES: Final = (
    Route("GET", "/api/destinations"),
    Route("GET", "/api/destinations/status"),
    Route("GET", "/api/destinations/{name}"),
    Route("GET", "/api/destinations/{name}/metrics"),
    Route("GET", "/api/destinations/{name}/history"),
    Route("GET", "/api/destinations/{name}/picture"),
    Route("GET", "/api/mediaconnect/flow/status"),
    # MediaConnect shows none of a flow with more than 10 outputs.
    Route("GET", "/api/mediaconnect/flow/main/picture", 404),
    Route("GET", "/api/presets"),
    Route("GET", "/api/report?since=30d"),
    Route("GET", "/api/report?since=30d&actual=true"),
    Route("POST", "/api/destinations/{name}/stop", 202, '{"why": "bench"}'),
    Route("POST", "/api/destinations/{name}/start", 202, '{"why": "bench"}'),
    # A pull request each, at a stand-in of GitHub.
    Route(
        "POST",
        "/api/destinations",
        202,
        '{"name": "new-{name}", "platform": "restream", "preset": "720p30"}',
    ),
    Route("PUT", "/api/destinations/{name}", 202, '{"platform": "restream", "preset": "720p30"}'),
    Route("DELETE", "/api/destinations/{name}", 202),
)

_REPORT: Final = Report(
    name="api",
    title="HTTP API",
    promise=f"With {CHANNELS + BY_FLOW} destinations, each answer takes at most"
    f" {PROMISED_SECONDS:.0f} s, that of a cold start as well.",
    noun=f"routes answer within {PROMISED_SECONDS:.0f} s, cold starts included",
    columns=("route", "cold", "slowest cold", "warm", "slowest warm"),
    notes="Without network and the loading of the archive."
    " Proposals are pull requests at a stand-in of GitHub. The function has one whole processor,"
    " as Lambda gives it with its memory; client, emulator and function share this machine's.",
)


class _Clock(Clock):
    """A clock whose transitions take no time until `slow` is called."""

    def slow(self) -> None:
        """Let transitions take as long as AWS's."""
        self._latency = Latency.named("aws")


def main() -> int:
    """Measure and save the figures; return 1 where an answer takes longer than promised."""
    given = options(__doc__, rounds=10)
    # The stand-in of GitHub would log each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    quotas = Quotas(channels=_QUOTA, push_inputs=_QUOTA, input_security_groups=_QUOTA)
    clock = _Clock(Latency.named("instant"))
    with (
        TemporaryDirectory() as folder,
        EmbeddedAws(quotas=quotas, clock=clock) as aws,
        _forge(Path(folder) / "streams.git") as forge,
    ):
        client = functools.partial(connect, aws.endpoint)
        stage = Stage(Path(folder), aws, client)
        url = _filled(stage, client, forge)
        clock.slow()
        versions = itertools.count()

        def new_process() -> None:
            settings = client("lambda").get_function_configuration(FunctionName=NAME)
            # Lambda's code is read-only, so each process compiles it anew.
            variables = {
                **settings["Environment"]["Variables"],
                "PYTHONDONTWRITEBYTECODE": "1",
                "VERSION": str(next(versions)),
            }
            client("lambda").update_function_configuration(
                FunctionName=NAME, Environment={"Variables": variables}
            )

        new_process()
        # Unpacks the archive, which Lambda does before an invocation.
        called(url, "/api/presets", keys=EMBEDDED)
        checks = [_measure(url, route, given.rounds, new_process, aws) for route in ROUTES]
    return _REPORT.save(checks)


@contextlib.contextmanager
def _forge(place: Path) -> Iterator[GitHub]:
    """Serve a repository with the destinations' files."""
    repository = GitRepository.create(place)
    text = "platform: restream\npreset: 1080p30\n"
    files = {f"destinations/d{number:02}.yaml": text for number in range(CHANNELS)}
    repository.commit("main", files)
    yield from GitHub(repository).serve()


def _filled(stage: Stage, client: Callable[[str], Any], forge: GitHub) -> str:
    """Make the destinations and the function; returns its URL."""
    (stage.folder / "destinations").mkdir()
    for number in range(CHANNELS):
        stage.destination(f"d{number:02}", thumbnails=True)
    for number in range(BY_FLOW):
        send_directly(stage, f"direct{number}")
    history = names.history_log_group(stage.stack.project, stage.stack.name)
    client("logs").create_log_group(logGroupName=history)
    stage.aws.clock.advance(3600)
    return deploy(stage, client, variables=of_repository(forge, client))


def _measure(
    url: str, route: Route, rounds: int, new_process: Callable[[], None], aws: EmbeddedAws
) -> Check:
    problems: set[str] = set()
    destinations = itertools.cycle(f"d{number:02}" for number in range(CHANNELS))

    def answers(number: int, before: Callable[[], None]) -> Iterator[float]:
        for _ in range(number):
            before()
            name = next(destinations)
            path = route.path.replace("{name}", name)
            body = route.body.replace("{name}", name).encode() if route.body else None
            began = time.perf_counter()
            status, _, content = called(
                url, path, method=route.method, headers=_HEADERS, body=body, keys=EMBEDDED
            )
            yield time.perf_counter() - began
            if status != route.status:
                problems.add(f"status {status}: {content.decode()}")

    cold = list(answers(_COLD_ROUNDS, new_process))
    warm = list(answers(rounds, lambda: None))
    aws.advance(_START_SECONDS)
    if max(*cold, *warm) > PROMISED_SECONDS:
        problems.add("too slow")
    figures = (statistics.median(cold), max(cold), statistics.median(warm), max(warm))
    subject = f"`{route.method} {route.path}`"
    return Check((subject, *(f"{value:.2f} s" for value in figures)), sorted(problems))


if __name__ == "__main__":
    raise SystemExit(main())
