"""The state that the datapoints of a metric alarm put it in, and its reason in words.

CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms treat missing
data", with both of its tables. The row `- - - - X` of 3 out of 3 was in the table up to 2020; now
the guide only says that it is not ALARM. The words are those of published notifications.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

EXTRA_PERIODS: Final = 2
"""Datapoints that are retrieved beyond EvaluationPeriods.

The guide's example retrieves 5 for 3; for other periods it names no number (unverified).
"""

COMPARISONS: Final[Mapping[str, tuple[Callable[[float, float], bool], str]]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}

_WORDS = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


@dataclass(frozen=True, slots=True)
class Condition:
    """The comparison of a metric alarm.

    Attributes:
        needed: DatapointsToAlarm.
        periods: EvaluationPeriods.
        missing: TreatMissingData.
    """

    comparison: str
    threshold: float
    needed: int
    periods: int
    missing: str

    def breaches(self, value: float) -> bool:
        """Tell whether *value* crosses the threshold."""
        return COMPARISONS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Datapoint:
    """A period with its value.

    Attributes:
        time: its begin, in seconds since the epoch.
        value: None for a missing one.
    """

    time: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The state of an alarm, with its reason.

    Attributes:
        recent: values of the real datapoints that were evaluated, the newest last.
        start: begin of the oldest of them.
    """

    state: str
    reason: str
    recent: tuple[float, ...] = ()
    start: float | None = None


def judge(datapoints: Sequence[Datapoint], condition: Condition) -> Judgement | None:
    """Return the state that *datapoints*, the oldest first, put an alarm in.

    Returns:
        None where the alarm keeps its state, whichever it is.
    """
    real = [point for point in datapoints if point.value is not None][-condition.periods :]
    missing = condition.periods - len(real)
    breaching = sum(condition.breaches(point.value or 0.0) for point in real)
    if not missing or condition.missing in _WORDS:
        filled = missing if condition.missing == "breaching" else 0
        crossed = breaching + filled >= condition.needed
        return _judgement(real, condition, ALARM if crossed else OK)
    if breaching >= condition.needed:
        return _judgement(real, condition, ALARM)
    if breaching < len(real):
        return _judgement(real, condition, OK)
    if condition.missing == "ignore":
        return None
    if real and _is_old_enough(datapoints, condition):
        return _judgement(real, condition, ALARM)
    return Judgement(INSUFFICIENT_DATA, _unknown(missing))


def _is_old_enough(datapoints: Sequence[Datapoint], condition: Condition) -> bool:
    """Tell whether the oldest breaching datapoint is as old as there have to be datapoints.

    User guide, "Avoiding premature transitions to alarm state".
    """
    ages = [
        age
        for age, point in enumerate(reversed(datapoints), start=1)
        if point.value is not None and condition.breaches(point.value)
    ]
    return max(ages, default=0) >= condition.needed


def _judgement(real: Sequence[Datapoint], condition: Condition, state: str) -> Judgement:
    reason = _reason(real, condition, state)
    values = tuple(point.value for point in real if point.value is not None)
    return Judgement(state, reason, values, real[0].time if real else None)


def _reason(real: Sequence[Datapoint], condition: Condition, state: str) -> str:
    periods, missing = condition.periods, condition.periods - len(real)
    filled = missing and condition.missing in _WORDS
    treated = f" and {_count(missing, 'missing datapoint')} {'was' if missing == 1 else 'were'}"
    suffix = f"{treated} treated as [{_WORDS.get(condition.missing)}]" if filled else ""
    if not real:
        return (
            f"Threshold Crossed: no datapoints were received for {_count(periods, 'period')}"
            f"{suffix}."
        )
    crossing = [
        point for point in real if condition.breaches(point.value or 0.0) is (state == ALARM)
    ] or list(real)
    shown = ", ".join(
        f"{point.value!r} ({dt.datetime.fromtimestamp(point.time, dt.UTC):%d/%m/%y %H:%M:%S})"
        for point in reversed(crossing)
    )
    verb = "was" if len(crossing) == 1 else "were"
    negation = "" if state == ALARM else " not"
    least = condition.needed if state == ALARM else periods - condition.needed + 1
    origin = OK if state == ALARM else ALARM
    minimum = f" (minimum {_count(least, 'datapoint')} for {origin} -> {state} transition)"
    return (
        f"Threshold Crossed: {len(crossing)} out of the last {_count(periods, 'datapoint', 's')} "
        f"[{shown}] {verb}{negation} {COMPARISONS[condition.comparison][1]} the threshold "
        f"({condition.threshold!r}){suffix}{minimum}."
    )


def _unknown(missing: int) -> str:
    verb = "was" if missing == 1 else "were"
    return f"Insufficient Data: {_count(missing, 'datapoint')} {verb} unknown."


def _count(number: int, noun: str, always: str = "") -> str:
    return f"{number} {noun}{always or ('' if number == 1 else 's')}"


def reason_data(judgement: Judgement, condition: Condition) -> dict[str, Any]:
    """Return the part of the machine-readable reason that the datapoints give.

    User guide, "Alarm events and EventBridge".
    """
    return {"recentDatapoints": list(judgement.recent), "threshold": condition.threshold}
