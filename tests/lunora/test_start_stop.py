"""`lunora start` and `lunora stop`: only what was named, until it is there."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog import suspension
from catalog.suspension import Suspension
from localaws.faults import FaultPlan
from lunora.ops.channel_control import control_channel
from lunora.ops.channels import channels
from lunora.ops.errors import ControlError
from provider.aws import AwsClients
from tests.support.stage import REGION, TAGS, Stage, only_status, run


def interrupting(stage: Stage) -> list[tuple[str, str]]:
    operations = {"StartChannel", "StopChannel"}
    return [(c.operation, c.resource) for c in stage.aws.calls if c.operation in operations]


def test_a_channel_is_started_and_its_way_is_shown(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    stage.destination("second-stage", runs=False)
    stage.aws.calls.clear()
    result = run("start", "main-stage")
    assert (result.exit_code, result.stdout) == (0, "")
    shown = [line for line in result.stderr.splitlines() if line.startswith("main-stage: ")]
    assert shown == ["main-stage: IDLE", "main-stage: STARTING", "main-stage: RUNNING"]
    assert interrupting(stage) == [("StartChannel", stage.ids["main-stage"])]
    assert stage.state("second-stage") == "IDLE"


def test_what_differs_from_the_file_is_said(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    text = " ".join(run("start", "main-stage").stderr.split())
    assert "destinations/main-stage.yaml declares stopped: the next `pulumi preview`" in text
    assert "declares" not in run("stop", "main-stage", "--yes").stderr


def test_several_are_stopped_in_one_go(stage: Stage) -> None:
    for name in ("main-stage", "second-stage"):
        stage.destination(name)
    result = run("stop", "main-stage", "second-stage", "--yes", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "destinations": [
            {"name": name, "state": "IDLE", "reached": True, "reason": ""}
            for name in ("main-stage", "second-stage")
        ]
    }


def test_a_channel_that_is_there_already_is_left_alone(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.calls.clear()
    assert run("start", "main-stage").exit_code == 0
    assert interrupting(stage) == []


def test_stopping_what_is_on_air_asks(stage: Stage) -> None:
    stage.destination("main-stage")
    result = run("stop", "main-stage", stdin="n\n")
    assert (result.exit_code, stage.state("main-stage")) == (3, "RUNNING")
    assert result.stderr.startswith("main-stage will go off air. Stop? [y/N]:")
    assert result.stderr.endswith("nothing was stopped\n")
    assert run("stop", "main-stage", stdin="y\n").exit_code == 0
    assert stage.state("main-stage") == "IDLE"


def test_where_nobody_can_answer_nothing_is_stopped(stage: Stage) -> None:
    stage.destination("main-stage")
    result = run("stop", "main-stage", stdin="")
    assert (result.exit_code, stage.state("main-stage")) == (3, "RUNNING")
    assert "LUN403: " in result.stderr


def test_stopping_what_stands_still_does_not_ask(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    assert run("stop", "main-stage").exit_code == 0


def test_one_wrong_name_changes_nothing(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    result = run("start", "main-stage", "main-stag")
    assert result.exit_code == 2
    assert "LUN450" in result.stderr
    assert 'did you mean "main-stage"?' in result.stderr
    assert stage.state("main-stage") == "IDLE"


def test_a_foreign_channel_cannot_be_stopped(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.medialive.delete_tags(
        ResourceArn=stage.medialive.describe_channel(ChannelId=stage.ids["main-stage"])["Arn"],
        TagKeys=["ManagedBy"],
    )
    assert run("stop", "main-stage", "--yes").exit_code == 2
    assert stage.state("main-stage") == "RUNNING"


def test_one_that_fails_does_not_keep_the_others(stage: Stage) -> None:
    for name in ("main-stage", "second-stage"):
        stage.destination(name, runs=False)
    stage.aws.medialive().region.channels[stage.ids["main-stage"]].enter("UPDATE_FAILED", 0.0)
    assert run("start", "main-stage", "second-stage").exit_code == 1
    assert stage.state("second-stage") == "RUNNING"


def test_a_channel_that_hangs_is_given_up_after_15_minutes(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    hangs = {"operation": "medialive:StartChannel", "fault": "hangs"}
    stage.aws.load_faults(FaultPlan.model_validate({"mishaps": [hangs]}))
    minutes = itertools.count(step=60.0)
    aws = AwsClients(
        REGION, endpoint=stage.aws.endpoint, sleep=lambda _: None, clock=lambda: next(minutes)
    )
    (channel,) = channels(aws.medialive, TAGS)
    with pytest.raises(ControlError, match=r"^LUN315"):
        control_channel(aws, channel, "running", lambda _: None)


def test_a_channel_that_hangs_while_it_starts_is_shown_so_and_can_be_stopped(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    stage.declare("main-stage", "state: running")
    hangs = {"operation": "medialive:StartChannel", "fault": "hangs"}
    stage.aws.load_faults(FaultPlan.model_validate({"mishaps": [hangs]}))
    stage.medialive.start_channel(ChannelId=stage.ids["main-stage"])
    stage.aws.clock.advance(3600)
    (shown,) = json.loads(run("status", "--json").stdout)["destinations"]
    assert (shown["channel_state"], shown["condition"]) == ("STARTING", "starting")
    assert run("stop", "main-stage", "--yes").exit_code == 0
    assert stage.state("main-stage") == "IDLE"


def test_a_channel_that_dies_at_once_is_no_success(stage: Stage) -> None:
    channel_id = stage.destination("main-stage", runs=False)

    def dies(_: float) -> None:
        stage.aws.medialive().region.channels[channel_id].enter("IDLE", 0.0)

    aws = AwsClients(REGION, endpoint=stage.aws.endpoint, sleep=dies)
    (channel,) = channels(aws.medialive, TAGS)
    with pytest.raises(ControlError, match=r"^LUN331"):
        control_channel(aws, channel, "running", lambda _: None)


def test_a_throttled_start_is_repeated(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    stage.destination("main-stage", runs=False)
    throttled = {"operation": "medialive:*", "fault": "throttled", "times": 3}
    stage.aws.load_faults(FaultPlan.model_validate({"calls": [throttled]}))
    assert run("start", "main-stage").exit_code == 0


def test_a_channel_that_cannot_run_is_one_sentence(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    stage.aws.medialive().region.channels[stage.ids["main-stage"]].enter("UPDATE_FAILED", 0.0)
    result = run("start", "main-stage", "--json")
    assert result.exit_code == 1
    (outcome,) = json.loads(result.stdout)["destinations"]
    assert outcome["reason"].startswith("LUN331")
    assert "UPDATE_FAILED" in outcome["reason"]


def switching(stage: Stage) -> list[str]:
    operations = {"StartChannel", "StopChannel", "UpdateFlowOutput"}
    return [call.operation for call in stage.aws.calls if call.operation in operations]


def test_its_flow_output_is_enabled_before_it_starts(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    stage.destination("second-stage", runs=False)
    stage.aws.calls.clear()
    assert run("start", "main-stage").exit_code == 0
    assert switching(stage) == ["UpdateFlowOutput", "StartChannel"]
    assert stage.output("main-stage")["OutputStatus"] == "ENABLED"
    assert stage.output("second-stage")["OutputStatus"] == "DISABLED"


def test_its_flow_output_is_disabled_after_it_has_stopped(stage: Stage) -> None:
    stage.destination("main-stage")
    stage.aws.calls.clear()
    assert run("stop", "main-stage", "--yes").exit_code == 0
    assert switching(stage) == ["StopChannel", "UpdateFlowOutput"]
    (updated,) = [c for c in stage.aws.calls if c.operation == "UpdateFlowOutput"]
    described = [c for c in stage.aws.calls if c.operation == "DescribeChannel"]
    assert stage.aws.calls.index(updated) > stage.aws.calls.index(described[-1])
    assert stage.output("main-stage")["OutputStatus"] == "DISABLED"


@pytest.mark.parametrize(("runs", "verb"), [(True, "start"), (False, "stop")])
def test_an_output_that_contradicts_its_channel_is_put_right(
    stage: Stage, *, runs: bool, verb: str
) -> None:
    stage.destination("main-stage", runs=runs)
    stage.switch("main-stage", "DISABLED" if runs else "ENABLED")
    stage.aws.calls.clear()
    assert run(verb, "main-stage").exit_code == 0
    assert switching(stage) == ["UpdateFlowOutput"]
    assert stage.output("main-stage")["OutputStatus"] == ("ENABLED" if runs else "DISABLED")


def test_a_strangers_output_of_that_name_is_left_alone(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    arn = stage.output("main-stage")["OutputArn"]
    stage.mediaconnect.untag_resource(ResourceArn=arn, TagKeys=["ManagedBy"])
    assert run("start", "main-stage").exit_code == 0
    assert stage.output("main-stage")["OutputStatus"] == "DISABLED"


def test_a_flow_that_does_not_let_its_output_be_enabled_starts_nothing(stage: Stage) -> None:
    stage.destination("main-stage", runs=False)
    (flow,) = stage.aws.regions["mediaconnect", REGION].flows.values()
    flow.enter("ERROR", stage.aws.clock.now())
    result = run("start", "main-stage")
    assert result.exit_code == 1
    assert "main-stage: LUN317: cannot start main-stage" in result.stderr
    assert stage.state("main-stage") == "IDLE"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeFlow"), "LUN310"),
        (ClientError({"Error": {"Code": "RequestExpired"}}, "DescribeFlow"), "LUN313"),
        (EndpointConnectionError(endpoint_url="https://aws.example"), "LUN316"),
    ],
)
def test_unreadable_flow_outputs_have_the_code_of_their_cause(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    stage.destination("main-stage", runs=False)
    monkeypatch.setattr("lunora.ops.flow_destination.flow", Mock(side_effect=error))
    result = run("start", "main-stage")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"main-stage: {code}: ")
    assert stage.state("main-stage") == "IDLE"


class TestSuspension:
    """A stop says who stopped it, so that nothing starts it again and no status calls it failed."""

    def test_a_stop_suspends_restarts_until_a_start(self, stage: Stage) -> None:
        stage.destination("main-stage")
        run("stop", "main-stage", "--yes")
        suspended = suspension_of(stage, "main-stage")
        assert suspended is not None
        assert (suspended.by, suspended.until) == ("moto", None)
        assert (only_status()["condition"], only_status()["severity"]) == ("stopped", "ok")
        run("start", "main-stage")
        assert suspension_of(stage, "main-stage") is None

    def test_it_can_have_an_end(self, stage: Stage) -> None:
        stage.destination("main-stage")
        run("stop", "main-stage", "--yes", "--for", "2h")
        suspended = suspension_of(stage, "main-stage")
        assert suspended is not None
        assert suspended.since is not None
        assert suspended.until == suspended.since + dt.timedelta(hours=2)

    @pytest.mark.parametrize("duration", ["2", "h", "0h", "2 hours", "-2h", "2h30m"])
    def test_a_wrong_duration_stops_nothing(self, stage: Stage, duration: str) -> None:
        stage.destination("main-stage")
        assert run("stop", "main-stage", "--yes", "--for", duration).exit_code == 2
        assert stage.state("main-stage") == "RUNNING"

    def test_a_reason_that_cannot_be_noted_stops_nothing(self, stage: Stage) -> None:
        stage.destination("main-stage")
        refused = run("stop", "main-stage", "--yes", "--why", " ")
        assert refused.exit_code == 2
        assert "LUN482" in refused.stderr
        assert stage.state("main-stage") == "RUNNING"


def suspension_of(stage: Stage, name: str) -> Suspension | None:
    channel = stage.medialive.describe_channel(ChannelId=stage.ids[name])
    return suspension.read(channel["Tags"])
