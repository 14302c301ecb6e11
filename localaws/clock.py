"""Time in the emulator: how long transitions take, and when they are over."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from catalog.errors import LunoraError

_FIGURES = Path(__file__).with_name("latency.yaml")


@dataclass(frozen=True, slots=True)
class Latency:
    """A latency profile.

    Attributes:
        looks: how many answers show a transient state before it may be over.
        unseen: seconds after which it is over although nobody looked so often.
        seconds: by transition, for example `channel.start`.
    """

    looks: int
    unseen: float
    seconds: Mapping[str, float]

    @classmethod
    def named(cls, profile: str) -> Latency:
        """Return a profile of latency.yaml.

        Raises:
            LunoraError: LUN514, when there is none of that name.
        """
        profiles = yaml.safe_load(_FIGURES.read_text(encoding="utf-8"))["profiles"]
        if profile not in profiles:
            raise LunoraError(
                "LUN514",
                f"no latency profile is named {profile}",
                remedy=f"there are {', '.join(profiles)}",
            )
        figures = profiles[profile]
        return cls(figures["looks"], figures["unseen"], figures.get("seconds", {}))


@dataclass(slots=True)
class Transition:
    """On its way to *target*: not before *due*, nor before it was looked at *looks* times."""

    target: str
    due: float
    looks: int


class Clock:
    """Seconds and dates, and the transitions that take time.

    Args:
        latency: how long they take.
        now: seconds since the epoch; a test replaces it.
        speed: how much faster time passes here.
    """

    def __init__(
        self, latency: Latency, now: Callable[[], float] = time.time, speed: float = 1.0
    ) -> None:
        self._latency, self._real_now, self._speed = latency, now, speed
        self._began = now()
        self._ahead = 0.0

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return self._began + (self._real_now() - self._began) * self._speed + self._ahead

    def ahead_of_machine(self) -> float:
        """Return by how many seconds it runs ahead of the machine's clock, the callers'."""
        return self.now() - time.time()

    def advance(self, seconds: float) -> None:
        """Let time pass at once."""
        self._ahead += seconds

    def reset(self) -> None:
        """Take back all that was advanced."""
        self._ahead = 0.0

    def catch_up(self, time: float) -> None:
        """Go on from *time*, if that is ahead."""
        self._ahead += max(time - self.now(), 0.0)

    def date(self) -> dt.datetime:
        """Return the time of day, in UTC."""
        return dt.datetime.fromtimestamp(self.now(), dt.UTC)

    def begin(self, transition: str, target: str, time: float | None = None) -> Transition:
        """Begin a *transition* (`channel.start`) that ends in the state *target*.

        It begins at the second *time*, by default now.
        """
        seconds = self._latency.seconds.get(transition, 0.0)
        begun = self.now() if time is None else time
        return Transition(target, begun + seconds, self._latency.looks)

    def over_at(self, transition: Transition) -> float:
        """Return when it is over although nobody looks."""
        return transition.due + self._latency.unseen

    def is_over(self, transition: Transition, *, looking: bool = True) -> bool:
        """Tell whether it has ended for who is *looking*, or although nobody is."""
        waited = 0.0 if looking and transition.looks <= 0 else self._latency.unseen
        return self.now() >= transition.due + waited
