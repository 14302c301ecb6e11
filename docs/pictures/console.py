"""Draw the picture of the console: its page in a real browser."""

from __future__ import annotations

import contextlib
import tempfile
import threading
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from lunora.console import server
from lunora.stack import Stack
from lunora.terminal import now
from tests.support.browser import missing, opened
from tests.support.workspace import STACK, Workspace

_WIDTH, _HEIGHT = 1280, 1120
_SECONDS = 60


def draw_console(stack: Workspace, picture: Path) -> None:
    """Save the overview of *stack* as *picture*; leave it as it is where there is no browser."""
    if missing():
        return
    with contextlib.chdir(stack.folder), tempfile.TemporaryDirectory() as profile:
        listening = server.listen(0)
        parts = server.build(Stack.read(Path(), STACK), listening.server_port, 600.0, now)
        thread = threading.Thread(target=server.serve, args=(listening, parts))
        thread.start()
        try:
            with opened(Path(profile)) as browser:
                browser.set_window_size(_WIDTH, _HEIGHT)
                browser.get(parts.access.address)
                WebDriverWait(browser, _SECONDS).until(_is_complete)
                browser.save_screenshot(str(picture))
                shown = [key for key in stack.keys.values() if key in browser.page_source]
        finally:
            listening.shutdown()
            thread.join()
    if shown:
        picture.unlink()
        raise SystemExit("the console shows a key; nothing was drawn")


def _is_complete(browser: Chrome) -> bool:
    images = browser.find_elements(By.TAG_NAME, "img")
    loaded = "return arguments[0].complete && arguments[0].naturalWidth > 0"
    live = browser.find_element(By.ID, "link").text == "live"
    return live and bool(images) and all(browser.execute_script(loaded, each) for each in images)
