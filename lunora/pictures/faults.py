"""Black and unchanging pictures, judged from thumbnails where AWS measures neither.

A thumbnail is one moment of what goes in. A fade to black is black as well, and a still scene stays
the same: only a metric of AWS tells frozen from still, so an unchanging picture is a hint and no
fault. No picture shows silence, which is judged by audio levels.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from lunora.ops.flow_status import FlowStatus
from lunora.ops.health import DestinationObservation, Health
from lunora.ops.source_faults import content_measured
from lunora.ops.status import DestinationStatus, Overview, with_destinations
from lunora.ops.thumbnails import Picture
from lunora.pictures.image import grid

_THRESHOLDS: Final[Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("thresholds.yaml").read_text(encoding="utf-8")
)
_BRIGHTEST_BLACK: Final[int] = _THRESHOLDS["brightest_black"]
_LARGEST_NOISE: Final[int] = _THRESHOLDS["largest_noise"]
_FEWEST_PICTURES: Final[int] = _THRESHOLDS["fewest_pictures"]
_UNCHANGED = dt.timedelta(seconds=_THRESHOLDS["seconds"])
_LONGEST_GAP = dt.timedelta(seconds=_THRESHOLDS["longest_gap"])


@dataclass(frozen=True, slots=True)
class _Run:
    """Pictures that are all like the first.

    Attributes:
        cells: the grid of the first.
        begin: the time of the first.
        end: the time of the last.
        pictures: their number, each time counted once.
    """

    cells: bytes
    begin: dt.datetime
    end: dt.datetime
    pictures: int = 1

    def is_like(self, cells: bytes) -> bool:
        """Tell whether a picture with *cells* is the same."""
        pairs = zip(self.cells, cells, strict=True)
        return all(abs(before - after) <= _LARGEST_NOISE for before, after in pairs)

    def extended(self, time: dt.datetime) -> _Run:
        """Return the run with one more picture; one that was there before adds none."""
        if time <= self.end:
            return self
        return dataclasses.replace(self, end=time, pictures=self.pictures + 1)

    @property
    def is_long(self) -> bool:
        """True where it is too long for a camera that moves."""
        return self.pictures >= _FEWEST_PICTURES and self.end - self.begin >= _UNCHANGED


class PictureHistory:
    """The pictures of each subject, as far as they are like the last one."""

    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}

    def judged(self, pictures: Iterable[Picture]) -> tuple[Picture, ...]:
        """Return *pictures*, the next ones of their subjects, with what they show."""
        return tuple(self._judged(picture) for picture in pictures)

    def _judged(self, picture: Picture) -> Picture:
        run = self._runs.pop(picture.title, None)
        if not picture.jpeg:
            return picture
        cells = grid(picture.jpeg)
        if cells is None:
            return dataclasses.replace(picture, jpeg=b"", reason="AWS sent no JPEG as its picture")
        black = max(cells) <= _BRIGHTEST_BLACK
        if picture.time is None:
            return dataclasses.replace(picture, black=black)
        if run and run.is_like(cells) and picture.time - run.end <= _LONGEST_GAP:
            run = run.extended(picture.time)
        else:
            run = _Run(cells, picture.time, picture.time)
        self._runs[picture.title] = run
        same_since = run.begin if run.is_long else None
        return dataclasses.replace(picture, black=black, same_since=same_since)


def in_overview(current: Overview, pictures: Sequence[Picture]) -> Overview:
    """Return *current* with what *pictures* show of the destinations that are live."""
    destinations = [
        DestinationStatus(status.observation, _health(status, pictures, current.at))
        for status in current.destinations
    ]
    return with_destinations(current, tuple(destinations))


def in_flow(flow: FlowStatus, pictures: Iterable[Picture]) -> FlowStatus:
    """Return *flow* with what *pictures* show of its source, where that is live."""
    if flow.condition != "live":
        return flow
    black, reason = _finding(_of_flow(flow.key, pictures), flow.content_measured, "source")
    if black:
        return dataclasses.replace(
            flow, condition="degraded", severity="warning", reason=reason, since=None
        )
    return dataclasses.replace(flow, reason=reason)


def _health(status: DestinationStatus, pictures: Sequence[Picture], now: dt.datetime) -> Health:
    observation, health = status.observation, status.health
    if health.condition != "live" or observation.is_audio_only:
        return health
    series = observation.source if observation.takes_first_flow else None
    shown = _of_destination(observation, pictures)
    black, reason = _finding(shown, content_measured(series, now), "input")
    reason = "; ".join(filter(None, (health.reason, reason)))
    if black:
        return Health("degraded", "warning", reason)
    return dataclasses.replace(health, reason=reason)


def _of_destination(
    observation: DestinationObservation, pictures: Sequence[Picture]
) -> list[Picture]:
    """Return the pictures of what a destination takes in: of its channel, else of its flow."""
    own = [
        picture
        for picture in pictures
        if (picture.kind, picture.name) == ("destination", observation.name) and picture.jpeg
    ]
    if own or observation.flow is None or not observation.takes_first_flow:
        return own
    return _of_flow(observation.flow.key, pictures)


def _of_flow(key: str, pictures: Iterable[Picture]) -> list[Picture]:
    return [picture for picture in pictures if (picture.kind, picture.name) == ("flow", key)]


def _finding(
    pictures: Sequence[Picture], measured: Iterable[str], subject: str
) -> tuple[bool, str]:
    """Return whether a picture of *subject* is black, and what to say of it.

    Args:
        pictures: of one subject.
        measured: what AWS measures of it, which pictures do not overrule.
        subject: what goes in.
    """
    if "black" not in measured and any(picture.black for picture in pictures):
        return True, f"the picture of its {subject} is black"
    times = [picture.same_since for picture in pictures if picture.same_since]
    if "frozen" not in measured and times:
        since = f"{min(times).astimezone(dt.UTC):%H:%M} UTC"
        return False, f"the picture of its {subject} is the same since {since}: frozen or still"
    return False, ""
