"""Status of the media plane while it starts, without any program."""

from __future__ import annotations

import contextlib
import itertools
import socket

import pytest

from localaws.media import service
from localaws.media.desired_state import DesiredState
from localaws.media.service import Media
from localaws.media.settings import MediaSettings
from localaws.media.supervisor import Supervisor
from localaws.server import EmbeddedAws


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
    media = Media(
        MediaSettings(),
        regions=lambda: embedded.regions,
        clock=embedded.clock,
        lock=contextlib.nullcontext(),
        admission_url="",
    )
    media.changed()
    media.stop()
    assert listens == list(media.shown()["sources"].values())
    assert len(listens) == 1
    assert set(shown) <= {"", *listens}
