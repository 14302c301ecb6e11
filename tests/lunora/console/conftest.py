"""A console of a stack on the emulator, asked without a server."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from lunora.console import server
from lunora.console.app import create_app
from lunora.console.parts import Console
from lunora.terminal import now
from tests.support.stage import Stage

PORT = 4999
ORIGIN = f"http://127.0.0.1:{PORT}"


class Stored(list[tuple[str, ...]]):
    """The secrets that were stored: project, stack, setting and value of each."""

    def store(self, *words: str) -> None:
        """Take a secret as `pulumi config set --secret` would."""
        self.append(words)


@pytest.fixture
def stored() -> Stored:
    return Stored()


@pytest.fixture
def console(stage: Stage, stored: Stored) -> Iterator[Console]:
    """A console that has read nothing yet."""
    parts = server.build(stage.stack, PORT, 10.0, now)
    yield dataclasses.replace(parts, store=stored.store)
    parts.poller.end()


@pytest.fixture
def browser(console: Console) -> FlaskClient:
    """A browser that has opened the address of the console."""
    return opened(console)


def opened(console: Console) -> FlaskClient:
    """Open the address of *console* in a browser."""
    client = create_app(console).test_client()
    client.environ_base.update({"HTTP_HOST": f"127.0.0.1:{PORT}", "HTTP_ORIGIN": ORIGIN})
    answer = client.get(console.access.address.removeprefix(ORIGIN), base_url=ORIGIN)
    assert answer.status_code == 200
    return client
