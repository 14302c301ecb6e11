"""Automatic input failover: which input of a pair is the active one.

MediaLive API reference, AutomaticInputFailoverSettings: a failover after a condition has lasted
for its threshold; back to a preferred primary once it was healthy for the clear time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from localaws.history import is_lost, since
from localaws.resource import StateChange

History = Sequence[StateChange]
Holds = Callable[[StateChange], bool]

# Where the settings give nothing. MediaLive user guide, aif-behavior-startup: failover after 3
# seconds; an input that is healthy again "for more than 30 seconds" is marked as healthy.
_LOSS_MS = 3_000
_CLEAR_MS = 30_000
# The shortest that botocore's model allows, for it names no default; unverified.
_CONTENT_MS = 1_000


def _shows(condition: str) -> Holds:
    """Return whether a flow passes on something in this *condition*."""
    return lambda moment: not is_lost(moment) and condition in moment.conditions


_KINDS: Final[Mapping[str, tuple[str, int, Holds]]] = {
    "InputLossSettings": ("InputLossThresholdMsec", _LOSS_MS, is_lost),
    "VideoBlackSettings": ("VideoBlackThresholdMsec", _CONTENT_MS, _shows("black-frames")),
    "AudioSilenceSettings": ("AudioSilenceThresholdMsec", _CONTENT_MS, _shows("silent-audio")),
}
"""Failover conditions: member of their time, its default, and what holds while they last.

botocore, AudioSilenceFailoverSettings: "audio loss or audio quieter than -50 dBFS". The emulator
has no audio loss apart from a lost source.
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition after whose time the other input takes over.

    Attributes:
        holds: whether a flow is in it.
        seconds: its time.
    """

    holds: Holds
    seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Two inputs, of which the second takes over.

    Attributes:
        primary: id of the input.
        secondary: likewise.
        conditions: of a failover.
        clear: seconds without any condition after which the primary is healthy.
    """

    primary: str
    secondary: str
    conditions: tuple[Condition, ...]
    clear: float

    @property
    def slowest(self) -> float:
        """Seconds of the condition that takes longest."""
        return max(condition.seconds for condition in self.conditions)

    def primary_is_active(
        self, primary: Sequence[History], secondary: Sequence[History], time: float
    ) -> bool:
        """Tell whether the primary is active at *time*, from the histories of the flows of each."""
        if any(_held_for(secondary, time, condition.holds) > 0 for condition in self.conditions):
            return True
        durations = [_held_for(primary, time, condition.holds) for condition in self.conditions]
        if any(durations):
            return all(
                seconds < condition.seconds
                for seconds, condition in zip(durations, self.conditions, strict=True)
            )
        healthy = (_healthy_for(feed, time, self._is_unhealthy) for feed in primary)
        return min(healthy, default=0.0) >= self.clear

    def _is_unhealthy(self, moment: StateChange) -> bool:
        return any(condition.holds(moment) for condition in self.conditions)


def pairs(attachments: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    """Return the failover pairs of a channel's input attachments."""
    for attachment in attachments:
        settings = attachment.get("AutomaticInputFailoverSettings")
        if settings is not None:
            yield Pair(
                attachment["InputId"],
                settings["SecondaryInputId"],
                tuple(_conditions(settings)),
                settings.get("ErrorClearTimeMsec", _CLEAR_MS) / 1000,
            )


def _conditions(settings: Mapping[str, Any]) -> Iterator[Condition]:
    """Yield the conditions that *settings* list; the loss of the input where they list none."""
    listed = settings.get("FailoverConditions") or [
        {"FailoverConditionSettings": {"InputLossSettings": {}}}
    ]
    for entry in listed:
        for kind, given in entry["FailoverConditionSettings"].items():
            member, default, holds = _KINDS[kind]
            yield Condition(holds, (given or {}).get(member, default) / 1000)


def _held_for(feeding: Sequence[History], time: float, holds: Holds) -> float:
    """Return for how long all of them are in a condition; without end where there is none."""
    return min((time - since(feed, time, holds) for feed in feeding), default=float("inf"))


def _healthy_for(history: History, time: float, is_unhealthy: Holds) -> float:
    """Return for how long it has been healthy; without end where it always was."""
    begin = since(history, time, lambda moment: not is_unhealthy(moment))
    was_unhealthy = any(is_unhealthy(moment) for moment in history if moment.time <= begin)
    return time - begin if was_unhealthy else float("inf")
