"""Readings of MediaLive's disputed behaviours that a bench runs under."""

from __future__ import annotations

from enum import StrEnum

from localaws.medialive import readings


class Readings(StrEnum):
    """Those of localaws/medialive/readings.yaml: all defaults, or another of each behaviour."""

    DEFAULT = "default"
    OTHERS = "others"

    @property
    def chosen(self) -> dict[str, str]:
        """The readings of an emulator."""
        return readings.others() if self is Readings.OTHERS else {}

    def of_figures(self, name: str, title: str, command: str) -> tuple[str, str, str]:
        """Return name, title and command of figures, of their own where it is not the default."""
        if self is Readings.DEFAULT:
            return name, title, command
        return f"{name}-{self}", f"{title}, other readings", f"{command} --readings {self}"
