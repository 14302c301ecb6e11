"""A preview of the files in the background, described as `lunora plan` does."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from catalog.errors import LunoraError
from lunora import pulumi_cli
from lunora.aws_errors import aws_error
from lunora.plan.stack_review import stack_review
from lunora.render.plan import markdown
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class Preview:
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
        self._last = Preview()

    @property
    def last(self) -> Preview:
        """The last preview."""
        return self._last

    def begin(self) -> None:
        """Begin one.

        Raises:
            LunoraError: when one is under way.
        """
        with self._lock:
            if self._last.running:
                raise LunoraError("LUN461", "a preview is under way", remedy="wait for its end")
            self._last = Preview(running=True)
        self._changed()
        threading.Thread(target=self.run, name="preview", daemon=True).start()

    def run(self) -> None:
        """Make a preview, and keep its description."""
        try:
            text = markdown(stack_review(self._stack, self._preview(self._stack.name)))
            done = Preview(markdown=text, time=self._clock())
        except LunoraError as error:
            done = Preview(error=str(error), time=self._clock())
        except (ClientError, BotoCoreError) as error:
            done = Preview(error=str(aws_error(error)), time=self._clock())
        self._last = done
        self._changed()
