"""Status of the media plane while it starts, without any program."""

from __future__ import annotations

import contextlib
import itertools
import socket

import pytest

from localaws.media import desired_state, service
from localaws.media.desired_state import DesiredState, Pipeline
from localaws.media.encoding import Push
from localaws.media.outlets import Srt
from localaws.media.service import Media
from localaws.media.settings import MediaSettings
from localaws.media.supervisor import Supervisor
from localaws.server import EmbeddedAws


def push(host: str) -> Push:
    outlet = Srt((host, 9000), listens=False, latency_ms=1000, key_bits=16, passphrase=None)
    return Push("srt", f"srt://{host}:9000", "", (), 1.0, 1, 1.0, outlet=outlet)


def media_of(embedded: EmbeddedAws) -> Media:
    return Media(
        MediaSettings(),
        regions=lambda: embedded.regions,
        clock=embedded.clock,
        lock=contextlib.nullcontext(),
        admission_url="",
    )


def test_only_addresses_of_other_machines_lead_elsewhere(
    embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SRT to this machine goes where it says, so that nothing waits at another port."""
    pushes = tuple(map(push, ("203.0.113.8", "127.0.0.1", "localhost")))
    pipeline = Pipeline("us-west-2", "1", "one", 0, ("203.0.113.1", 5000), (), pushes)
    desired = DesiredState({}, {pipeline.key: pipeline})
    monkeypatch.setattr(desired_state, "of", lambda *_: desired)
    monkeypatch.setattr(Supervisor, "set_desired", lambda *_: None)
    monkeypatch.setattr(Supervisor, "stop", lambda _: None)
    media = media_of(embedded)
    media.changed()
    media.stop()
    assert set(media.shown()["srt"]) == {"srt://203.0.113.8:9000"}


def test_a_flow_listens_where_whoever_asked_early_was_sent(
    embedded: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody asks, in a thread of his own, in the middle of the choice of a port."""
    ports = itertools.count(7001)
    shown: list[str] = []

    def chosen(kind: socket.SocketKind) -> int:
        port = next(ports)
        if kind is socket.SOCK_DGRAM and not shown:
            shown.append("")
            shown.extend(media.shown()["sources"].values())
        return port

    listens: list[str] = []

    def set_desired(plane: Supervisor, desired: DesiredState) -> None:
        listens.extend(
            f"srt://127.0.0.1:{plane._srt_port((arn, source))}"
            for arn, router in desired.routers.items()
            for source in router.sources
        )

    monkeypatch.setattr(service, "free_port", chosen)
    monkeypatch.setattr(Supervisor, "set_desired", set_desired)
    monkeypatch.setattr(Supervisor, "stop", lambda _: None)
    media = media_of(embedded)
    media.changed()
    media.stop()
    assert listens == list(media.shown()["sources"].values())
    assert len(listens) == 1
    assert set(shown) <= {"", *listens}
