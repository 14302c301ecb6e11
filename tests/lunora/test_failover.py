"""`lunora status` of a destination that two flows feed: who carries it, and what is left."""

from __future__ import annotations

import json

import pytest

from catalog.failover import Failover
from localaws.server import EmbeddedAws
from tests.support.medialive import channel_request, push_input, settle
from tests.support.stage import TAGS, Stage, configure, only_status

NAME = "lunora-player-local-show"
BACKUP = "backup-router"
MAIN = "lunora-player-local-srt-router"
FAILOVER = {"black_seconds": 5, "silence_seconds": 20, "recovery_seconds": 90}
SEEN = f"nothing or black or silence arrives from flow {MAIN}; it takes flow {BACKUP} instead"


@pytest.fixture
def show(stage: Stage) -> Stage:
    """A running destination `show` that the flows main and backup feed."""
    configure(stage.folder, stage.aws.endpoint, backup=BACKUP)
    stage.declare("show", "flow: [main, backup]", f"failover: {json.dumps(FAILOVER)}")
    source = {
        "Name": "srt",
        "Protocol": "srt-listener",
        "IngestPort": 5000,
        "WhitelistCidr": "203.0.113.0/24",
    }
    backup = stage.mediaconnect.create_flow(Name=BACKUP, Source=source)["Flow"]["FlowArn"]
    stage.mediaconnect.start_flow(FlowArn=backup)
    settle(lambda: stage.mediaconnect.describe_flow(FlowArn=backup)["Flow"]["Status"], "ACTIVE")
    ids = [_fed_input(stage, flow) for flow in (stage.flow_arn, backup)]
    tags = {**TAGS, "Destination": "show", "Platform": "restream"}
    request = channel_request(ids[0], NAME, Tags=tags)
    (first,) = request["InputAttachments"]
    request["InputAttachments"] = [
        {
            **first,
            "AutomaticInputFailoverSettings": Failover(**FAILOVER).members(
                secondary=ids[1], audio_selector="default"
            ),
        },
        {**first, "InputAttachmentName": "backup", "InputId": ids[1]},
    ]
    stage.ids["show"] = stage.medialive.create_channel(**request)["Channel"]["Id"]
    stage.until("show", "IDLE")
    stage.medialive.start_channel(ChannelId=stage.ids["show"])
    stage.until("show", "RUNNING")
    stage.aws.clock.advance(600)
    return stage


def _fed_input(stage: Stage, flow_arn: str) -> str:
    made = push_input(stage.medialive, f"of-{flow_arn[-6:]}")
    ip = stage.medialive.describe_input(InputId=made)["Destinations"][0]["Ip"]
    output = {"Name": NAME, "Protocol": "rtp", "Destination": ip, "Port": 5000}
    stage.mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output])
    return made


def test_two_good_flows_are_live(show: Stage) -> None:
    status = only_status()
    assert (status["condition"], status["reason"]) == ("live", "")
    assert (status["flow"], status["backup"], status["on_backup"]) == (MAIN, BACKUP, False)


@pytest.mark.parametrize(
    ("mishap", "reason"),
    [
        ("standby", f"flow {MAIN} is STANDBY; it takes flow {BACKUP} instead"),
        ("source-lost", SEEN),
        ("black-frames", SEEN),
        ("silent-audio", SEEN),
    ],
)
def test_the_stream_goes_on_from_the_backup_when_the_first_flow_fails(
    show: Stage, mishap: str, reason: str
) -> None:
    assert show.aws.trigger(mishap, MAIN)
    show.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["severity"], status["reason"]) == (
        "degraded",
        "warning",
        reason,
    )
    assert (status["on_backup"], status["frames_in"], status["megabits_out"]) == (True, 30, 3)
    assert status["since"] is not None


def test_it_goes_back_once_the_first_flow_was_healthy_for_long_enough(show: Stage) -> None:
    show.aws.trigger("source-lost", MAIN)
    show.aws.clock.advance(240)
    show.aws.trigger("source-back", MAIN)
    show.aws.clock.advance(60)
    assert only_status()["on_backup"]
    show.aws.clock.advance(120)
    assert (only_status()["condition"], only_status()["on_backup"]) == ("live", False)


def test_a_backup_that_cannot_take_over_is_told(show: Stage) -> None:
    show.aws.trigger("standby", BACKUP)
    show.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["severity"]) == ("degraded", "warning")
    assert status["reason"] == f"its backup flow {BACKUP} is STANDBY"


def test_two_lost_flows_are_a_lost_stream(show: Stage) -> None:
    for name in (MAIN, BACKUP):
        show.aws.trigger("source-lost", name)
    show.aws.clock.advance(240)
    status = only_status()
    assert (status["condition"], status["severity"]) == ("degraded", "critical")
    assert status["reason"] == "no video arrives at its channel"


def test_a_secondary_input_has_to_be_attached(embedded: EmbeddedAws, stage: Stage) -> None:
    request = channel_request(push_input(stage.medialive))
    failover = {"SecondaryInputId": "1"}
    request["InputAttachments"][0]["AutomaticInputFailoverSettings"] = failover
    with pytest.raises(stage.medialive.exceptions.UnprocessableEntityException):
        stage.medialive.create_channel(**request)
    assert not embedded.medialive().region.channels
