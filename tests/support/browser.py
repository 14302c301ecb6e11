"""Debian's Chromium, driven by Selenium."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions, ChromeService

# Chromium looks nothing up and needs no sandbox, which root has none of.
_FLAGS = (
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


def missing() -> str:
    """Return why no browser can be opened; empty where one can."""
    installed = shutil.which("chromium") and shutil.which("chromedriver")
    return "" if installed else "Debian's chromium and chromium-driver are not installed"


def of_module(factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """Yield a browser for a fixture; where none can be opened its tests are skipped."""
    if reason := missing():
        pytest.skip(reason)
    with opened(factory.mktemp("browser")) as browser:
        yield browser


@contextlib.contextmanager
def opened(profile: Path) -> Iterator[Chrome]:
    """Open a browser with its profile in the empty folder *profile*."""
    options = ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    with Chrome(options, ChromeService(shutil.which("chromedriver"))) as browser:
        yield browser


@contextlib.contextmanager
def narrow(browser: Chrome) -> Iterator[None]:
    """Give the browser the width of a telephone."""
    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@contextlib.contextmanager
def dark(browser: Chrome) -> Iterator[None]:
    """Let the browser prefer dark colours."""
    preference = {"name": "prefers-color-scheme", "value": "dark"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [preference]})
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
