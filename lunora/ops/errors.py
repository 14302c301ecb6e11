"""Errors of operations on destinations."""

from __future__ import annotations

from collections.abc import Collection

from catalog.diagnostics import did_you_mean
from catalog.errors import LunoraError
from lunora.ops.desired_state import DesiredState
from provider.resource import ResourceError


class UnknownDestinationError(LunoraError):
    """No destination has the requested name."""

    def __init__(self, name: str, known_names: Collection[str]) -> None:
        suggestion = did_you_mean(name, known_names)
        super().__init__("LUN450", f'there is no destination "{name}"{suggestion}')


class ControlError(LunoraError):
    """A destination cannot be started or stopped."""

    @classmethod
    def of_cause(
        cls, desired: DesiredState, destination: str, cause: str, *, remedy: str = ""
    ) -> ControlError:
        """Return the error of *cause*, with the command's own code."""
        action = f"{control_verb(desired)} {destination}"
        return cls("LUN451", f"cannot {action}: {cause}", remedy=remedy)

    @classmethod
    def of_resource_error(cls, error: ResourceError) -> ControlError:
        """Return *error* with its code, message and remedy."""
        return cls(error.code, error.message, remedy=error.remedy)


def control_verb(desired: DesiredState) -> str:
    """Return the command that brings a destination to *desired*."""
    return "start" if desired == "running" else "stop"


def require_known(name: str, known_names: Collection[str]) -> None:
    """Check that *name* is one of *known_names*.

    Raises:
        UnknownDestinationError: when it is not.
    """
    if name not in known_names:
        raise UnknownDestinationError(name, known_names)
