"""Checks of CloudWatch: names and dimensions of metrics, and metric math."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping

from catalog import alarms
from catalog.unverified import UnverifiedFact
from lunora.verification.finding import Account, Finding, impossible, reading, words

_OF_CHANNEL = (alarms.MEDIALIVE, frozenset(alarms.channel_dimensions("", 0)))
_OF_SECTION = {
    "channel": _OF_CHANNEL,
    "flow": (alarms.MEDIACONNECT, frozenset({"FlowARN"})),
    "output": (alarms.MEDIACONNECT, frozenset({"OutputARN"})),
}
"""Namespace and dimensions that metrics have, by the section of alarms.yaml."""
_WINDOW = dt.timedelta(minutes=10)
# No channel has this id.
_NEVER_MEASURED = "0"


def dimensions(account: Account, fact: UnverifiedFact) -> Finding:
    """Compare the dimensions of the metrics that the fact's marks name."""
    needed = dict(_needed(fact))
    listed = {
        (namespace, name): dimensions
        for namespace in {namespace for namespace, _ in needed.values()}
        for name, dimensions in _listed(account, namespace).items()
    }
    wrong, missing = [], []
    for name, (namespace, least) in needed.items():
        actual = listed.get((namespace, name), set())
        if not actual:
            missing.append(name)
        elif not any(least <= each for each in actual):
            texts = sorted("+".join(sorted(each)) for each in actual)
            wrong.append(f"{name} has {' or '.join(texts)}")
    if wrong:
        return reading(fact, "others", "; ".join(words(wrong)))
    if missing:
        return impossible(f"not measured in two weeks: {', '.join(sorted(missing))}")
    return reading(fact, "as listed")


def fill(account: Account, fact: UnverifiedFact) -> Finding:
    """Ask for FILL of a metric that has no datapoint."""
    never = alarms.channel_dimensions(_NEVER_MEASURED, 0)
    metric = {
        "Namespace": alarms.MEDIALIVE,
        "MetricName": "InputVideoFrameRate",
        "Dimensions": [{"Name": name, "Value": value} for name, value in never.items()],
    }
    answer = (
        account.stack.aws()
        .client("cloudwatch")
        .get_metric_data(
            MetricDataQueries=[
                {
                    "Id": "frames",
                    "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Maximum"},
                    "ReturnData": False,
                },
                {"Id": "filled", "Expression": "FILL(frames, 0)"},
            ],
            StartTime=account.now - _WINDOW,
            EndTime=account.now,
        )
    )
    values = [value for result in answer["MetricDataResults"] for value in result["Values"]]
    return reading(fact, "filled" if values else "left empty")


def _needed(fact: UnverifiedFact) -> Iterator[tuple[str, tuple[str, frozenset[str]]]]:
    """Yield the names of metrics, each with its namespace and least dimensions."""
    for path in fact.marked_in["catalog/alarms.yaml"]:
        section, _, alarm = path.partition(".")
        definitions = getattr(alarms.alarm_definitions(), section)
        for metric in definitions[alarm].metrics.values():
            yield metric.name, _OF_SECTION[section]
    # The others are phrases about metrics, not names.
    for field in fact.marked_in["lunora/ops/metrics.yaml"]:
        if field.isalnum():
            yield field, _OF_CHANNEL


def _listed(account: Account, namespace: str) -> Mapping[str, set[frozenset[str]]]:
    """Return the names of the dimensions of each metric that was measured in two weeks."""
    listed: dict[str, set[frozenset[str]]] = defaultdict(set)
    pages = account.stack.aws().client("cloudwatch").get_paginator("list_metrics")
    for page in pages.paginate(Namespace=namespace):
        for metric in page["Metrics"]:
            names = frozenset(entry["Name"] for entry in metric["Dimensions"])
            listed[metric["MetricName"]].add(names)
    return listed
