"""An alarm: its configuration, its state and its history."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from localaws.alarms import metric_math, rules
from localaws.alarms.states import INSUFFICIENT_DATA, Condition

_MINUTE = 60
CREATED: Final = "Unchecked: Initial alarm creation"


def stamp(time: float) -> str:
    """Return *time* as CloudWatch writes it in notifications and events."""
    date = dt.datetime.fromtimestamp(time, dt.UTC)
    return f"{date:%Y-%m-%dT%H:%M:%S}.{date.microsecond // 1000:03}+0000"


@dataclass(frozen=True, slots=True)
class State:
    """A state of an alarm.

    Attributes:
        time: since when, in seconds since the epoch.
        data: the machine-readable reason, as JSON; None before the first evaluation.
    """

    value: str
    reason: str
    time: float
    data: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """An entry of DescribeAlarmHistory."""

    alarm: str
    composite: bool
    time: float
    kind: str
    summary: str
    data: str


@dataclass(slots=True)
class Suppression:
    """The hold on the actions of a composite alarm.

    Attributes:
        by: `Alarm`, `WaitPeriod` or `ExtensionPeriod`; None when nothing does.
        until: end of the period, in seconds since the epoch.
        pending: the change whose actions were not taken yet.
    """

    by: str | None = None
    until: float | None = None
    pending: tuple[State, State] | None = None


@dataclass(slots=True)
class Alarm:
    """An alarm.

    Attributes:
        configuration: members of PutMetricAlarm or PutCompositeAlarm, without tags.
        composite: whether it looks at other alarms.
        configured: when it was made or changed last.
        checked: when it was evaluated last.
        stale: whether it has to be evaluated although no data has changed.
    """

    alarm_arn: str
    configuration: dict[str, Any]
    composite: bool
    configured: float
    state: State
    checked: float
    suppression: Suppression = field(default_factory=Suppression)
    stale: bool = True

    @classmethod
    def create(
        cls, arn: str, configuration: dict[str, Any], time: float, *, composite: bool
    ) -> Alarm:
        """Return a new alarm: INSUFFICIENT_DATA until it is evaluated."""
        state = State(INSUFFICIENT_DATA, CREATED, time)
        return cls(arn, configuration, composite, time, state, checked=time)

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.configuration["AlarmName"])

    @property
    def kind(self) -> str:
        """Its type, as the API calls it."""
        return "CompositeAlarm" if self.composite else "MetricAlarm"

    @property
    def alarm_actions(self) -> list[str]:
        """Its actions on ALARM."""
        return self.actions("ALARM")

    def actions(self, state: str) -> list[str]:
        """Return its actions when it enters *state*."""
        member = {"ALARM": "AlarmActions", "OK": "OKActions"}
        return list(self.configuration.get(member.get(state, "InsufficientDataActions"), []))

    @property
    def acts(self) -> bool:
        """Permission of its actions: those of a disabled one are not taken."""
        return bool(self.configuration.get("ActionsEnabled", True))

    @property
    def rule(self) -> rules.Rule:
        """The rule of a composite alarm."""
        return rules.parse(self.configuration["AlarmRule"])

    @property
    def suppressor(self) -> str:
        """Name of the alarm that suppresses its actions; empty without one."""
        reference = str(self.configuration.get("ActionsSuppressor", ""))
        return reference.split(":", 6)[6] if reference.startswith("arn:") else reference

    @property
    def condition(self) -> Condition:
        """The comparison of a metric alarm."""
        periods = int(self.configuration["EvaluationPeriods"])
        return Condition(
            self.configuration["ComparisonOperator"],
            float(self.configuration["Threshold"]),
            int(self.configuration.get("DatapointsToAlarm") or periods),
            periods,
            self.configuration.get("TreatMissingData") or "missing",
        )

    @property
    def period(self) -> int:
        """Seconds of a datapoint of a metric alarm; the longest where its metrics differ."""
        periods = [
            query.get("MetricStat", {}).get("Period") or query.get("Period") or 0
            for query in self.configuration.get("Metrics") or []
        ]
        return int(self.configuration.get("Period") or max(periods, default=0) or _MINUTE)

    @property
    def step(self) -> int:
        """Seconds between two evaluations.

        User guide, "High-resolution alarms": every 10 s for periods under a minute.
        """
        return 10 if self.period < _MINUTE else _MINUTE

    @property
    def queries(self) -> list[Mapping[str, Any]]:
        """The metrics and expressions of a metric alarm, as MetricDataQueries."""
        if self.configuration.get("Metrics"):
            return list(self.configuration["Metrics"])
        metric = {
            key: self.configuration[key]
            for key in ("Namespace", "MetricName", "Dimensions")
            if key in self.configuration
        }
        stat = {
            "Metric": metric,
            "Period": self.period,
            "Stat": self.statistic,
            "Unit": self.configuration.get("Unit"),
        }
        return [{"Id": "m1", "MetricStat": stat, "ReturnData": True}]

    @property
    def statistic(self) -> str:
        """The statistic of an alarm on a single metric; empty for others."""
        configuration = self.configuration
        return str(configuration.get("Statistic") or configuration.get("ExtendedStatistic") or "")

    def expressions(self) -> dict[str, metric_math.Expression]:
        """Return its expressions, parsed, by id."""
        return {
            query["Id"]: metric_math.parse(query["Expression"])
            for query in self.configuration.get("Metrics") or []
            if query.get("Expression")
        }

    def described(self) -> dict[str, Any]:
        """Return it as DescribeAlarms shows it."""
        shown = {
            "ActionsEnabled": True,
            **{key: [] for key in ("OKActions", "AlarmActions", "InsufficientDataActions")},
            **({} if self.composite else {"Dimensions": []}),
            **self.configuration,
            "AlarmArn": self.alarm_arn,
            "AlarmConfigurationUpdatedTimestamp": _date(self.configured),
            "StateValue": self.state.value,
            "StateReason": self.state.reason,
            "StateReasonData": self.state.data,
            "StateUpdatedTimestamp": _date(self.state.time),
            "StateTransitionedTimestamp": _date(self.state.time),
        }
        if self.suppression.by is not None:
            shown["ActionsSuppressedBy"] = self.suppression.by
            shown["ActionsSuppressedReason"] = f"Actions suppressed by {self.suppression.by}"
        return {key: value for key, value in shown.items() if value is not None}


def compact(members: object) -> str:
    """Return *members* as the JSON that CloudWatch writes."""
    return json.dumps(members, separators=(",", ":"))


def _date(time: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(time, dt.UTC)
