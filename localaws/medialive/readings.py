"""Readings of the behaviours of MediaLive that are disputed, or that no source describes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from catalog.errors import LunoraError

DISPUTED: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("readings.yaml").read_text(encoding="utf-8")
)
"""Name of a behaviour -> its readings, its default, its sources."""


def others() -> dict[str, str]:
    """Return of every behaviour the first reading that is not its default."""
    return {
        name: next(each for each in behaviour["readings"] if each != behaviour["default"])
        for name, behaviour in DISPUTED.items()
    }


class Readings:
    """The readings in force.

    Args:
        chosen: reading by name of a behaviour, where it is not the default.

    Raises:
        LunoraError: LUN514, for a name or reading that readings.yaml does not have.
    """

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._initial = _checked(chosen or {})
        self._chosen = dict(self._initial)

    def __getitem__(self, name: str) -> str:
        """Return the reading of the behaviour of that name."""
        return self._chosen.get(name, str(DISPUTED[name]["default"]))

    def choose(self, chosen: Mapping[str, str]) -> None:
        """Follow *chosen* from now on, beside what was chosen before.

        Raises:
            LunoraError: as the constructor; nothing is chosen then.
        """
        self._chosen |= _checked(chosen)

    def reset(self) -> None:
        """Follow again what the constructor was given."""
        self._chosen = dict(self._initial)

    def in_force(self) -> dict[str, str]:
        """Return the reading of every behaviour."""
        return {name: self[name] for name in DISPUTED}


def _checked(chosen: Mapping[str, str]) -> dict[str, str]:
    for name, reading in chosen.items():
        if name not in DISPUTED:
            raise LunoraError(
                "LUN514",
                f"no disputed behaviour is named {name}",
                remedy=f"there are {', '.join(DISPUTED)}",
            )
        readings = DISPUTED[name]["readings"]
        if reading not in readings:
            raise LunoraError(
                "LUN514",
                f"{name} has no reading {reading}",
                remedy=f"give one of {', '.join(readings)}",
            )
    return dict(chosen)
