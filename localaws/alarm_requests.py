"""The operations of CloudWatch on alarms."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from moto.cloudwatch.exceptions import (
    CloudWatchException,
    InvalidFormat,
    InvalidParameterCombination,
    InvalidParameterValue,
    ResourceNotFound,
    ValidationError,
)
from moto.cloudwatch.responses import CloudWatchResponse
from moto.cloudwatch.utils import make_arn_for_alarm
from moto.core.responses import ActionResult, EmptyResult

from localaws.alarms import metric_math, rules
from localaws.alarms.alarm import Alarm, HistoryItem
from localaws.alarms.engine import Alarms
from localaws.alarms.states import COMPARISONS
from localaws.alarms.statistics import is_statistic

_DAY, _HOUR, _WEEK = 86400, 3600, 604800
_PERIODS = frozenset({10, 20, 30})
_QUERY_ID = re.compile(r"[a-z]\w*")
# Of newer kinds of alarms, and of anomaly detection: refused, not left out.
_NOT_IMPLEMENTED = frozenset(
    {
        "ActionConfiguration",
        "EvaluationCriteria",
        "EvaluationInterval",
        "EvaluationWindow",
        "ThresholdMetricId",
        "WarmUpConfiguration",
    }
)
_STATES = ("INSUFFICIENT_DATA", "ALARM", "OK")
_MOST_RECORDS = 100
_CHILD_MEMBERS = ("AlarmName", "AlarmArn", "StateValue", "StateUpdatedTimestamp")
_PARENT_MEMBERS = ("AlarmName", "AlarmArn")


class InvalidNextToken(CloudWatchException):
    """A token that no answer gave."""

    code = "InvalidNextToken"


class AlarmRequests(CloudWatchResponse):
    """Answers for alarms; the rest is moto's."""

    @property
    def _engine(self) -> Alarms:
        engine: Alarms = self.cloudwatch_backend.engine  # type: ignore[attr-defined]  # ours
        return engine

    @property
    def _alarms(self) -> dict[str, Alarm]:
        return self._engine.regions.setdefault(self.region, {})

    def put_metric_alarm(self) -> ActionResult:
        """Create or replace an alarm on a metric or an expression."""
        request = _given(self._get_params())
        _refuse_unimplemented(request)
        _check_metric_alarm(request)
        return self._put(request, composite=False)

    def put_composite_alarm(self) -> ActionResult:
        """Create or replace an alarm on other alarms."""
        request = _given(self._get_params())
        _refuse_unimplemented(request)
        try:
            rule = rules.parse(request["AlarmRule"])
        except rules.RuleError as error:
            raise ValidationError(
                f"AlarmRule must be a valid expression ({error})"  # The words are ours.
            ) from None
        missing = [name for name in rule.children if name not in self._alarms]
        if missing:
            raise ValidationError(
                f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the "
                "alarm rule do not exist"
            )
        _check_suppressor(request)
        return self._put(request, composite=True)

    def _put(self, request: dict[str, Any], *, composite: bool) -> ActionResult:
        name = str(request["AlarmName"])
        existing = self._alarms.get(name)
        if existing is not None and existing.composite is not composite:
            raise ValidationError(f"The alarm {name} is a {existing.kind}")  # The words are ours.
        tags = request.pop("Tags", [])
        arn = make_arn_for_alarm(self.region, self.current_account, name)
        self._engine.put(self.region, request, arn, composite=composite)
        if tags and existing is None:
            # API reference: tags of an update are ignored.
            self.cloudwatch_backend.tagger.tag_resource(arn, tags)
        return EmptyResult()

    def describe_alarms(self) -> ActionResult:
        """Show alarms; composite ones only to who asks for them (API reference, AlarmTypes)."""
        request = _given(self._get_params())
        children, parents = (
            request.get(f"{relation}OfAlarmName") for relation in ("Children", "Parents")
        )
        if children or parents:
            return ActionResult(self._related(children, parents))
        kinds = request.get("AlarmTypes") or ["MetricAlarm"]
        chosen = [alarm for alarm in self._selected(request) if alarm.kind in kinds]
        page, token = _page(chosen, request)
        result: dict[str, Any] = {"MetricAlarms": [], "CompositeAlarms": []}
        for alarm in page:
            result[f"{alarm.kind}s"].append(alarm.described())
        return ActionResult({**result, **token})

    def _selected(self, request: Mapping[str, Any]) -> Iterator[Alarm]:
        names = request.get("AlarmNames")
        if names and request.get("AlarmNamePrefix"):
            # The words are ours, that both are refused is the API reference's.
            raise InvalidParameterCombination("AlarmNames and AlarmNamePrefix exclude each other")
        for alarm in self._alarms.values():
            actions = [action for state in _STATES for action in alarm.actions(state)]
            prefix = str(request.get("ActionPrefix") or "")
            if (
                (not names or alarm.name in names)
                and alarm.name.startswith(str(request.get("AlarmNamePrefix") or ""))
                and request.get("StateValue") in {None, alarm.state.value}
                and (not prefix or any(action.startswith(prefix) for action in actions))
            ):
                yield alarm

    def _related(self, children: str | None, parents: str | None) -> dict[str, Any]:
        alarms = self._alarms
        if children is not None:
            parent = alarms.get(children)
            names = parent.rule.children if parent is not None and parent.composite else ()
            members: tuple[str, ...] = _CHILD_MEMBERS
        else:
            names = tuple(
                alarm.name
                for alarm in alarms.values()
                if alarm.composite and parents in alarm.rule.children
            )
            members = _PARENT_MEMBERS
        result: dict[str, Any] = {"MetricAlarms": [], "CompositeAlarms": []}
        for alarm in (alarms[name] for name in names if name in alarms):
            described = alarm.described()
            result[f"{alarm.kind}s"].append({member: described[member] for member in members})
        return result

    def describe_alarms_for_metric(self) -> ActionResult:
        """Show the alarms on one metric; those on expressions are not among them."""
        request = _given(self._get_params())
        metric = _metric(request)
        alarms = [
            alarm.described()
            for alarm in self._alarms.values()
            if not alarm.composite and _metric(alarm.configuration) == metric
        ]
        return ActionResult({"MetricAlarms": alarms})

    def describe_alarm_history(self) -> ActionResult:
        """Show what happened to alarms, deleted ones too."""
        request = _given(self._get_params())
        items = [
            item for item in self._engine.history.get(self.region, []) if _is_asked(item, request)
        ]
        # API reference, ScanBy; without it the newest comes first, as in the CLI's example.
        if request.get("ScanBy") != "TimestampAscending":
            items.reverse()
        page, token = _page(items, request)
        shown = [
            {
                "AlarmName": item.alarm,
                "AlarmType": "CompositeAlarm" if item.composite else "MetricAlarm",
                "Timestamp": item.time,
                "HistoryItemType": item.kind,
                "HistorySummary": item.summary,
                "HistoryData": item.data,
            }
            for item in page
        ]
        return ActionResult({"AlarmHistoryItems": shown, **token})

    def delete_alarms(self) -> ActionResult:
        """Delete alarms: all of them, or none."""
        names = self._get_param("AlarmNames", [])
        self._engine.delete(self.region, names)
        for name in names:
            arn = make_arn_for_alarm(self.region, self.current_account, name)
            self.cloudwatch_backend.tagger.delete_all_tags_for_resource(arn)
        return EmptyResult()

    def enable_alarm_actions(self) -> ActionResult:
        """Let alarms act."""
        return self._let_act(enabled=True)

    def disable_alarm_actions(self) -> ActionResult:
        """Let alarms change without acting."""
        return self._let_act(enabled=False)

    def _let_act(self, *, enabled: bool) -> ActionResult:
        for name in self._get_param("AlarmNames", []):
            if name in self._alarms:
                self._alarms[name].configuration["ActionsEnabled"] = enabled
        return EmptyResult()

    def set_alarm_state(self) -> ActionResult:
        """Put an alarm in a state until its next evaluation."""
        request = _given(self._get_params())
        name, value = request["AlarmName"], request["StateValue"]
        data = request.get("StateReasonData")
        if data is not None and not _is_json(data):
            raise InvalidFormat("Unknown")
        if name not in self._alarms:
            raise ResourceNotFound
        if value not in _STATES:
            raise ValidationError(
                "1 validation error detected: "
                f"Value '{value}' at 'stateValue' failed to satisfy constraint: "
                "Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]"
            )
        self._engine.set_state(self.region, name, value, request["StateReason"], data)
        return EmptyResult()


def _given(request: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in request.items() if value is not None}


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _refuse_unimplemented(request: Mapping[str, Any]) -> None:
    if request.keys() & _NOT_IMPLEMENTED:
        raise NotImplementedError


def _metric(configuration: Mapping[str, Any]) -> tuple[Any, ...]:
    dimensions = configuration.get("Dimensions") or []
    pairs = frozenset((dimension["Name"], dimension["Value"]) for dimension in dimensions)
    return configuration.get("Namespace"), configuration.get("MetricName"), pairs


def _is_asked(item: HistoryItem, request: Mapping[str, Any]) -> bool:
    kinds = request.get("AlarmTypes") or ["MetricAlarm", "CompositeAlarm"]
    start, end = request.get("StartDate"), request.get("EndDate")
    return (
        request.get("AlarmName") in {None, item.alarm}
        and ("CompositeAlarm" if item.composite else "MetricAlarm") in kinds
        and request.get("HistoryItemType") in {None, item.kind}
        and (start is None or item.time >= start.timestamp())
        and (end is None or item.time <= end.timestamp())
    )


def _page(items: Iterable[Any], request: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    listed = list(items)
    token = str(request.get("NextToken") or "0")
    if not token.isdigit():
        raise InvalidNextToken("Request parameter NextToken is invalid")
    start = int(token)
    end = start + int(request.get("MaxRecords") or _MOST_RECORDS)
    return listed[start:end], {"NextToken": str(end)} if end < len(listed) else {}


def _check_suppressor(request: Mapping[str, Any]) -> None:
    periods = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")
    if request.get("ActionsSuppressor"):
        missing = [period for period in periods if period not in request]
        if missing:
            # API reference: both are required with a suppressor; the words are ours.
            raise ValidationError(f"{missing[0]} is required with ActionsSuppressor")
    elif any(period in request for period in periods):
        raise ValidationError("ActionsSuppressor is required with its periods")


def _check_metric_alarm(request: Mapping[str, Any]) -> None:
    comparison = request["ComparisonOperator"]
    if comparison not in COMPARISONS:
        raise NotImplementedError
    missing = request.get("TreatMissingData")
    if missing not in {None, "breaching", "notBreaching", "ignore", "missing"}:
        raise ValidationError(
            f"Option {missing} is not supported. Supported options for parameter "
            "TreatMissingData are breaching, notBreaching, ignore and missing."
        )
    low = request.get("EvaluateLowSampleCountPercentile")
    if low not in {None, "evaluate", "ignore"}:
        raise ValidationError(
            f"Option {low} is not supported. Supported options for parameter "
            "EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    if request.get("Metrics"):
        _check_metrics(request["Metrics"])
    else:
        _check_single_metric(request)
    _check_range(request)


def _check_single_metric(request: Mapping[str, Any]) -> None:
    for member in ("MetricName", "Namespace", "Period"):
        if member not in request:
            raise ValidationError(f"The parameter {member} is required")
    given = [member for member in ("Statistic", "ExtendedStatistic") if request.get(member)]
    if len(given) != 1:
        raise InvalidParameterCombination(
            "Exactly one of Statistic and ExtendedStatistic is needed"  # The words are ours.
        )
    extended = request.get("ExtendedStatistic")
    if extended and not is_statistic(extended):
        raise InvalidParameterValue(
            f"The value {extended} for parameter ExtendedStatistic is not supported."
        )


def _check_metrics(queries: list[Mapping[str, Any]]) -> None:
    """Check the metrics and expressions of an alarm on an expression."""
    returned = [query for query in queries if query.get("ReturnData", True)]
    if len(returned) != 1:
        raise ValidationError("Exactly one element of the metrics list should return data.")
    ids = [str(query["Id"]) for query in queries]
    for name in ids:
        if _QUERY_ID.fullmatch(name) is None or ids.count(name) > 1:
            raise ValidationError(f"The value {name} for parameter Id is invalid")
    stats = [query["MetricStat"] for query in queries if query.get("MetricStat")]
    for stat in stats:
        if not is_statistic(stat["Stat"]):
            raise ValidationError(f"The value {stat['Stat']} for parameter Stat is not supported.")
    if len({stat["Period"] for stat in stats}) > 1:
        # User guide, alarms on math expressions: "Each metric must be using the same period".
        raise ValidationError("All metrics of an alarm must have the same period")
    _check_expressions(queries, str(returned[0]["Id"]))


def _check_expressions(queries: list[Mapping[str, Any]], watched: str) -> None:
    """Refuse what is no expression, or does not give one time series.

    CloudWatch refuses both with ValidationError; its words are not published.
    """
    metrics = {query["Id"]: (1.0, 1.0) for query in queries if query.get("MetricStat")}
    name = watched
    try:
        expressions = {}
        for query in queries:
            if query.get("Expression"):
                name = str(query["Id"])
                expressions[name] = metric_math.parse(query["Expression"])
        values = metric_math.evaluate(expressions, metrics, (0.0, 60.0), 60)
    except metric_math.MetricMathError as error:
        raise ValidationError(f"Error in expression '{name}': {error}") from None
    if not isinstance(values[watched], tuple):
        raise ValidationError(f"Error in expression '{watched}': it is not a single time series")


def _check_range(request: Mapping[str, Any]) -> None:
    alarm = Alarm.create("", dict(request), 0.0, composite=False)
    period, periods = alarm.period, alarm.condition.periods
    if period not in _PERIODS and period % 60:
        raise ValidationError(f"Invalid period: {period}")
    if alarm.condition.needed > periods:
        raise ValidationError("DatapointsToAlarm must not be more than EvaluationPeriods")
    # API reference, EvaluationPeriods: a day, and a week for periods of an hour or more.
    if period * periods > (_WEEK if period >= _HOUR else _DAY):
        raise ValidationError(
            "Metrics cannot be checked across more than a day "
            "(EvaluationPeriods * Period must be <= 86400)."
        )
