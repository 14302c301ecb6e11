"""Resources that a preview updates although AWS lacks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lunora.plan.missing import warnings
from lunora.plan.preview import parse
from lunora.stack import Stack
from tests.lunora.plan.previews import document, step
from tests.support.alarms import ALARM
from tests.support.stage import Stage

ALARMS, RULES = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/eventRule:EventRule"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
PARAMETERS = "aws:ssm/parameter:Parameter"
NAMES = {
    ALARMS: "lunora-player-local-{}-0-no-signal",
    RULES: "lunora-player-local-{}-alert",
    PARAMETERS: "/lunora-player/local/destinations/{}/stream-key",
}


def make(stage: Stage, kind: str, name: str) -> None:
    client: Callable[[str], Any] = stage.stack.aws().client
    if kind == ALARMS:
        client("cloudwatch").put_metric_alarm(AlarmName=name, **ALARM)
    elif kind == RULES:
        client("events").put_rule(Name=name, EventPattern='{"source": ["aws.medialive"]}')
    else:
        # Whole also where the SDK repeats it on a slow machine.
        parameter = {"Value": "made-up", "Type": "SecureString", "Overwrite": True}
        client("ssm").put_parameter(Name=name, **parameter)


def update(kind: str, destination: str, op: str = "update") -> dict[str, Any]:
    name = NAMES[kind].format(destination)
    return step(kind, name, op, old={"name": name}, new={"name": name}, paths=["tags.Owner"])


@pytest.mark.parametrize("kind", NAMES)
def test_a_plan_names_what_it_updates_and_aws_lacks(stage: Stage, kind: str) -> None:
    make(stage, kind, NAMES[kind].format("there"))
    steps = [update(kind, "there"), update(kind, "gone"), update(kind, "kept", "delete")]
    (warning,) = warnings(parse(document(*steps)), stage.stack)
    assert warning.startswith("LUN330: ")
    assert f" {NAMES[kind].format('gone')} is missing in AWS" in warning
    assert "`pulumi up --refresh`" in warning


def test_a_plan_names_an_alarm_that_the_rule_of_an_updated_one_names(stage: Stage) -> None:
    there, gone, new, old = (NAMES[ALARMS].format(name) for name in ("there", "gone", "new", "old"))
    make(stage, ALARMS, there)
    names = {"alarmName": "lunora-player-local-whole"}
    rules = [f'ALARM("{name}")' for name in (old, there, gone, new)]
    whole = step(
        COMPOSITE,
        "whole",
        "update",
        old={**names, "alarmRule": " OR ".join(rules[:3])},
        new={**names, "alarmRule": " OR ".join(rules[1:])},
        paths=["alarmRule"],
    )
    made = step(ALARMS, "new", "create", new={"name": new})
    (warning,) = warnings(parse(document(made, whole)), stage.stack)
    assert f" {gone} is missing in AWS" in warning
    both = parse(document(update(ALARMS, "gone"), made, whole))
    assert list(warnings(both, stage.stack)) == [warning]
    assert list(warnings(parse(document({**whole, "op": "create"})), stage.stack)) == []


def test_a_plan_is_read_without_aws_too() -> None:
    unreachable = Stack("lunora-player", "local", "us-west-2", "http://127.0.0.1:1", ())
    assert list(warnings(parse(document(update(ALARMS, "gone"))), unreachable)) == []
