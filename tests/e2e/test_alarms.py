"""Alarms of the streams are created, changed and deleted with them."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from catalog import alarms
from tests.support.workspace import EXAMPLES, PROJECT, Workspace

pytestmark = pytest.mark.e2e

STACK = "lunora-player-local"


@contextlib.contextmanager
def webhook() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Receive what is posted to the address."""
    posts: list[dict[str, Any]] = []

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posts.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/{secrets.token_hex(12)}", posts
        server.shutdown()


def heals(workspace: Workspace, name: str, posts: list[dict[str, Any]]) -> None:
    """Let a channel die, and find it live again with one message for its begin and its end."""
    aws = workspace.aws
    aws.advance(600)
    assert aws.trigger("dies", f"*{name}") == [f"{STACK}-{name}"]
    aws.advance(1200)
    assert workspace.channels()[name]["State"] == "RUNNING"
    opened, closed = posts
    assert (opened["change"], closed["change"]) == ("opened", "closed")
    assert opened["subject"] == closed["subject"] == f"destination {name}"
    assert closed["restarts"] == 1
    subjects = [mail.subject for mail in aws.mailbox.mails]
    assert subjects == [f"local: destination {name}: {word}" for word in ("opened", "over")]
    contents = json.dumps(posts) + " ".join(mail.body for mail in aws.mailbox.mails)
    assert not [key for key in workspace.keys.values() if key in contents]


def test_every_destination_is_watched_and_everybody_is_notified(workspace: Workspace) -> None:
    for setting, value in (
        ("watchdog.enabled", "true"),
        ("alertEmails[0]", "operations@example.org"),
        ("webhooks[0].url.secret", "operations"),
        ("webhooks[0].format", "json"),
    ):
        workspace.pulumi("config", "set", "--path", f"{PROJECT}:{setting}", value)
    with webhook() as (address, posts):
        secret = f"{PROJECT}:webhookUrls.operations"
        workspace.pulumi("config", "set", "--secret", "--path", secret, address)
        workspace.up()
        heals(workspace, "twitch-main", posts)
    run = workspace.pulumi("preview", "--refresh", "--expect-no-changes")
    assert run.code == 0, run.text

    watchers = workspace.watchers()
    # None of them has a backup flow.
    watches = [
        name
        for name, definition in alarms.alarm_definitions().channel.items()
        if not definition.failover
    ]
    of_channels = {f"{STACK}-{name}-0-{watch}" for name in EXAMPLES for watch in watches}
    shared = {"flow-main-source-lost", *alarms.alarm_definitions().watchdog}
    assert set(watchers["alarms"]) == {
        *of_channels,
        *(f"{STACK}-{name}" for name in (*EXAMPLES, *shared)),
    }
    assert watchers["dashboards"] == [STACK]
    assert watchers["rules"] == [
        f"{STACK}-watchdog-{kind}" for kind in ("channels", "flows", "tick")
    ]
    (subscription,) = workspace.client("sns").list_subscriptions()["Subscriptions"]
    assert subscription["Endpoint"] == "operations@example.org"
    assert [subscription["TopicArn"]] == watchers["topics"]

    path = workspace.destinations / "twitch-main.yaml"
    path.write_text(path.read_text() + "state: stopped\n")
    workspace.up()
    after = set(workspace.watchers()["alarms"])
    assert set(watchers["alarms"]) - after == {f"{STACK}-twitch-main-0-not-running"}

    path.unlink()
    workspace.up()
    left = workspace.watchers()
    assert not [name for names in left.values() for name in names if "twitch-main" in name]
    body = workspace.client("cloudwatch").get_dashboard(DashboardName=STACK)["DashboardBody"]
    headings = [w["properties"].get("markdown", "") for w in json.loads(body)["widgets"]]
    assert not [text for text in headings if "twitch-main" in text]

    run = workspace.pulumi("destroy", "--yes", "--skip-preview")
    assert run.code == 0, run.text
    assert not any(workspace.watchers().values())
