"""Starts, stops and restarts by the console, and the routes of the HTTP API in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError
from flask.testing import FlaskClient

from lunora.console.operations import Operation
from lunora.console.parts import Console
from lunora.console.preview import PreviewRun, Previews
from lunora.ops.targets import find_targets
from lunora.terminal import now
from tests.lunora.plan.previews import document
from tests.support.stage import Stage

from .conftest import ORIGIN, opened


def post(browser: FlaskClient, path: str, **content: Any) -> tuple[int, Any]:
    answer = browser.post(path, json=content, base_url=ORIGIN)
    return answer.status_code, answer.get_json()


def ended(console: Console) -> Mapping[str, Operation]:
    """Wait until all operations have ended; return them."""
    console.operations.wait()
    assert console.operations.under_way() == []
    return console.operations.last()


def test_several_are_stopped_and_started_together(
    stage: Stage, console: Console, browser: FlaskClient
) -> None:
    for name in ("one", "two"):
        stage.destination(name)
    names = ["one", "two"]
    assert post(browser, "/operations", action="stop", names=names)[0] == 202
    stopped = ended(console)
    assert [(each.state, each.error) for each in stopped.values()] == [("IDLE", "")] * 2
    assert [stage.state(name) for name in names] == ["IDLE", "IDLE"]
    assert stage.output("one")["OutputStatus"] == "DISABLED"
    console.poller.poll()
    page = browser.get("/", base_url=ORIGIN).text
    assert "stopped by" in page, "the watchdog leaves it alone"
    assert "stop ended: IDLE" in page
    assert post(browser, "/operations", action="start", names=["one"])[0] == 202
    assert ended(console)["one"].state == "RUNNING"
    assert [stage.state(name) for name in names] == ["RUNNING", "IDLE"]


def test_a_restart_stops_and_starts(stage: Stage, console: Console, browser: FlaskClient) -> None:
    channel = stage.destination("one")
    stage.aws.calls.clear()
    assert post(browser, "/operations", action="restart", names=["one"])[0] == 202
    assert ended(console)["one"] == Operation("restart", "RUNNING", ended=True)
    tags = stage.medialive.describe_channel(ChannelId=channel)["Tags"]
    assert "Suspended" not in tags
    assert stage.state("one") == "RUNNING"


def test_an_unknown_destination_begins_nothing(
    stage: Stage, console: Console, browser: FlaskClient
) -> None:
    stage.destination("one")
    status, answer = post(browser, "/operations", action="stop", names=["one", "nobody"])
    assert (status, answer["code"]) == (404, "LUN450")
    assert console.operations.last() == {}
    assert stage.state("one") == "RUNNING"


def test_one_operation_at_a_time(stage: Stage, console: Console, browser: FlaskClient) -> None:
    stage.destination("one")
    console.operations._operations["one"] = Operation("stop", "STOPPING")
    status, answer = post(browser, "/operations", action="start", names=["one"])
    assert (status, answer["code"]) == (409, "LUN461")


@pytest.mark.parametrize("part", ["control", "caller_name"])
@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (ZeroDivisionError("live_made-up-key"), "LUN490"),
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "StopChannel"),
            "LUN416",
        ),
    ],
)
def test_an_operation_that_fails_ends_with_a_code(
    stage: Stage,
    console: Console,
    browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    failure: Exception,
    code: str,
) -> None:
    def fail(*_: object) -> None:
        raise failure

    stage.destination("one")
    monkeypatch.setattr(f"lunora.console.operations.{part}", fail)
    assert post(browser, "/operations", action="stop", names=["one"])[0] == 202
    assert ended(console)["one"].error.startswith(f"{code}: ")
    console.poller.poll()
    page = browser.get("/", base_url=ORIGIN).text
    assert f"stop failed: {code}: " in page
    assert "live_made-up-key" not in page
    monkeypatch.undo()
    assert post(browser, "/operations", action="stop", names=["one"])[0] == 202
    assert ended(console)["one"] == Operation("stop", "IDLE", ended=True)


@pytest.mark.parametrize(("action", "readings"), [("stop", 1), ("restart", 2)])
def test_destinations_are_read_again_only_after_a_step(
    stage: Stage,
    console: Console,
    browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    action: str,
    readings: int,
) -> None:
    stage.destination("one")
    counted = Mock(wraps=find_targets)
    monkeypatch.setattr("lunora.console.operations.find_targets", counted)
    post(browser, "/operations", action=action, names=["one"])
    assert ended(console)["one"].error == ""
    assert counted.call_count == readings


def previews_by(console: Console, preview: Callable[[str], str]) -> Console:
    """Return *console* with another way to make a preview."""
    stack, poller = console.stack, console.poller
    return dataclasses.replace(console, previews=Previews(stack, now, poller.announce, preview))


def test_a_preview_that_fails_ends_with_a_code(console: Console) -> None:
    def fail(_: str) -> str:
        raise ZeroDivisionError("live_made-up-key")

    failing = previews_by(console, fail)
    client = opened(failing)
    for path in ("/changes", "/files/new"):
        assert "LUN490" not in client.get(path, base_url=ORIGIN).text
    failing.previews.run()
    assert not failing.previews.last.running
    for path in ("/changes", "/files/new", "/fragments/changes"):
        page = client.get(path, base_url=ORIGIN).text
        assert "LUN490: " in page
        assert "live_made-up-key" not in page
        assert 'id="run-preview">' in page


def test_who_asks_during_a_preview_gets_one_of_the_files_as_they_are_then(
    console: Console,
) -> None:
    stacks: list[str] = []

    def preview(stack: str) -> str:
        stacks.append(stack)
        if len(stacks) == 1:
            parts.previews.begin()
        return document()

    parts = previews_by(console, preview)
    parts.previews._last = PreviewRun(running=True)
    parts.previews.run()
    assert stacks == ["local", "local"]
    assert parts.previews.last.markdown.startswith("## lunora-player local: no destination")


def test_the_routes_of_the_http_api_are_there(
    stage: Stage, console: Console, browser: FlaskClient
) -> None:
    stage.destination("one")
    console.poller.poll()

    def get(path: str) -> Any:
        return browser.get(f"/api/{path}", base_url=ORIGIN).get_json()

    assert [each["name"] for each in get("destinations/status")["destinations"]] == ["one"]
    assert get("mediaconnect/flow/status")["flows"][0]["key"] == "main"
    assert get("destinations")["destinations"][0]["channelState"] == "RUNNING"
    assert "metrics" in get("destinations/one/metrics")
    assert post(browser, "/api/destinations/one/stop")[0] == 202
    assert browser.delete("/api/destinations/one", base_url=ORIGIN).status_code == 405


def test_a_file_that_is_wrong_stops_no_route_of_the_others(
    stage: Stage, console: Console, browser: FlaskClient
) -> None:
    stage.destination("one")
    stage.declare("two", "state: paused")
    answer = browser.get("/api/destinations/one", base_url=ORIGIN)
    assert (answer.status_code, answer.get_json()["condition"]) == (200, "starting")
    assert post(browser, "/api/destinations/one/stop")[0] == 202
    assert browser.get("/api/report", base_url=ORIGIN).status_code == 422
