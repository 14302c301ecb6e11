"""Errors of operations on destinations."""

from __future__ import annotations

from collections.abc import Collection

from catalog.diagnostics import did_you_mean
from catalog.errors import LunoraError
from lunora.ops.desired_state import DesiredState


class UnknownDestinationError(LunoraError):
    """No destination has the requested name."""

    def __init__(self, name: str, known_names: Collection[str]) -> None:
        suggestion = did_you_mean(name, known_names)
        super().__init__("LUN450", f'there is no destination "{name}"{suggestion}')


class ControlError(LunoraError):
    """A destination cannot be started or stopped."""

    def __init__(
        self, desired: DesiredState, destination: str, cause: str, *, remedy: str = ""
    ) -> None:
        command = "start" if desired == "running" else "stop"
        super().__init__("LUN451", f"cannot {command} {destination}: {cause}", remedy=remedy)


def require_known(name: str, known_names: Collection[str]) -> None:
    """Check that *name* is one of *known_names*.

    Raises:
        UnknownDestinationError: when it is not.
    """
    if name not in known_names:
        raise UnknownDestinationError(name, known_names)
