"""`lunora console`: the address that it opens or prints."""

from __future__ import annotations

import threading
import webbrowser
from typing import Any

import pytest

from lunora.console import server
from tests.support.stage import Stage, run


@pytest.fixture
def unserved(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Consoles that would be served; none is."""
    consoles: list[Any] = []

    def note(listening: Any, console: Any) -> None:
        listening.server_close()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and "_open" in thread.name:
                thread.join()
        consoles.append(console)

    monkeypatch.setattr(server, "serve", note)
    return consoles


def test_the_address_is_printed_without_a_browser(stage: Stage, unserved: list[Any]) -> None:
    shown = run("console", "--no-browser", "--every", "5")
    (console,) = unserved
    assert shown.exit_code == 0, shown.output
    assert f"open {console.access.address} " in shown.stdout
    assert "ticket" not in shown.stderr
    assert console.access.origin in shown.stderr


@pytest.mark.parametrize("opens", [True, False])
def test_the_address_is_opened_and_printed_only_where_that_fails(
    *, stage: Stage, unserved: list[Any], monkeypatch: pytest.MonkeyPatch, opens: bool
) -> None:
    addresses: list[str] = []

    def open_address(address: str) -> bool:
        addresses.append(address)
        return opens

    monkeypatch.setattr(webbrowser, "open", open_address)
    shown = run("console")
    (console,) = unserved
    assert addresses == [console.access.address]
    assert ("ticket" in shown.output) is not opens
