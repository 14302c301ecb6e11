"""The page in a real browser: what is there, live, and no key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from localaws.server import EmbeddedAws
from tests.support.browser import narrow, of_module
from tests.support.medialive import idle_channel, settle


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Debian's Chromium."""
    yield from of_module(tmp_path_factory)


def rows(browser: Chrome, table: str) -> list[list[str]]:
    """Return the cells of a table."""
    rows = browser.find_elements(By.CSS_SELECTOR, f"#{table} tbody tr")
    return [[cell.text for cell in row.find_elements(By.TAG_NAME, "td")] for row in rows]


def test_it_follows_what_happens_without_a_reload(
    embedded: EmbeddedAws, client: Callable[[str], Any], browser: Chrome
) -> None:
    medialive = client("medialive")
    browser.get(embedded.endpoint)
    assert browser.title == "Emulator"
    (flow,) = rows(browser, "flows")
    assert flow[:3] == ["lunora-player-local-srt-router", "ACTIVE", "srt-listener"]
    assert rows(browser, "channels") == []
    browser.execute_script("window.stays = true")

    channel = idle_channel(medialive, "launch")
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    embedded.trigger("output-lost", "launch")
    embedded.trigger("alert", "launch")
    shown = "//*[@id='channels']//td[.='output-lost']"
    WebDriverWait(browser, 20).until(lambda page: page.find_elements(By.XPATH, shown))
    (row,) = rows(browser, "channels")
    assert row[:6] == ["launch", "RUNNING", "ingest.example.org", "SINGLE_PIPELINE", "1", "1"]
    (item,) = rows(browser, "inputs")
    assert item[:2] == ["launch", "ATTACHED"]
    assert "medialive StartChannel" in browser.find_element(By.ID, "calls").text
    assert browser.execute_script("return window.stays") is True
    assert "made-up" not in browser.page_source


def test_names_are_text_and_nothing_else(
    embedded: EmbeddedAws, client: Callable[[str], Any], browser: Chrome
) -> None:
    name = "<script>document.title = 'taken'</script>"
    idle_channel(client("medialive"), name)
    browser.get(embedded.endpoint)
    assert rows(browser, "channels")[0][0] == name
    assert browser.title == "Emulator"


def submit(browser: Chrome, form: str, answer: str) -> str:
    """Press a form's button, answer the question, and return what the page says then."""
    browser.find_element(By.CSS_SELECTOR, f"#{form} button").click()
    question = browser.find_element(By.ID, "question").text
    assert question.endswith("?") or "? " in question
    browser.find_element(By.CSS_SELECTOR, f"#confirm button[value={answer}]").click()
    if answer == "no":
        return ""
    said = WebDriverWait(browser, 20).until(lambda page: page.find_element(By.ID, "result").text)
    browser.execute_script("document.getElementById('result').textContent = ''")
    return str(said)


def test_it_moves_the_clock_and_breaks_things_after_a_confirmation(
    embedded: EmbeddedAws, client: Callable[[str], Any], browser: Chrome
) -> None:
    medialive = client("medialive")
    channel = idle_channel(medialive, "launch")
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    with narrow(browser):
        browser.get(embedded.endpoint)
        now = browser.find_element(By.ID, "now")
        WebDriverWait(browser, 20).until(lambda _: now.text == "2026-03-02 00:00:00 UTC")
        browser.find_element(By.CSS_SELECTOR, "#controls summary").click()
        widths = (
            "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
        )
        whole, seen = browser.execute_script(widths)
        assert whole == seen <= 390

        assert submit(browser, "clock", "no") == ""
        assert now.text == "2026-03-02 00:00:00 UTC"
        assert submit(browser, "clock", "yes") == "done"
        WebDriverWait(browser, 20).until(lambda _: now.text == "2026-03-02 00:01:00 UTC")

        fault = browser.find_element(By.CSS_SELECTOR, "#break select")
        Select(fault).select_by_visible_text("output-lost")
        browser.find_element(By.CSS_SELECTOR, "#break input").send_keys("launch")
        assert submit(browser, "break", "yes") == "happened to launch"
        shown = "//*[@id='channels']//td[.='output-lost']"
        WebDriverWait(browser, 20).until(lambda page: page.find_elements(By.XPATH, shown))
        browser.find_element(By.CSS_SELECTOR, "#break input").send_keys("-none")
        assert "nothing of that name" in submit(browser, "break", "yes")

        assert submit(browser, "reset", "yes") == "done"
        WebDriverWait(browser, 20).until(lambda page: rows(page, "channels") == [])
