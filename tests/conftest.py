"""An emulator for tests without the engine: one server, emptied before each test."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from localaws.clock import Clock, Latency
from localaws.server import EmbeddedAws
from offline.aws_bridge import mirror
from provider.aws import AwsClients
from tests.support.clients import ONCE, connect
from tests.support.clock import MONDAY
from tests.support.guide import Block, run_by
from tests.support.workspace import FIRST_ON_PATH, ROOT


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose the AWS plugin of its end-to-end tests."""
    parser.addoption(
        "--aws-plugin",
        choices=("standin", "real"),
        default="standin",
        help="the AWS plugin of e2e tests: the stand-in, or the real provider under the bridge",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests that ask an emulator, and skip recorded states with the real provider."""
    for item in items:
        if "_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.wire)
    if config.getoption("--aws-plugin") == "real":
        reason = "the bridge names the ids in a state otherwise than pulumi-aws does"
        for item in items:
            if item.get_closest_marker("recorded_state"):
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Look for no garbage among modules, tests and service models; it was a quarter of a run."""
    gc.collect()
    gc.freeze()


# Every run tries the same examples; `--hypothesis-profile=long` tries many that none has tried.
settings.register_profile(
    "every-run",
    max_examples=100,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "long", settings.get_profile("every-run"), max_examples=5000, derandomize=False
)
settings.load_profile("every-run")


@pytest.fixture(scope="session", autouse=True)
def aws_plugin(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Put the plugin that `--aws-plugin` names first on the PATH of every run."""
    if request.config.getoption("--aws-plugin") != "real":
        yield
        return
    if reason := mirror.missing():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("aws-plugin")
    plugin = folder / "pulumi-resource-aws"
    plugin.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m offline.aws_bridge "$@"\n'
    )
    plugin.chmod(0o755)
    FIRST_ON_PATH.append(str(folder))
    yield
    FIRST_ON_PATH.remove(str(folder))


@pytest.fixture
def documented(request: pytest.FixtureRequest) -> tuple[Block, ...]:
    """The blocks of commands that tests/documents.yaml has this test run."""
    return run_by(request.node.nodeid.partition("[")[0])


@pytest.fixture(scope="session")
def _server() -> Iterator[EmbeddedAws]:
    # Its time stands still: nothing happens beside the test, which changes its state.
    clock = Clock(Latency.named("instant"), now=lambda: MONDAY)
    with EmbeddedAws(clock=clock, ticking=False) as aws:
        yield aws


@pytest.fixture
def embedded(_server: EmbeddedAws) -> EmbeddedAws:
    """The emulator, as it is at its start."""
    _server.reset()
    _server.calls.clear()
    return _server


@pytest.fixture
def client(embedded: EmbeddedAws) -> Callable[[str], Any]:
    """Make a boto3 client of a service."""

    def make(service: str) -> Any:
        return connect(embedded.endpoint, service, config=ONCE)

    return make


@pytest.fixture
def medialive(client: Callable[[str], Any]) -> Any:
    """A client of MediaLive."""
    return client("medialive")


@pytest.fixture
def mediaconnect(client: Callable[[str], Any]) -> Any:
    """A client of MediaConnect."""
    return client("mediaconnect")


@pytest.fixture
def flow_arn(mediaconnect: Any) -> str:
    """The flow that is there from the start."""
    return str(mediaconnect.list_flows()["Flows"][0]["FlowArn"])


@pytest.fixture
def aws(embedded: EmbeddedAws) -> AwsClients:
    """The plugin's connection; its waits take no time."""
    return AwsClients("us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None)
