"""Parts of the evaluation of alarms, by the tables and examples of AWS's user guide."""

from __future__ import annotations

import pytest

from localaws.alarms import metric_math, rules
from localaws.alarms.metric_math import MetricMathError, Points, Value
from localaws.alarms.rules import RuleError
from localaws.alarms.states import Condition, Datapoint, judge
from localaws.alarms.statistics import Sample, least_samples, statistic

# User guide, "Configuring how CloudWatch alarms treat missing data": datapoints, the newest last,
# and the states for missing, ignore, breaching and notBreaching.
KEEPS = None
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
THREE_OF_THREE = [
    ("0 - X - X", ("OK", "OK", "OK", "OK")),
    ("0 - - - -", ("OK", "OK", "OK", "OK")),
    ("- - - - -", ("INSUFFICIENT_DATA", KEEPS, "ALARM", "OK")),
    ("0 X X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("- - X - -", ("ALARM", KEEPS, "ALARM", "OK")),
    ("- - - - X", ("INSUFFICIENT_DATA", KEEPS, "ALARM", "OK")),
]
TWO_OF_THREE = [
    ("0 - X - X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 0 X 0 X", ("ALARM", "ALARM", "ALARM", "ALARM")),
    ("0 - X - -", ("OK", "OK", "ALARM", "OK")),
    ("- - - - 0", ("OK", "OK", "ALARM", "OK")),
    ("- - - X -", ("ALARM", KEEPS, "ALARM", "OK")),
]
VALUES = {"0": 0.0, "X": 9.0, "-": None}


def judged(
    points: str, needed: int, missing: str, comparison: str = "GreaterThanThreshold"
) -> object:
    values = [VALUES[mark] for mark in points.split()]
    data = [Datapoint(60.0 * index, value) for index, value in enumerate(values)]
    judgement = judge(data, Condition(comparison, 5.0, needed, 3, missing))
    return None if judgement is None else judgement.state


@pytest.mark.parametrize(
    ("points", "needed", "states"),
    [
        *((points, 3, states) for points, states in THREE_OF_THREE),
        *((points, 2, states) for points, states in TWO_OF_THREE),
    ],
)
def test_missing_data_is_treated_as_in_the_guides_tables(
    points: str, needed: int, states: tuple[str | None, ...]
) -> None:
    assert tuple(judged(points, needed, missing) for missing in TREATMENTS) == states


@pytest.mark.parametrize(
    ("comparison", "state"),
    [
        ("GreaterThanThreshold", "OK"),
        ("GreaterThanOrEqualToThreshold", "ALARM"),
        ("LessThanThreshold", "OK"),
        ("LessThanOrEqualToThreshold", "ALARM"),
    ],
)
def test_each_comparison_at_the_threshold(comparison: str, state: str) -> None:
    data = [Datapoint(0.0, 5.0)]
    judgement = judge(data, Condition(comparison, 5.0, 1, 1, "missing"))
    assert judgement is not None
    assert judgement.state == state


def test_a_reason_reads_as_in_published_notifications() -> None:
    condition = Condition("GreaterThanThreshold", 50.0, 1, 1, "missing")
    judgement = judge([Datapoint(1570035540.0, 99.5)], condition)
    assert judgement is not None
    assert judgement.reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (02/10/19 16:59:00)] was greater "
        "than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    nothing = Condition("GreaterThanThreshold", 1.0, 1, 1, "breaching")
    judgement = judge([Datapoint(0.0, None)], nothing)
    assert judgement is not None
    assert judgement.reason == (
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was "
        "treated as [Breaching]."
    )


def value(expression: str, **metrics: Points) -> Value:
    length = len(next(iter(metrics.values()), (1.0, 1.0)))
    times = [60.0 * index for index in range(length)]
    parsed = {"e": metric_math.parse(expression)}
    return metric_math.evaluate(parsed, metrics, times, 60)["e"]


M1: Points = (1.0, 1.0, 0.0, 0.0, None)
M2: Points = (30.0, None, 0.0, 0.0, 30.0)
M3: Points = (0.0, 0.0, 20.0, None, 20.0)
A: Points = (30.0, 20.0, 0.0, 0.0)
B: Points = (20.0, None, 20.0, None)


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        ("IF(a, b, c)", (30.0, 0.0, 20.0, None, None)),
        ("IF(a, 5, c)", (5.0, 5.0, 20.0, None, None)),
        ("IF(a, b, 5)", (30.0, 0.0, 5.0, 5.0, None)),
    ],
)
def test_if_follows_the_guides_tables(expression: str, points: Points) -> None:
    assert value(expression, a=M1, b=M2, c=M3) == points


@pytest.mark.parametrize(
    ("expression", "points"),
    [
        ("(a < b)", (0.0, 0.0, 1.0, 0.0)),
        ("(a >= 30)", (1.0, 0.0, 0.0, 0.0)),
        ("(a > 15 AND b > 15)", (1.0, 0.0, 0.0, 0.0)),
        ("a + b", (50.0, 20.0, 20.0, 0.0)),
        ("a / b", (1.5, None, 0.0, None)),
        ("-a * 2 + 1", (-59.0, -39.0, 1.0, 1.0)),
        ("2 ^ 3 + a - a", (8.0, 8.0, 8.0, 8.0)),
        ("FILL(b, 7)", (20.0, 7.0, 20.0, 7.0)),
        ("FILL(b, a)", (20.0, 20.0, 20.0, 0.0)),
        ("FILL(b, REPEAT)", (20.0, 20.0, 20.0, 20.0)),
        ("FILL(b, LINEAR)", (20.0, 20.0, 20.0, None)),
        ("SUM(METRICS())", (50.0, 20.0, 20.0, 0.0)),
        ("MAX([a, b])", (30.0, 20.0, 20.0, 0.0)),
        ("MIN(METRICS('b'))", (20.0, None, 20.0, None)),
        ("AVG([a, b])", (25.0, 10.0, 10.0, 0.0)),
        ("a - MIN(a)", (30.0, 20.0, 0.0, 0.0)),
        ("DIFF(a)", (None, -10.0, -20.0, 0.0)),
        ("RATE(b)", (None, None, 0.0, None)),
        ("a / PERIOD(a) * METRIC_COUNT(METRICS())", (1.0, 2 / 3, 0.0, 0.0)),
        ("TIME_SERIES(SUM(a))", (50.0, 50.0, 50.0, 50.0)),
    ],
)
def test_metric_math(expression: str, points: Points) -> None:
    assert value(expression, a=A, b=B) == points


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "a +",
        "SEARCH('x', 'Sum')",
        "ANOMALY_DETECTION_BAND(a)",
        "c",
        "IF(a)",
        "a $ b",
        "SORT(a)",
    ],
)
def test_what_is_not_implemented_is_refused(expression: str) -> None:
    with pytest.raises(MetricMathError):
        value(expression, a=A)


def test_an_expression_may_use_another_but_not_itself() -> None:
    two = {"e": metric_math.parse("f * 2"), "f": metric_math.parse("a + 1")}
    metrics: dict[str, Points] = {"a": (1.0, None)}
    assert metric_math.evaluate(two, metrics, (0.0, 60.0), 60)["e"] == (4.0, None)
    two["f"] = metric_math.parse("e + a")
    with pytest.raises(MetricMathError):
        metric_math.evaluate(two, metrics, (0.0, 60.0), 60)


@pytest.mark.parametrize(
    "rule",
    [
        "NOT (ALARM(a) AND ALARM(b))",
        "ALARM(a) AND NOT ALARM(b)",
        '(ALARM("a") OR ALARM(b)) AND OK(b)',
        "INSUFFICIENT_DATA(c)",
        "ALARM(arn:aws:cloudwatch:us-west-2:123456789012:alarm:a)",
        "FALSE OR NOT (OK(a) AND TRUE)",
        "ALARM(b) AND ALARM(b) OR TRUE",
    ],
)
def test_a_rule_holds_by_the_states_of_its_children(rule: str) -> None:
    states = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA"}
    assert rules.parse(rule).holds(states.__getitem__)
    assert not rules.parse(f"NOT ({rule})").holds(states.__getitem__)


@pytest.mark.parametrize(
    "rule", ["", "ALARM()", "ALARM(a", "ALARM(a) ALARM(b)", "BROKEN(a)", "NOT"]
)
def test_a_rule_that_is_none_is_refused(rule: str) -> None:
    with pytest.raises(RuleError):
        rules.parse(rule)


def test_percentiles_take_the_nearest_rank() -> None:
    samples = [Sample.of(float(number)) for number in range(1, 101)]
    assert [statistic(name, samples) for name in ("p50", "p99", "p99.9", "p100")] == [
        50.0,
        99.0,
        100.0,
        100.0,
    ]
    assert statistic("p50", [Sample(1.0, 3.0, 4.0, 2.0)]) is None
    assert statistic("p50", [Sample(2.0, 2.0, 4.0, 2.0)]) == 2.0
    assert least_samples("p99") == 1000
    assert least_samples("p10") == 100
