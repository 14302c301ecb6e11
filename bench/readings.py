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
