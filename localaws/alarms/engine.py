"""The evaluation of all alarms on the emulator's clock.

An alarm is evaluated at every minute at which its data can have changed, in order, however far the
clock moves at once. It rests while its evaluation range holds nothing that moves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from localaws.alarms import messages, metric_math
from localaws.alarms.alarm import Alarm, HistoryItem, State, Suppression, compact, stamp
from localaws.alarms.states import (
    ALARM,
    EXTRA_PERIODS,
    INSUFFICIENT_DATA,
    OK,
    Condition,
    Datapoint,
    Judgement,
    judge,
    reason_data,
)
from localaws.alarms.statistics import Identity, MetricStat, Sample, least_samples, statistic
from localaws.history import Movement

# CloudWatch API reference, DescribeAlarmHistory: available for 30 days.
_HISTORY_SECONDS = 30 * 86400
_NEVER = math.inf
_SHORTEST_STEP = 10
# A transition that nobody looked at is known this much later at most.
_LATE_SECONDS = 120


class Measurements(Protocol):
    """The metrics of the emulator, on its own clock."""

    def samples(self, region: str, stat: MetricStat, start: float, end: float) -> Sequence[Sample]:
        """Return the samples of *stat* from *start* up to, but not at, *end*."""

    def movement(self, region: str, key: Identity, time: float) -> Movement:
        """Return when a metric changes around *time*."""

    def news(self) -> object:
        """Return what differs after any change of any metric."""

    def is_settled(self, key: Identity) -> bool:
        """Tell whether nothing of a metric comes late."""


class Outlet(Protocol):
    """Carries the messages of alarms."""

    def act(self, alarm: Alarm, action: str, message: Mapping[str, Any], text: str) -> str | None:
        """Take an *action*, an ARN; returns why that failed, None when it did not."""

    def emit(self, alarm: Alarm, region: str, detail: Mapping[str, Any]) -> None:
        """Send the event of a change of state."""


class Alarms:
    """All alarms, by region and name.

    Args:
        now: the emulator's time, in seconds since the epoch.
        measurements: what they look at.
        outlet: carries what they tell.
        account: in which they are.

    Attributes:
        history: by region, the oldest item first; of deleted alarms too.
        replaying: while requests of an earlier run are played again, nothing is told.
    """

    def __init__(
        self, now: Callable[[], float], measurements: Measurements, outlet: Outlet, account: str
    ) -> None:
        self._now, self._measurements, self._outlet = now, measurements, outlet
        self._account = account
        self.regions: dict[str, dict[str, Alarm]] = {}
        self.history: dict[str, list[HistoryItem]] = {}
        self.replaying = False
        # Nothing is due before this, unless somebody changes an alarm or what it measures.
        self._quiet_until = -math.inf
        self._plans: dict[tuple[str, str], _Plan] = {}
        self._news: object = None

    def memory(self) -> dict[str, Any]:
        """Return all that has to be kept across a restart."""
        return {"regions": self.regions, "history": self.history}

    def remember(self, memory: Mapping[str, Any]) -> None:
        """Return to a *memory*."""
        self._quiet_until = -math.inf
        self._plans.clear()
        for region, alarms in memory["regions"].items():
            held = self.regions.setdefault(region, {})
            held.clear()
            held.update(alarms)
        self.history = dict(memory["history"])

    def put(self, region: str, configuration: dict[str, Any], arn: str, *, composite: bool) -> None:
        """Create an alarm, or change it; a changed one keeps its state."""
        self._quiet_until = -math.inf
        now, alarms = self._now(), self.regions.setdefault(region, {})
        alarm = alarms.get(str(configuration["AlarmName"]))
        if alarm is None:
            alarm = Alarm.create(arn, configuration, now, composite=composite)
            alarms[alarm.name] = alarm
            self._note(region, messages.configuration_update(alarm, now, "Created"))
        else:
            if alarm.configuration.get("ActionsSuppressor") != configuration.get(
                "ActionsSuppressor"
            ):
                # User guide, suppression: another suppressor discards an active period.
                alarm.suppression = Suppression()
            alarm.configuration, alarm.configured, alarm.stale = configuration, now, True
            self._note(region, messages.configuration_update(alarm, now, "Updated"))
        if composite and not self.replaying:
            self._settle_composites(region, set(), now)

    def delete(self, region: str, names: Iterable[str]) -> None:
        """Delete alarms."""
        alarms = self.regions.get(region, {})
        for name in names:
            alarm = alarms.pop(name, None)
            if alarm is not None:
                self._note(region, messages.configuration_update(alarm, self._now(), "Deleted"))

    def set_state(self, region: str, name: str, value: str, reason: str, data: str | None) -> None:
        """Put an alarm in a state, until its next evaluation."""
        self._quiet_until = -math.inf
        alarm, now = self.regions[region][name], self._now()
        if self.replaying or value == alarm.state.value:
            return
        self._change(region, alarm, State(value, reason, now, data))
        self._plans.pop((region, name), None)
        # A composite alarm returns to its actual state when a child changes (API reference,
        # SetAlarmState).
        alarm.stale = not alarm.composite
        self._settle_composites(region, {name}, now)

    def next_due(self) -> float | None:
        """Return when the next evaluation is due; None when nothing moves."""
        news = self._measurements.news()
        if news != self._news:
            self._news = news
            for plan in self._plans.values():
                plan.due = None
        due = min(
            (
                self._due(region, alarm)
                for region, alarms in self.regions.items()
                for alarm in alarms.values()
            ),
            default=_NEVER,
        )
        return None if due == _NEVER else due

    def run(self) -> None:
        """Evaluate everything that has come due, in order."""
        now = self._now()
        if now < self._quiet_until and self._measurements.news() == self._news:
            return
        while (due := self.next_due()) is not None and due <= now:
            for region in list(self.regions):
                self._evaluate(region, due)
        self._quiet_until = min(due or _NEVER, _boundary(now, _SHORTEST_STEP))

    def _due(self, region: str, alarm: Alarm) -> float:
        if alarm.composite:
            return alarm.checked if alarm.stale else alarm.suppression.until or _NEVER
        plan = self._plan(region, alarm)
        if plan.due is None:
            plan.due = self._when(region, alarm, plan)
        return plan.due

    def _plan(self, region: str, alarm: Alarm) -> _Plan:
        key = region, alarm.name
        plan = self._plans.get(key)
        if plan is None or plan.configuration is not alarm.configuration:
            plan = self._plans[key] = _Plan.of(alarm)
        return plan

    def _when(self, region: str, alarm: Alarm, plan: _Plan) -> float:
        """Return when a metric alarm is to be evaluated next, as far as its data is known."""
        if alarm.stale:
            return _boundary(alarm.checked, plan.step)
        due = _NEVER
        for stat in plan.stats.values():
            movement = self._measurements.movement(region, stat.metric, alarm.checked)
            if alarm.checked < movement.before + movement.settles + plan.reach:
                return _boundary(alarm.checked, plan.step)
            if movement.after != _NEVER:
                due = min(due, _boundary(movement.after, plan.step))
        return due

    def _evaluate(self, region: str, time: float) -> None:
        changed = set()
        for alarm in list(self.regions[region].values()):
            if not alarm.composite and self._due(region, alarm) <= time:
                plan = self._plan(region, alarm)
                alarm.checked, alarm.stale, plan.due = time, False, None
                state = self._judged(region, alarm, plan, time)
                if state is not None and state.value != alarm.state.value:
                    self._change(region, alarm, state)
                    changed.add(alarm.name)
        self._settle_composites(region, changed, time)

    def _judged(self, region: str, alarm: Alarm, plan: _Plan, time: float) -> State | None:
        count = plan.condition.periods + EXTRA_PERIODS
        times = [time - (count - index) * plan.period for index in range(count)]
        try:
            values = self._values(region, plan, times)
        except metric_math.MetricMathError as error:
            return State(INSUFFICIENT_DATA, f"Unchecked: {error}", time)
        if self._has_few_samples(region, alarm, plan, times[-plan.condition.periods]):
            return None
        points = [Datapoint(*pair) for pair in zip(times, values, strict=True)]
        judgement = judge(points, plan.condition)
        return None if judgement is None else self._state(alarm, judgement, time)

    def _state(self, alarm: Alarm, judgement: Judgement, time: float) -> State:
        data: dict[str, Any] = {"version": "1.0", "queryDate": stamp(time)}
        if judgement.start is not None:
            data["startDate"] = stamp(judgement.start)
        if alarm.statistic:
            data["statistic"] = alarm.statistic
        data |= {"period": alarm.period, **reason_data(judgement, alarm.condition)}
        return State(judgement.state, judgement.reason, time, compact(data))

    def _values(self, region: str, plan: _Plan, times: Sequence[float]) -> metric_math.Points:
        plan.forget_before(times[0])
        metrics = {
            key: tuple(self._value(region, plan, key, begin, times[-1]) for begin in times)
            for key in plan.stats
        }
        values = metric_math.evaluate(plan.expressions, metrics, times, plan.period)
        value = values[plan.watched]
        # PutMetricAlarm has checked that the expression gives one time series.
        return value if isinstance(value, tuple) else (None,) * len(times)

    def _value(
        self, region: str, plan: _Plan, key: str, begin: float, latest: float
    ) -> float | None:
        """Return a datapoint; one that cannot change any more is worked out once."""
        if (key, begin) in plan.known:
            return plan.known[key, begin]
        stat = plan.stats[key]
        samples = self._measurements.samples(region, stat, begin, begin + plan.period)
        value = statistic(stat.name, samples)
        if begin <= latest - _LATE_SECONDS and self._measurements.is_settled(stat.metric):
            plan.known[key, begin] = value
        return value

    def _has_few_samples(self, region: str, alarm: Alarm, plan: _Plan, start: float) -> bool:
        """Tell whether a percentile is of too few samples, and the alarm ignores such ones."""
        if alarm.configuration.get("EvaluateLowSampleCountPercentile") != "ignore":
            return False
        (stat,) = plan.stats.values()
        end = start + plan.condition.periods * plan.period
        samples = self._measurements.samples(region, stat, start, end)
        return 0 < sum(sample.count for sample in samples) < least_samples(alarm.statistic)

    def _settle_composites(self, region: str, changed: set[str], time: float) -> None:
        """Evaluate the composite alarms that *changed* ones concern, until nothing changes."""
        composites = [alarm for alarm in self.regions[region].values() if alarm.composite]
        # As often as there are some: a cycle is not followed for ever.
        for _ in range(len(composites) + 1):
            news = {
                alarm.name
                for alarm in composites
                if self._settle_composite(region, alarm, changed, time)
            }
            if not news:
                break
            changed = news
        for alarm in composites:
            until = alarm.suppression.until
            if until is not None and until <= time:
                self._release(region, alarm, time)

    def _settle_composite(self, region: str, alarm: Alarm, changed: set[str], time: float) -> bool:
        if alarm.suppressor in changed:
            self._follow_suppressor(region, alarm, time)
        rule = alarm.rule
        triggers = [name for name in rule.children if name in changed]
        created = alarm.stale
        if not triggers and not created:
            return False
        alarm.stale, alarm.checked = False, time
        value = ALARM if rule.holds(lambda name: self._state_of(region, name)) else OK
        if value == alarm.state.value:
            return False
        alarms = self.regions[region]
        named = [alarms[name] for name in triggers or rule.children if name in alarms]
        verb = "created" if alarm.state.value == INSUFFICIENT_DATA else "updated"
        reason = (
            messages.transition_reason(named[0])
            if triggers
            else f"{alarm.alarm_arn} was {verb} and its alarm rule evaluates to {value}"
        )
        children = [
            {
                "arn": child.alarm_arn,
                "state": {"value": child.state.value, "timestamp": stamp(child.state.time)},
            }
            for child in named
        ]
        state = State(value, reason, time, compact({"triggeringAlarms": children}))
        self._change(region, alarm, state)
        return True

    def _state_of(self, region: str, name: str) -> str:
        alarm = self.regions[region].get(name)
        # A child that was deleted has no state (what a rule makes of that is unverified).
        return INSUFFICIENT_DATA if alarm is None else alarm.state.value

    def _change(self, region: str, alarm: Alarm, state: State) -> None:
        before, alarm.state = alarm.state, state
        self._note(region, messages.state_update(alarm, before, state))
        if alarm.suppressor:
            self._suppress(region, alarm, (before, state))
        if not self.replaying:
            self._outlet.emit(alarm, region, messages.event_detail(alarm, before, state))
        if not alarm.suppressor:
            self._act(region, alarm, (before, state), state.time)

    def _suppress(self, region: str, alarm: Alarm, change: tuple[State, State]) -> None:
        """Hold the actions of a *change* back: while its suppressor is in ALARM, or may get there.

        User guide, "Suppressing composite alarm actions", examples 1 to 6.
        """
        held = Suppression(pending=change)
        if self._state_of(region, alarm.suppressor) == ALARM:
            held.by = "Alarm"
        else:
            held.by = "WaitPeriod"
            held.until = change[1].time + alarm.configuration["ActionsSuppressorWaitPeriod"]
        alarm.suppression = held
        if held.until != change[1].time:
            self._note(region, messages.suppressed_action(alarm, change[1].time))

    def _follow_suppressor(self, region: str, alarm: Alarm, time: float) -> None:
        held = alarm.suppression
        if self._state_of(region, alarm.suppressor) == ALARM:
            held.by, held.until = "Alarm", None
        elif held.by == "Alarm":
            held.by = "ExtensionPeriod"
            held.until = time + alarm.configuration["ActionsSuppressorExtensionPeriod"]

    def _release(self, region: str, alarm: Alarm, time: float) -> None:
        pending, alarm.suppression = alarm.suppression.pending, Suppression()
        if pending is not None:
            self._act(region, alarm, pending, time)

    def _act(self, region: str, alarm: Alarm, change: tuple[State, State], time: float) -> None:
        if self.replaying or not alarm.acts:
            return
        message = messages.notification(alarm, *change, (self._account, region))
        subject = messages.subject(alarm, change[1], region)
        for arn in alarm.actions(change[1].value):
            problem = self._outlet.act(alarm, arn, message, subject)
            self._note(region, messages.action(alarm, time, arn, problem))

    def _note(self, region: str, item: HistoryItem) -> None:
        if self.replaying:
            return
        items = self.history.setdefault(region, [])
        items.append(item)
        while items[0].time < item.time - _HISTORY_SECONDS:
            items.pop(0)


def _boundary(time: float, step: int) -> float:
    """Return the first multiple of *step* behind *time*."""
    return math.floor(time / step) * step + step


@dataclass(slots=True)
class _Plan:
    """The evaluation of a metric alarm, worked out once for each configuration.

    Attributes:
        watched: id of the metric or expression that is compared.
        reach: for how many seconds a change stays in what is looked at.
        due: when it is to be evaluated next; None when that is to be worked out.
        known: datapoints that do not change any more, by id and begin.
    """

    configuration: dict[str, Any]
    stats: Mapping[str, MetricStat]
    expressions: Mapping[str, metric_math.Expression]
    watched: str
    condition: Condition
    period: int
    step: int
    reach: float
    due: float | None = None
    known: dict[tuple[str, float], float | None] = field(default_factory=dict)

    def forget_before(self, time: float) -> None:
        """Forget the datapoints that nobody looks at any more."""
        for key in [key for key in self.known if key[1] < time]:
            del self.known[key]

    @classmethod
    def of(cls, alarm: Alarm) -> _Plan:
        queries = {str(query["Id"]): query for query in alarm.queries}
        stats = {
            key: MetricStat.of(query["MetricStat"])
            for key, query in queries.items()
            if query.get("MetricStat")
        }
        (watched,) = (key for key, query in queries.items() if query.get("ReturnData", True))
        condition, period = alarm.condition, alarm.period
        return cls(
            alarm.configuration,
            stats,
            alarm.expressions(),
            watched,
            condition,
            period,
            alarm.step,
            (condition.periods + EXTRA_PERIODS + 1) * period,
        )
