"""Messages of an alarm: notification, event and history.

Sources: the notification, published messages of accounts (metric alarms of 2021 with AlarmArn, of
2025 with the lists of actions; composite ones of AWSCloudWatchDiagnostics, 2021, and of 2022 with
actions); the event, CloudWatch user guide, "Alarm events and EventBridge"; history, the AWS CLI's
example of describe-alarm-history and published ones with actions.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping
from typing import Any

import botocore.session

from localaws.alarms.alarm import Alarm, HistoryItem, State, compact, stamp


def subject(alarm: Alarm, state: State, region: str) -> str:
    """Return the subject of a notification; SNS takes 100 characters."""
    return f'{state.value}: "{alarm.name}" in {_place(region)}'[:100]


def notification(
    alarm: Alarm, before: State, after: State, place: tuple[str, str]
) -> dict[str, Any]:
    """Return the message that an SNS topic gets of a change; *place* is account and region."""
    account, region = place
    configuration = alarm.configuration
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": configuration.get("AlarmDescription"),
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": stamp(alarm.configured),
        "NewStateValue": after.value,
        "NewStateReason": after.reason,
        "StateChangeTime": stamp(after.time),
        "Region": _place(region),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before.value,
        "OKActions": alarm.actions("OK"),
        "AlarmActions": alarm.actions("ALARM"),
        "InsufficientDataActions": alarm.actions("INSUFFICIENT_DATA"),
    }
    if not alarm.composite:
        return {**message, "Trigger": _trigger(alarm)}
    return {
        **message,
        "AlarmRule": configuration["AlarmRule"],
        "TriggeringChildren": _triggering(after, "Arn", "State", "Value", "Timestamp"),
    }


def _triggering(state: State, *names: str) -> list[dict[str, Any]]:
    arn, of, value, time = names
    children = json.loads(state.data or "{}").get("triggeringAlarms", [])
    return [
        {
            arn: child["arn"],
            of: {value: child["state"]["value"], time: child["state"]["timestamp"]},
        }
        for child in children
    ]


def _trigger(alarm: Alarm) -> dict[str, Any]:
    configuration = alarm.configuration
    compared = {
        "Period": alarm.period,
        "EvaluationPeriods": configuration["EvaluationPeriods"],
        "DatapointsToAlarm": alarm.condition.needed,
        "ComparisonOperator": configuration["ComparisonOperator"],
        "Threshold": float(configuration["Threshold"]),
        "TreatMissingData": configuration.get("TreatMissingData") or "missing",
        "EvaluateLowSampleCountPercentile": configuration.get("EvaluateLowSampleCountPercentile")
        or "",
    }
    if configuration.get("Metrics"):
        return {**compared, "Metrics": [_trigger_query(query) for query in alarm.queries]}
    extended = configuration.get("ExtendedStatistic")
    statistic = (
        {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": extended}
        if extended
        else {"StatisticType": "Statistic", "Statistic": _STATISTICS[configuration["Statistic"]]}
    )
    return {
        "MetricName": configuration["MetricName"],
        "Namespace": configuration["Namespace"],
        **statistic,
        "Unit": configuration.get("Unit"),
        "Dimensions": _dimensions(configuration),
        **compared,
    }


_STATISTICS = {
    "Average": "AVERAGE",
    "Maximum": "MAXIMUM",
    "Minimum": "MINIMUM",
    "SampleCount": "SAMPLE_COUNT",
    "Sum": "SUM",
}


def _trigger_query(query: Mapping[str, Any]) -> dict[str, Any]:
    shown = {key: query[key] for key in ("Expression", "Id", "Label") if query.get(key)}
    if "MetricStat" in query:
        stat = query["MetricStat"]
        metric = stat["Metric"]
        shown["MetricStat"] = {
            "Metric": {
                "Dimensions": _dimensions(metric),
                "MetricName": metric["MetricName"],
                "Namespace": metric["Namespace"],
            },
            "Period": stat["Period"],
            "Stat": stat["Stat"],
        }
    return {**shown, "ReturnData": _returns(query)}


def _dimensions(metric: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"value": dimension["Value"], "name": dimension["Name"]}
        for dimension in metric.get("Dimensions") or []
    ]


def _returns(query: Mapping[str, Any]) -> bool:
    returned = query.get("ReturnData")
    return True if returned is None else bool(returned)


def event_detail(alarm: Alarm, before: State, after: State) -> dict[str, Any]:
    """Return the detail of the event "CloudWatch Alarm State Change"."""
    state = _event_state(after)
    if alarm.suppression.by is not None:
        state["actionsSuppressedBy"] = alarm.suppression.by
        state["actionsSuppressedReason"] = f"Actions suppressed by {alarm.suppression.by}"
    return {
        "alarmName": alarm.name,
        "configuration": _event_configuration(alarm),
        "previousState": _event_state(before),
        "state": state,
    }


def _event_state(state: State) -> dict[str, Any]:
    data = {} if state.data is None else {"reasonData": state.data}
    return {
        "reason": state.reason,
        **data,
        "timestamp": stamp(state.time),
        "value": state.value,
    }


def _event_configuration(alarm: Alarm) -> dict[str, Any]:
    configuration = alarm.configuration
    described = configuration.get("AlarmDescription")
    shown: dict[str, Any] = {"description": described} if described else {}
    if not alarm.composite:
        return {**shown, "metrics": [_event_query(query) for query in alarm.queries]}
    shown["alarmRule"] = configuration["AlarmRule"]
    if alarm.suppressor:
        shown["actionsSuppressor"] = alarm.suppressor
        for period in ("Wait", "Extension"):
            shown[f"actionsSuppressor{period}Period"] = configuration.get(
                f"ActionsSuppressor{period}Period"
            )
    return shown


def _event_query(query: Mapping[str, Any]) -> dict[str, Any]:
    shown = {
        key: query[key.capitalize()]
        for key in ("expression", "id", "label")
        if query.get(key.capitalize())
    }
    if "MetricStat" in query:
        stat = query["MetricStat"]
        metric = stat["Metric"]
        dimensions = metric.get("Dimensions") or []
        shown["metricStat"] = {
            "metric": {
                "dimensions": {dimension["Name"]: dimension["Value"] for dimension in dimensions},
                "name": metric["MetricName"],
                "namespace": metric["Namespace"],
            },
            "period": stat["Period"],
            "stat": stat["Stat"],
        }
    return {**shown, "returnData": _returns(query)}


def state_update(alarm: Alarm, before: State, after: State) -> HistoryItem:
    """Return the history of a change of state."""
    data = {"version": "1.0", "oldState": _history_state(before), "newState": _history_state(after)}
    summary = f"Alarm updated from {before.value} to {after.value}"
    return _item(alarm, after.time, "StateUpdate", summary, data)


def _history_state(state: State) -> dict[str, Any]:
    data = {} if state.data is None else {"stateReasonData": json.loads(state.data)}
    return {"stateValue": state.value, "stateReason": state.reason, **data}


def configuration_update(alarm: Alarm, time: float, verb: str) -> HistoryItem:
    """Return the history of a configuration that was `Created`, `Updated` or `Deleted`.

    The summary is of published histories, the data's members beyond `type` are unverified.
    """
    data = {
        "version": "1.0",
        "type": verb.removesuffix("d"),
        "createdAlarm": {"alarmName": alarm.name, "alarmArn": alarm.alarm_arn},
    }
    return _item(alarm, time, "ConfigurationUpdate", f'Alarm "{alarm.name}" {verb.lower()}', data)


def action(alarm: Alarm, time: float, arn: str, problem: str | None) -> HistoryItem:
    """Return the history of an action that was taken, or failed for the *problem*."""
    state = "Succeeded" if problem is None else "Failed"
    data = {
        "actionState": state,
        "stateUpdateTimestamp": round(alarm.state.time * 1000),
        "notificationResource": arn,
        **({} if problem is None else {"error": problem}),
    }
    summary = (
        f"Successfully executed action {arn}"
        if problem is None
        else f"Failed to execute action {arn}. Received error: {problem!r}"
    )
    return _item(alarm, time, "Action", summary, data)


def suppressed_action(alarm: Alarm, time: float) -> HistoryItem:
    """Return the history of actions that were held back (the words are unverified)."""
    by = alarm.suppression.by
    data = {"actionState": "Suppressed", "actionsSuppressedBy": by}
    return _item(alarm, time, "Action", f"Actions suppressed by {by}", data)


def _item(alarm: Alarm, time: float, kind: str, summary: str, data: object) -> HistoryItem:
    return HistoryItem(alarm.name, alarm.composite, time, kind, summary, compact(data))


def transition_reason(child: Alarm) -> str:
    """Return why a composite alarm changes: the child that changed last."""
    date = dt.datetime.fromtimestamp(child.state.time, dt.UTC)
    when = f"{date:%A %d %B, %Y %H:%M:%S} UTC"
    return f"{child.alarm_arn} transitioned to {child.state.value} at {when}"


@functools.cache
def _places() -> Mapping[str, str]:
    partitions = botocore.session.get_session().get_data("endpoints")["partitions"]
    return {
        name: about["description"].replace("Europe (", "EU (")
        for partition in partitions
        for name, about in partition["regions"].items()
    }


def _place(region: str) -> str:
    return _places().get(region, region)
