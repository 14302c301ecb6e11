"""The page in a real browser: what is there, live, and no key."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from localaws.server import EmbeddedAws
from tests.support.medialive import idle_channel, settle

# Chromium looks nothing up and needs no sandbox, which root has none of.
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1100",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Debian's Chromium."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("Debian's chromium and chromium-driver are not installed")
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    with Chrome(options, ChromeService(driver)) as opened:
        yield opened


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
