"""The parts of a console, which its routes share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from lunora.console.files import StoreSecret
from lunora.console.operations import Operations
from lunora.console.poller import Poller
from lunora.console.preview import Previews
from lunora.console.security import Access
from lunora.stack import Stack


@dataclass(frozen=True, slots=True)
class Console:
    """The parts of the console.

    Attributes:
        stack: the stack.
        access: who may use it.
        poller: reads AWS.
        operations: starts and stops.
        previews: previews.
        clock: the time.
        store: stores a secret in the stack's configuration.
    """

    stack: Stack
    access: Access
    poller: Poller
    operations: Operations
    previews: Previews
    clock: Callable[[], dt.datetime]
    store: StoreSecret
