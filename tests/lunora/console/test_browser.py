"""The console in a real browser: each button, the keyboard alone, a telephone, and axe's rules."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium.common import StaleElementReferenceException
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from localaws.faults import CallFault, FaultPlan
from lunora.console import server
from lunora.console.parts import Console
from lunora.console.preview import Previews
from lunora.terminal import now
from tests.support.browser import dark, narrow, of_module
from tests.support.stage import Stage

from .conftest import Stored

AXE = Path(__file__).parents[2] / "vendor/axe.min.js"
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
PAGES = ("/", "/history", "/files/new", "/files/edit/one", "/changes")
KEY = "live_made-up-key"
NOTHING_TO_DO = json.dumps({"config": {}, "steps": [], "changeSummary": {}})
_SECONDS = 60


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Debian's Chromium."""
    yield from of_module(tmp_path_factory)


@contextlib.contextmanager
def served(stage: Stage, stored: Stored) -> Iterator[Console]:
    """Serve a console of the stage's stack."""
    listening = server.listen(0)
    parts = server.build(stage.stack, listening.server_port, 600.0, now)
    previews = Previews(stage.stack, now, parts.poller.announce, lambda _: NOTHING_TO_DO)
    parts = dataclasses.replace(parts, store=stored.store, previews=previews)
    thread = threading.Thread(target=server.serve, args=(listening, parts))
    thread.start()
    try:
        yield parts
    finally:
        listening.shutdown()
        thread.join()


@pytest.fixture
def console(browser: Chrome, stage: Stage, stored: Stored) -> Iterator[Console]:
    """A console that the browser has opened: `one` is on air, `two` is stopped."""
    stage.destination("one", thumbnails=True)
    stage.destination("two", runs=False)
    stage.aws.clock.advance(600)
    with served(stage, stored) as parts:
        browser.get(parts.access.address)
        wait(browser, "#card-one")
        yield parts
        browser.get("about:blank")


def wait(browser: Chrome, selector: str, text: str = "") -> Any:
    """Wait for an element with *text* in it."""

    def look(page: Chrome) -> Any:
        return [
            element
            for element in page.find_elements(By.CSS_SELECTOR, selector)
            if text in element.text
        ]

    return WebDriverWait(browser, _SECONDS, ignored_exceptions=_GONE).until(look)[0]


# The page may renew an element while it is read.
_GONE = [StaleElementReferenceException]


def press(browser: Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def focused(browser: Chrome) -> str:
    return str(browser.execute_script("return document.activeElement.id"))


def tab_to(browser: Chrome, element: str) -> None:
    """Press the tabulator until the element has the focus."""
    for _ in range(60):
        if focused(browser) == element:
            return
        press(browser, Keys.TAB)
    raise AssertionError(f"the keyboard does not reach {element}")


def violations(browser: Chrome) -> list[str]:
    """Return the rules of axe that the page breaks."""
    source = AXE.read_text(encoding="utf-8")
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == AXE_SHA256
    browser.execute_script(source)
    broken: list[str] = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(result => done(result.violations.map("
        "each => `${each.id}: ${each.nodes.map(node => node.target).join(', ')}`)))"
    )
    return broken


def test_every_button_does_what_it_says(browser: Chrome, stage: Stage, console: Console) -> None:
    image = wait(browser, "#card-one img")
    loaded = "return arguments[0].complete && arguments[0].naturalWidth"
    WebDriverWait(browser, _SECONDS).until(lambda page: page.execute_script(loaded, image))
    wait(browser, "#link", "live")
    browser.execute_script("window.stays = true")

    wait(browser, "#stop-one").click()
    assert "Stop one?" in wait(browser, "#question").text
    browser.find_element(By.CSS_SELECTOR, "#confirm button[value=no]").click()
    assert console.operations.last() == {}

    wait(browser, "#restart-one").click()
    browser.find_element(By.ID, "yes").click()
    wait(browser, "#card-one .operation", "restart ended: RUNNING")
    assert stage.state("one") == "RUNNING"

    wait(browser, "#start-two").click()
    browser.find_element(By.ID, "yes").click()
    wait(browser, "#card-two .operation", "start ended: RUNNING")

    browser.find_element(By.ID, "pick-all").click()
    wait(browser, "#picked", "2 selected")
    for name in ("one", "two"):
        wait(browser, f"#stop-{name}")
    browser.find_element(By.ID, "group-stop").click()
    assert "Stop 2 destinations?" in wait(browser, "#question").text
    browser.find_element(By.ID, "yes").click()
    for name in ("one", "two"):
        wait(browser, f"#card-{name} .operation", "stop ended: IDLE")
    assert [stage.state(name) for name in ("one", "two")] == ["IDLE", "IDLE"]
    assert browser.find_element(By.ID, "pick-one").is_selected(), "a selection outlives a reading"

    stage.aws.load_faults(FaultPlan(calls=(CallFault(operation="medialive:*", fault="conflict"),)))
    browser.find_element(By.ID, "refresh").click()
    assert "LUN417" in wait(browser, "#failure").text
    assert "ago" in browser.find_element(By.CSS_SELECTOR, "#failure .age").text
    assert browser.find_elements(By.ID, "card-one")
    stage.aws.load_faults(FaultPlan())
    browser.find_element(By.ID, "refresh").click()
    wait(browser, "#summary")
    assert browser.execute_script("return window.stays") is True


def test_cards_are_selected_by_a_tag(browser: Chrome, stage: Stage, console: Console) -> None:
    stage.declare("two", "state: stopped", "tags: {event: launch night}")
    browser.find_element(By.ID, "refresh").click()
    wait(browser, "#tagged", "by tag")
    Select(browser.find_element(By.ID, "pick-tag")).select_by_visible_text("event=launch night")
    wait(browser, "#picked", "1 selected")
    assert browser.find_element(By.ID, "pick-two").is_selected()
    assert browser.find_element(By.ID, "group-start").is_enabled()
    assert not browser.find_element(By.ID, "group-stop").is_enabled()


def test_the_keyboard_alone_stops_a_stream(browser: Chrome, stage: Stage, console: Console) -> None:
    tab_to(browser, "stop-one")
    press(browser, Keys.ENTER)
    wait(browser, "#question", "Stop one?")
    press(browser, Keys.ESCAPE)
    assert focused(browser) == "stop-one"
    press(browser, Keys.ENTER)
    press(browser, Keys.ENTER)
    assert console.operations.last() == {}, "the first button is the one that does nothing"
    press(browser, Keys.ENTER, Keys.TAB)
    assert focused(browser) == "yes"
    press(browser, Keys.SPACE)
    wait(browser, "#card-one .operation", "stop ended: IDLE")
    assert stage.state("one") == "IDLE"


def test_a_question_right_after_another_waits_for_its_own_answer(
    browser: Chrome, stage: Stage, console: Console
) -> None:
    # In one task, so that the closing of the first is told only when the second is open.
    browser.execute_script(
        "const stop = document.getElementById('stop-one');"
        "stop.click(); document.querySelector('dialog').close('no'); stop.click();"
    )
    wait(browser, "#yes", "Stop one").click()
    wait(browser, "#card-one .operation", "stop ended: IDLE")
    assert console.operations.last().keys() == {"one"}
    assert stage.state("one") == "IDLE"


def test_a_file_is_written_with_its_key_and_previewed(
    browser: Chrome, stage: Stage, console: Console, stored: Stored
) -> None:
    browser.get(f"{console.access.origin}/files/new")
    wait(browser, "#findings .error", "LUN108")
    assert not browser.find_element(By.ID, "save").is_enabled()
    browser.find_element(By.ID, "name").send_keys("three")
    Select(browser.find_element(By.ID, "field-platform")).select_by_visible_text("twitch")
    wait(browser, "#patch .added", "+platform: twitch")
    text = browser.find_element(By.ID, "text")
    text.send_keys(Keys.END, "\ncolour: red")
    wait(browser, "#findings .error", "LUN100")
    text.send_keys(Keys.BACKSPACE * len("\ncolour: red"))
    WebDriverWait(browser, _SECONDS).until(
        lambda page: page.find_element(By.ID, "save").is_enabled()
    )
    assert "a month" in wait(browser, "#cost").text
    browser.find_element(By.ID, "key").send_keys(KEY)
    browser.find_element(By.ID, "save").click()
    wait(browser, "#name[readonly]")
    wait(browser, "#plan", "no destination changes")
    assert browser.current_url == f"{console.access.origin}/files/edit/three"
    assert browser.find_element(By.ID, "name").get_attribute("value") == "three"
    assert "platform: twitch" in (stage.folder / "destinations/three.yaml").read_text()
    assert stored == [("lunora-player", "local", "streamKeys.three", KEY)]
    wait(browser, "#run-preview").click()
    wait(browser, "#plan", "no destination changes")
    assert KEY not in browser.page_source


def test_pages_are_accessible_and_fit_a_telephone(browser: Chrome, console: Console) -> None:
    with narrow(browser):
        for scheme in (contextlib.nullcontext, dark):
            with scheme(browser):
                for path in PAGES:
                    check_page(browser, console.access.origin + path)


def check_page(browser: Chrome, url: str) -> None:
    browser.get(url)
    wait(browser, "#link", "live")
    page = "const page = document.documentElement; return [page.scrollWidth, innerWidth]"
    whole, seen = browser.execute_script(page)
    assert (url, whole <= seen <= 390) == (url, True)
    assert (url, violations(browser)) == (url, [])
