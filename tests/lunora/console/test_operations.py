"""Starts, stops and restarts by the console, and the routes of the HTTP API in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from lunora.console.operations import Operation
from lunora.console.parts import Console
from tests.support.stage import Stage

from .conftest import ORIGIN


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
