"""Automatic input failover: which input of a pair is the active one.

MediaLive API reference, AutomaticInputFailoverSettings: a failover after a condition has lasted
for its threshold; back to a preferred primary once it was healthy for the clear time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localaws.history import is_lost, since
from localaws.resource import StateChange

History = Sequence[StateChange]

# Where the settings give nothing. MediaLive user guide, aif-behavior-startup: failover after 3
# seconds; an input that is healthy again "for more than 30 seconds" is marked as healthy.
_LOSS_MS = 3_000
_CLEAR_MS = 30_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two inputs, of which the second takes over.

    Attributes:
        primary: id of the input.
        secondary: likewise.
        loss: seconds without content after which the other one takes over.
        clear: seconds with content after which the primary is healthy.
    """

    primary: str
    secondary: str
    loss: float
    clear: float

    def primary_is_active(
        self, primary: Sequence[History], secondary: Sequence[History], time: float
    ) -> bool:
        """Tell whether the primary is active at *time*, from the histories of the flows of each."""
        if _lost_for(secondary, time) > 0:
            return True
        lost = _lost_for(primary, time)
        if lost > 0:
            return lost < self.loss
        return min((_arrives_for(feed, time) for feed in primary), default=0.0) >= self.clear


def pairs(attachments: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    """Return the failover pairs of a channel's input attachments."""
    for attachment in attachments:
        settings = attachment.get("AutomaticInputFailoverSettings")
        if settings is not None:
            yield Pair(
                attachment["InputId"],
                settings["SecondaryInputId"],
                _loss_ms(settings) / 1000,
                settings.get("ErrorClearTimeMsec", _CLEAR_MS) / 1000,
            )


def _loss_ms(settings: Mapping[str, Any]) -> float:
    for condition in settings.get("FailoverConditions", []):
        loss = condition["FailoverConditionSettings"].get("InputLossSettings")
        if loss is not None:
            return float(loss.get("InputLossThresholdMsec", _LOSS_MS))
    return _LOSS_MS


def _lost_for(feeding: Sequence[History], time: float) -> float:
    """Return for how long none of them arrives; without end where there is none."""
    return min((time - since(feed, time, is_lost) for feed in feeding), default=float("inf"))


def _arrives_for(history: History, time: float) -> float:
    """Return for how long it has arrived; without end where it was never lost."""
    begin = since(history, time, lambda moment: not is_lost(moment))
    was_lost = any(is_lost(moment) for moment in history if moment.time <= begin)
    return time - begin if was_lost else float("inf")
