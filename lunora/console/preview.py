"""A preview of the files in the background, described as `lunora plan` does."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

from lunora import pulumi_cli
from lunora.console.failures import coded
from lunora.plan.stack_review import stack_review
from lunora.render.plan import markdown
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class PreviewRun:
    """The last preview.

    Attributes:
        running: whether it is under way.
        markdown: its description; empty while there is none.
        error: why there is none; empty where there is one.
        time: the time of its end.
    """

    running: bool = False
    markdown: str = ""
    error: str = ""
    time: dt.datetime | None = None


class Previews:
    """Previews of a stack, one at a time.

    Args:
        stack: the stack.
        clock: the time.
        changed: called when one begins and ends.
        preview: returns the document of `pulumi preview --json`.
    """

    def __init__(
        self,
        stack: Stack,
        clock: Callable[[], dt.datetime],
        changed: Callable[[], None],
        preview: Callable[[str], str] = pulumi_cli.preview,
    ) -> None:
        self._stack, self._clock, self._changed, self._preview = stack, clock, changed, preview
        self._lock = threading.Lock()
        self._last = PreviewRun()
        self._again = False

    @property
    def last(self) -> PreviewRun:
        """The last preview."""
        return self._last

    def begin(self) -> None:
        """Begin one; where one is under way, which may have read older files, after its end."""
        with self._lock:
            if self._last.running:
                self._again = True
                return
            self._last = PreviewRun(running=True)
        self._changed()
        threading.Thread(target=self.run, name="preview", daemon=True).start()

    def run(self) -> None:
        """Make a preview, and keep its description; again where somebody has asked meanwhile."""
        again = True
        while again:
            made = self._made()
            with self._lock:
                again, self._again = self._again, False
                self._last = PreviewRun(running=True) if again else made
            self._changed()

    def _made(self) -> PreviewRun:
        try:
            text = markdown(stack_review(self._stack, self._preview(self._stack.name)))
        except Exception as error:  # noqa: BLE001 - the pages must show it, and take another
            failure = coded(error, "LUN490", "make a preview")
            return PreviewRun(error=str(failure), time=self._clock())
        return PreviewRun(markdown=text, time=self._clock())
