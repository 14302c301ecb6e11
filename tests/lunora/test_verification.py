"""`lunora doctor --verify-aws`: the readings of the emulator, and nothing of the account."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog.quotas import quotas
from catalog.unverified import unverified_facts
from localaws.faults import CallFault, FaultPlan
from localaws.medialive.service import ACCOUNT
from lunora.cost.price_list import rules
from lunora.verification import report
from lunora.verification.finding import Account, Finding, words
from lunora.verification.report import CHECKS
from tests.support.stage import Stage, run

UNSETTLED = "not possible here"


def verified() -> dict[str, tuple[str, str]]:
    """Return observation and verdict of each check, as the command tells them."""
    result = run("doctor", "--verify-aws", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert (document["against"], document["region"]) == ("emulator", "us-west-2")
    rows = {each["check"]: each for each in document["verifications"]}
    assert rows.keys() == CHECKS.keys()
    return {check: (row["observed"], row["verdict"]) for check, row in rows.items()}


def verdict(stage: Stage, check: str) -> tuple[str, str]:
    """Return observation and verdict of *check* alone."""
    (fact,) = (fact for fact in unverified_facts() if fact.check == check)
    account = Account(stage.stack, dt.datetime.now(dt.UTC))
    finding = report._finding(account, fact, report.CHECKS[check])
    return finding.observed, finding.verdict


@pytest.fixture
def live(stage: Stage) -> Stage:
    """Two live streams, one of which configures no thumbnails, and one that is stopped."""
    stage.destination("main-stage", thumbnails=True)
    stage.destination("second-stage")
    stage.destination("third-stage", runs=False)
    stage.aws.clock.advance(600)
    return stage


def test_what_the_emulator_does_is_what_the_product_assumes(live: Stage) -> None:
    settled = {check: row for check, row in verified().items() if row[1] != UNSETTLED}
    assert {verdict for _, verdict in settled.values()} == {"confirmed"}
    assert settled["thumbnail-size"] == ("640 x 360", "confirmed")
    assert settled["frame-rate"] == ("decimal number: 30", "confirmed")
    # There is one input, and no SRT output.
    assert set(CHECKS) - settled.keys() == {"medialive-metrics", "mediaconnect-metrics"} | {
        "source-messages",
        "flow-thumbnail-messages",
    }


@pytest.mark.parametrize(
    ("check", "readings"),
    [
        ("update-dry-run", ["checked", "idle-only", "refused"]),
        ("thumbnails-idle", ["bad-request", "empty"]),
    ],
)
def test_each_reading_of_a_call_is_told(live: Stage, check: str, readings: list[str]) -> None:
    for reading in readings:
        live.aws.readings.choose({check: reading})
        assert_told(live, check, reading, assumed=readings[0])


@pytest.mark.parametrize(
    ("check", "readings"),
    [("input-settings", ["as-given", "filled"]), ("empty-lists", ["filled", "as-given"])],
)
def test_each_reading_of_settings_is_told(stage: Stage, check: str, readings: list[str]) -> None:
    for reading in readings:
        # It decides as a channel is made.
        stage.aws.readings.choose({check: reading})
        stage.destination(reading)
        assert_told(stage, check, reading, assumed=readings[0])
        stage.medialive.stop_channel(ChannelId=stage.ids[reading])
        stage.until(reading, "IDLE")


def assert_told(stage: Stage, check: str, reading: str, *, assumed: str) -> None:
    observed, verdict_ = verdict(stage, check)
    assert observed.partition(":")[0] == reading
    assert verdict_ == ("confirmed" if reading == assumed else "refuted")


def test_a_stack_without_channels_settles_what_needs_none(stage: Stage) -> None:
    rows = verified()
    assert rows["engine-versions"][1] == rows["quota-codes"][1] == rows["fill"][1] == "confirmed"
    for check in ("update-dry-run", "input-settings", "thumbnails-idle", "thumbnail-size"):
        assert rows[check][1] == UNSETTLED


def test_a_refused_call_hides_no_other_and_its_message_is_left_out(live: Stage) -> None:
    fault = CallFault(operation="medialive:DescribeChannel", fault="error", times=100)
    live.aws.load_faults(FaultPlan(calls=(fault,)))
    rows = verified()
    observed, verdict_ = rows["empty-lists"]
    assert observed.startswith("DescribeChannel answered ")
    assert "fault plan" not in observed
    assert verdict_ == UNSETTLED
    assert rows["update-dry-run"][1] == "confirmed"


def test_a_call_that_is_not_allowed_is_named(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> Finding:
        answer: Any = {"Error": {"Code": "AccessDeniedException", "Message": "User: arn:aws:x"}}
        raise ClientError(answer, "UpdateChannel")

    monkeypatch.setattr(report, "CHECKS", {**CHECKS, "update-dry-run": denied})
    observed = "the credentials do not allow UpdateChannel"
    assert verdict(stage, "update-dry-run") == (observed, UNSETTLED)


def test_invalid_credentials_end_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def invalid(*_: object) -> Finding:
        answer: Any = {"Error": {"Code": "ExpiredToken", "Message": ""}}
        raise ClientError(answer, "ListVersions")

    monkeypatch.setattr(report, "CHECKS", {**CHECKS, "engine-versions": invalid})
    result = run("doctor", "--verify-aws")
    assert result.exit_code == 1
    assert result.stderr.startswith("LUN413: ")


def test_other_dimensions_are_refuted(stage: Stage) -> None:
    others = [{"Name": name, "Value": "x"} for name in ("Pipeline", "Region")]
    datum: Any = {"MetricName": "DroppedFrames", "Dimensions": others, "Value": 1.0}
    cloudwatch = stage.stack.aws().client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="AWS/MediaLive", MetricData=[datum])
    observed = "others: DroppedFrames has Pipeline+Region"
    assert verdict(stage, "medialive-metrics") == (observed, "refuted")


def test_other_quotas_and_codes_are_refuted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {"channels": quotas().codes["pushInputs"]}
    defaults = {**quotas().defaults, "channels": 6}
    others = quotas().model_copy(update={"codes": codes, "defaults": defaults})
    monkeypatch.setattr("lunora.verification.quotas.quotas", lambda: others)
    assert verdict(stage, "quota-codes") == ("others: L-9E233AF7 Push inputs", "refuted")
    lower = ("lower: channels 5, flowOutputs 50", "refuted")
    assert verdict(stage, "default-quotas") == lower


def test_missing_rows_of_the_price_list_are_refuted_with_those_that_are_there(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = (group.model_copy(update={"usagetype": "^none$"}) for group in rules().groups)
    others = rules().model_copy(update={"groups": tuple(groups)})
    monkeypatch.setattr("lunora.verification.price_rows.rules", lambda: others)
    observed, verdict_ = verdict(stage, "transfer-prices")
    assert observed.startswith("others: no row of mediaconnect.output among ")
    assert "USW2-DataTransfer-Regional-Bytes" in observed
    assert verdict_ == "refuted"


@pytest.mark.parametrize("text", ["arn:aws:medialive", "of account 123456789012", "ä", "x" * 99])
def test_a_text_that_may_be_of_the_account_is_masked(text: str) -> None:
    assert words([text, "Outputs"]) == ["(masked)", "Outputs"]


def test_codes_of_messages_are_compared_and_their_texts_left_out(live: Stage) -> None:
    live.aws.trigger("source-lost", "*")
    assert verdict(live, "source-messages") == ("NO_SOURCE_DATA", "confirmed")


def test_the_report_holds_nothing_of_the_account(live: Stage) -> None:
    described = live.medialive.describe_channel(ChannelId=live.ids["main-stage"])
    flow = live.mediaconnect.describe_flow(FlowArn=live.flow_arn)["Flow"]
    texts = set(leaves([described, flow, live.medialive.list_inputs()["Inputs"], live.keys]))
    secret = {
        text for text in texts if len(text) > 6 and not re.fullmatch(r"[A-Z][A-Z0-9_]*", text)
    }
    assert {live.ids["main-stage"], live.flow_arn, live.keys["main-stage"]} < secret
    # What the report says of itself may be a word of the account, too.
    secret = {text for text in secret if not any(text in fact.fact for fact in unverified_facts())}
    for options in ((), ("--json",)):
        report = run("doctor", "--verify-aws", *options).stdout
        assert [text for text in secret | {ACCOUNT, "arn:", "sk-"} if text in report] == []
        assert re.findall(r"\d{12}|\d+\.\d+\.\d+\.\d+", report) == []


def leaves(content: Any) -> list[str]:
    """Return all texts in an answer."""
    if isinstance(content, dict):
        return [text for value in content.values() for text in leaves(value)]
    if isinstance(content, list):
        return [text for value in content for text in leaves(value)]
    return [content] if isinstance(content, str) else []
