"""Pages of the console: what they show of a stack, and of an AWS that fails."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image

from catalog.names import history_log_group
from localaws.faults import CallFault, FaultPlan
from lunora.console.parts import Console
from lunora.ops import history_log
from lunora.terminal import now
from tests.support.stage import Stage

from .conftest import ORIGIN

PAGES = ("/", "/history", "/changes", "/files/new", "/fragments/overview", "/fragments/history")


def text(browser: FlaskClient, path: str, status: int = 200) -> str:
    answer = browser.get(path, base_url=ORIGIN)
    assert answer.status_code == status, answer.text
    return answer.text


@pytest.fixture
def two(stage: Stage) -> Stage:
    """One destination on air and one that is stopped; the first minutes are measured."""
    stage.destination("one", thumbnails=True)
    stage.destination("two", runs=False)
    stage.aws.clock.advance(600)
    return stage


def test_a_card_has_what_an_operator_asks_for(
    two: Stage, console: Console, browser: FlaskClient
) -> None:
    two.declare(
        "one", "schedule: {timezone: UTC, windows: [{days: [mon], start: '09:00', stop: '17:30'}]}"
    )
    console.poller.poll()
    page = text(browser, "/")
    card = page.partition('id="card-one"')[2].partition("</article>")[0]
    assert ">live<" in card
    assert "30 fps" in card
    assert "Mb/s" in card
    assert "so far" in card
    assert re.search(r"(starts|stops) \w{3} \d\d \w{3} (09:00|17:30) UTC", card)
    assert 'data-action="stop"' in card
    assert 'data-action="restart"' in card
    assert 'href="/files/edit/one"' in card
    (url,) = re.findall(r'src="(/pictures/destination/[^"]+)"', card)
    picture = browser.get(url, base_url=ORIGIN)
    assert picture.mimetype == "image/jpeg"
    assert picture.data.startswith(b"\xff\xd8\xff")
    stopped = page.partition('id="card-two"')[2].partition("</article>")[0]
    assert 'data-action="start"' in stopped
    assert "No picture" in stopped
    flow = page.partition('id="flow-main"')[2].partition("</article>")[0]
    assert "/pictures/flow/main/" in flow


def test_no_page_shows_a_key(two: Stage, console: Console, browser: FlaskClient) -> None:
    console.poller.poll()
    pages = [*PAGES, "/files/edit/one", "/api/destinations/status", "/api/mediaconnect/flow/status"]
    shown = "".join(text(browser, path) for path in pages)
    assert [key for key in two.keys.values() if key in shown] == []


def test_what_was_read_is_shown_without_asking_aws(
    two: Stage, console: Console, browser: FlaskClient
) -> None:
    console.poller.poll()
    two.aws.calls.clear()
    for path in (*PAGES, "/api/destinations/status", "/api/mediaconnect/flow/status"):
        text(browser, path)
    assert list(two.aws.calls) == []


def test_before_the_first_reading_a_page_says_that_it_waits(browser: FlaskClient) -> None:
    for path in PAGES:
        text(browser, path)
    assert 'id="waiting"' in text(browser, "/")


def test_a_failing_aws_leaves_the_last_data_with_age_and_code(
    two: Stage, console: Console, browser: FlaskClient
) -> None:
    console.poller.poll()
    two.aws.load_faults(FaultPlan(calls=(CallFault(operation="medialive:*", fault="conflict"),)))
    console.poller.poll()
    page = text(browser, "/")
    assert "LUN417" in page.partition('id="failure"')[2].partition("</p>")[0]
    assert "Shown is what was read" in page
    assert 'id="card-one"' in page
    two.aws.load_faults(FaultPlan())
    console.poller.poll()
    assert 'id="failure"' not in text(browser, "/")


def test_an_unforeseen_error_does_not_end_the_poller(
    console: Console, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(console.poller, "_read", fail)
    console.poller.poll()
    assert "LUN463" in text(browser, "/")


def test_the_errors_of_files_are_shown_beside_the_streams(
    two: Stage, console: Console, browser: FlaskClient
) -> None:
    two.declare("one", "colour: red")
    console.poller.poll()
    page = text(browser, "/")
    assert "LUN100" in page
    assert 'id="card-one"' in page


def entry(time: str, kind: str, subject: str, **details: object) -> dict[str, object]:
    """Return a line of the history, as the watchdog writes it."""
    return {"time": time, "kind": kind, "subject": subject, **details}


def test_the_history_is_a_timeline_with_the_open_incidents(
    stage: Stage, console: Console, browser: FlaskClient
) -> None:
    logs = stage.stack.aws().client("logs")
    group = history_log_group("lunora-player", "local")
    logs.create_log_group(logGroupName=group)
    times = [
        (now() - dt.timedelta(hours=hours)).isoformat("T", "seconds") for hours in (30, 29, 2, 1)
    ]
    reason = "no video arrives <b>at its channel</b>"
    incident = {"reason": reason, "affected": ["one"], "opened": times[2], "restarts": 3}
    lines = (
        entry(times[0], "incident", "destination two", **{**incident, "change": "opened"}),
        entry(times[1], "incident", "destination two", **{**incident, "change": "closed"}),
        entry(times[2], "incident", "destination one", **{**incident, "change": "opened"}),
        entry(times[3], "start", "destination one", attempt=3),
    )
    timed = zip(map(dt.datetime.fromisoformat, times), lines, strict=True)
    history_log.write(logs, group, "watchdog", timed)
    console.poller.poll()
    page = text(browser, "/history")
    assert "start, attempt 3" in page
    assert "incident closed" in page
    assert page.count('class="day"') == len({time[:10] for time in times})
    opened = page.partition('id="incidents"')[2].partition("</section>")[0]
    assert "destination one" in opened
    assert "destination two" not in opened
    assert "&lt;b&gt;" in opened
    assert "3 starts by the watchdog" in opened
    assert "Open incidents" in text(browser, "/")


def test_a_picture_that_is_none_is_not_found(console: Console, browser: FlaskClient) -> None:
    text(browser, "/pictures/destination/nobody/0", 404)
    console.poller.poll()
    text(browser, "/pictures/flow/nobody/0", 404)


def part(page: str, element: str) -> str:
    return page.partition(f'id="{element}"')[2].partition("</article>")[0]


def still(*levels: int) -> Callable[[object], bytes]:
    """Return pictures that are always the same, of one colour."""
    stream = io.BytesIO()
    Image.new("RGB", (480, 270), levels).save(stream, "JPEG")
    return lambda _: stream.getvalue()


def test_a_black_picture_is_named_where_nothing_measures_it(
    two: Stage, console: Console, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two.aws._services.pictures, "captured", still(0, 0, 0))
    console.poller.poll()
    page = text(browser, "/")
    for element, subject in (("card-one", "input"), ("flow-main", "source")):
        assert ">degraded<" in part(page, element)
        assert f"the picture of its {subject} is black" in part(page, element)
    assert "black" not in part(page, "card-two")
    assert "1 stopped, 1 degraded" in page
    two.analyse_content()
    two.aws.clock.advance(240)
    console.poller.poll()
    page = text(browser, "/")
    assert "black" not in page, "what is measured is not judged by a picture"


def test_a_picture_that_stays_is_a_hint_and_no_fault(
    two: Stage, console: Console, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(two.aws._services.pictures, "captured", still(200, 120, 40))
    for _ in range(3):
        console.poller.poll()
        assert "is the same since" not in text(browser, "/")
        two.aws.clock.advance(25)
    console.poller.poll()
    page = text(browser, "/")
    for element in ("card-one", "flow-main"):
        assert ">live<" in part(page, element)
        assert "is the same since" in part(page, element)
        assert "frozen or still" in part(page, element)


def test_events_tell_of_each_change(console: Console, browser: FlaskClient) -> None:
    answer = browser.get("/events", base_url=ORIGIN, buffered=False)
    assert answer.mimetype == "text/event-stream"
    stream = iter(answer.response)
    first = next(stream)
    console.poller.announce()
    second = next(stream)
    assert str(first).startswith("b'data: ") or str(first).startswith("data: ")
    assert first != second
    console.poller.end()
    answer.close()
