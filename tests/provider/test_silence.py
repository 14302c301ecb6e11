"""An address that takes connections and never answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from botocore.exceptions import ReadTimeoutError

from provider.aws import AwsClients


@pytest.fixture
def silent() -> Iterator[tuple[str, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield f"http://127.0.0.1:{server.getsockname()[1]}", server


def connections(server: socket.socket) -> int:
    """Accept what waits; return how many there were."""
    accepted = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return accepted
        accepted += 1


def test_the_first_call_finds_it_out_for_all(silent: tuple[str, socket.socket]) -> None:
    endpoint, server = silent
    now = [0.0]
    aws = AwsClients(
        "us-west-2",
        endpoint=endpoint,
        clock=lambda: now[0],
        answer_seconds=0.01,
        attempts=1,
        gives_up=True,
    )
    frames = []
    for _ in range(4):
        with pytest.raises(ReadTimeoutError) as refusal:
            aws.medialive.list_channels()
        frames.append(len(refusal.traceback))
    assert frames[1] == frames[3]
    with pytest.raises(ReadTimeoutError):
        aws.mediaconnect.list_flows()
    assert connections(server) == 1
    now[0] = 60
    with pytest.raises(ReadTimeoutError):
        aws.mediaconnect.list_flows()
    assert connections(server) == 1
