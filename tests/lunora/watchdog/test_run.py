"""One invocation of the watchdog against the emulator: it reads, writes, starts and notifies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from catalog.logo import FEATURE
from catalog.model import DestinationSpec
from catalog.names import MEMORY_KEY
from catalog.suspension import KEY, Suspension
from localaws.faults import CallFault, FaultPlan
from lunora.ops.desired_state import declared
from lunora.watchdog.delivery import Delivery
from lunora.watchdog.memory import Memory, Notice
from lunora.watchdog.run import BusyError, source_event_of, with_source_event
from lunora.watchdog.store import MemoryStore
from tests.support.patrol import TABLE, Patrol
from tests.support.stage import TAGS, Stage


class StagedPatrol(Patrol):
    """A watchdog of a stage."""

    def __init__(
        self,
        stage: Stage,
        specs: Callable[[], Sequence[DestinationSpec]],
        client: Callable[[str], Any],
    ) -> None:
        super().__init__(stage.stack, specs, client)
        self.stage = stage


@pytest.fixture
def patrol(stage: Stage, client: Callable[[str], Any]) -> StagedPatrol:
    def specs() -> Sequence[DestinationSpec]:
        return declared(stage.folder / "destinations") or ()

    return StagedPatrol(stage, specs, client)


def dies(stage: Stage, name: str) -> None:
    stage.medialive.stop_channel(ChannelId=stage.ids[name])
    stage.until(name, "IDLE")


def test_a_dead_channel_lives_again_and_one_mail_says_so(patrol: StagedPatrol) -> None:
    patrol.stage.destination("show")
    patrol.run()
    dies(patrol.stage, "show")
    assert patrol.run()["started"] == ["show"]
    patrol.stage.until("show", "RUNNING")
    assert patrol.mails() == ["local: destination show: opened"]
    assert [post["change"] for post in patrol.posts] == ["opened"]


def test_a_suspended_channel_stays_stopped_and_its_output_is_disabled(patrol: StagedPatrol) -> None:
    channel_id = patrol.stage.destination("show")
    patrol.run()
    dies(patrol.stage, "show")
    arn = patrol.stage.medialive.describe_channel(ChannelId=channel_id)["Arn"]
    value = Suspension("alice", patrol.now).tag_value()
    patrol.stage.medialive.create_tags(ResourceArn=arn, Tags={KEY: value})
    summary = patrol.run()
    assert (summary["started"], summary["switched"]) == ([], {"show": "stopped"})
    assert patrol.stage.output("show")["OutputStatus"] == "DISABLED"
    assert patrol.mails() == []


def test_a_mark_that_outlives_its_stop_is_removed(patrol: StagedPatrol) -> None:
    channel_id = patrol.stage.destination("show")
    arn = patrol.stage.medialive.describe_channel(ChannelId=channel_id)["Arn"]
    value = Suspension("alice", patrol.now).tag_value()
    patrol.stage.medialive.create_tags(ResourceArn=arn, Tags={KEY: value})
    patrol.run()
    assert KEY not in patrol.stage.medialive.list_tags_for_resource(ResourceArn=arn)["Tags"]


def test_a_destination_of_another_region_is_the_watchdogs_of_that_region(
    patrol: StagedPatrol,
) -> None:
    patrol.stage.declare("far", "flow: east")
    for _ in range(4):
        patrol.run()
    assert patrol.mails() == []
    declared_names = [entry.subject for entry in patrol.entries if entry.kind == "declaration"]
    assert declared_names == ["destination far"]


@pytest.mark.parametrize("kept", ["gone", "kept"])
def test_a_logo_is_on_air_after_each_start(patrol: StagedPatrol, kept: str) -> None:
    stage = patrol.stage
    stage.aws.readings.choose({"image-after-stop": kept})
    about = {"ChannelId": stage.destination("show", runs=False)}
    settings = stage.medialive.describe_channel(**about)["EncoderSettings"]
    settings["FeatureActivations"] = dict(FEATURE)
    settings["OutputGroups"][0]["Outputs"][0]["OutputName"] = "rtmp"
    stage.medialive.update_channel(**about, EncoderSettings=settings)
    stage.declare("show", "picture: {logo: {image: s3://logos/a.png}}")

    def shown() -> list[str]:
        stage.until("show", "RUNNING")
        stage.aws.settle()
        images = stage.aws.medialive().region.schedules[about["ChannelId"]].images
        return [settings["Image"]["Uri"] for settings in images.values()]

    # By EventBridge Scheduler, or by hand.
    stage.until("show", "IDLE")
    stage.medialive.start_channel(**about)
    stage.until("show", "RUNNING")
    assert patrol.run()["logos"] == ["show"]
    assert shown() == ["s3ssl://logos/a.png"]
    assert patrol.run()["logos"] == []
    dies(stage, "show")
    assert patrol.run()["started"] == ["show"]
    stage.until("show", "RUNNING")
    assert patrol.run()["logos"] == ["show"]
    assert shown() == ["s3ssl://logos/a.png"]


def test_a_logo_that_aws_refuses_is_in_the_history(patrol: StagedPatrol) -> None:
    patrol.stage.destination("show")
    patrol.stage.declare("show", "picture: {logo: {image: s3://logos/a.png}}")
    assert patrol.run()["logos"] == ["show"]
    refused = [entry.details for entry in patrol.entries if entry.kind == "refused"]
    assert refused == [{"code": "LUN317"}]


class TestDirectOutput:
    @pytest.fixture
    def arn(self, patrol: StagedPatrol) -> str:
        stage = patrol.stage
        text = "platform: restream\nroute: flow\n"
        (stage.folder / "destinations/show.yaml").write_text(text)
        output = {
            "Name": "lunora-player-local-show",
            "Protocol": "rtmp-push",
            "Destination": "live.restream.io",
            "Port": 1935,
            "RtmpPushSettings": {"ApplicationName": "live", "StreamName": "made-up"},
            "OutputTags": {**TAGS, "Destination": "show"},
        }
        answer = stage.mediaconnect.add_flow_outputs(FlowArn=stage.flow_arn, Outputs=[output])
        patrol.run()
        return str(answer["Outputs"][0]["OutputArn"])

    def stop(self, patrol: StagedPatrol, arn: str, *, minutes: int | None = None) -> None:
        until = patrol.now + dt.timedelta(minutes=minutes) if minutes else None
        stage, value = patrol.stage, Suspension("alice", patrol.now, until).tag_value()
        stage.mediaconnect.tag_resource(ResourceArn=arn, Tags={KEY: value})
        stage.mediaconnect.update_flow_output(
            FlowArn=stage.flow_arn, OutputArn=arn, OutputStatus="DISABLED"
        )

    def test_a_stop_by_an_operator_stays_and_is_reported_to_nobody(
        self, patrol: StagedPatrol, arn: str
    ) -> None:
        self.stop(patrol, arn)
        assert [patrol.run()["switched"] for _ in range(4)] == [{}] * 4
        assert patrol.stage.output("show")["OutputStatus"] == "DISABLED"
        assert patrol.mails() == []

    def test_a_mark_goes_with_a_start_by_a_schedule(self, patrol: StagedPatrol, arn: str) -> None:
        stage = patrol.stage
        self.stop(patrol, arn)
        patrol.run()
        stage.mediaconnect.update_flow_output(
            FlowArn=stage.flow_arn, OutputArn=arn, OutputStatus="ENABLED"
        )
        patrol.run()
        assert KEY not in stage.mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"]

    def test_one_with_an_end_ends_with_its_mark(self, patrol: StagedPatrol, arn: str) -> None:
        self.stop(patrol, arn, minutes=10)
        assert [patrol.run()["switched"] for _ in range(2)] == [{}, {"show": "running"}]
        assert patrol.stage.output("show")["OutputStatus"] == "ENABLED"
        tags = patrol.stage.mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"]
        assert KEY not in tags
        assert patrol.mails() == []


def test_a_refused_start_is_logged_by_its_code(patrol: StagedPatrol) -> None:
    patrol.stage.destination("show")
    patrol.run()
    dies(patrol.stage, "show")
    refused_start = CallFault(operation="medialive:StartChannel", fault="quotes")
    patrol.stage.aws.load_faults(FaultPlan(calls=(refused_start,)))
    patrol.run()
    (refused,) = [entry for entry in patrol.entries if entry.kind == "refused"]
    assert refused.details["code"].startswith("LUN")
    assert patrol.run()["started"] == []


def test_a_start_whose_answer_is_lost_is_no_refusal(patrol: StagedPatrol) -> None:
    patrol.stage.destination("show")
    patrol.run()
    dies(patrol.stage, "show")
    lost = CallFault(operation="medialive:StartChannel", fault="dropped-after", times=1)
    patrol.stage.aws.load_faults(FaultPlan(calls=(lost,)))
    patrol.stage.aws.calls.clear()
    assert patrol.run()["started"] == ["show"]
    assert [entry for entry in patrol.entries if entry.kind == "refused"] == []
    # It returns stream keys, so that the functions may not call it.
    assert "DescribeChannel" not in [call.operation for call in patrol.stage.aws.calls]


def test_an_event_that_comes_twice_does_nothing_twice(patrol: StagedPatrol) -> None:
    patrol.stage.destination("show")
    patrol.run()
    dies(patrol.stage, "show")
    first, second = patrol.run(), patrol.run(minutes=0)
    assert (first["started"], second["started"]) == (["show"], [])
    assert len(patrol.mails()) == 1


def test_a_message_of_an_invocation_that_died_is_sent_by_the_next(patrol: StagedPatrol) -> None:
    patrol.stage.destination("show")
    patrol.run()
    dies(patrol.stage, "show")
    send, patrol.delivery = patrol.delivery, _Broken()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        patrol.run()
    patrol.delivery = send
    patrol.run(minutes=3)
    assert patrol.mails() == ["local: destination show: opened"]


class _Broken:
    def send(self, notice: object) -> list[str]:
        raise KeyboardInterrupt


@dataclass(frozen=True, slots=True)
class _Racing:
    """Sends while another invocation writes."""

    delivery: Delivery
    store: MemoryStore

    def send(self, notice: Notice) -> list[str]:
        stored = self.store.read()
        assert self.store.write(stored.memory, stored.version) is not None
        return self.delivery.send(notice)


class TestMemory:
    def test_one_of_two_writers_is_refused(self, patrol: StagedPatrol) -> None:
        read = patrol.store.read()
        assert patrol.store.write(Memory(), read.version) is not None
        assert patrol.store.write(Memory(), read.version) is None

    def test_what_cannot_be_read_counts_as_empty(self, patrol: StagedPatrol) -> None:
        patrol.store.dynamodb.put_item(
            TableName=TABLE,
            Item={
                MEMORY_KEY: {"S": "us-west-2"},
                "Version": {"N": "7"},
                "Memory": {"S": "{"},
            },
        )
        stored = patrol.store.read()
        assert (stored.memory, stored.version) == (Memory(), 7)

    def test_what_was_sent_is_noted_in_what_another_has_written_since(
        self, patrol: StagedPatrol
    ) -> None:
        patrol.stage.destination("show")
        patrol.run()
        dies(patrol.stage, "show")
        delivery = patrol.delivery
        patrol.delivery = _Racing(delivery, patrol.store)  # type: ignore[assignment]
        patrol.run()
        patrol.delivery = delivery
        patrol.run()
        assert patrol.mails() == ["local: destination show: opened"]

    def test_one_that_never_gets_its_turn_gives_up(
        self, patrol: StagedPatrol, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        patrol.stage.destination("show")
        monkeypatch.setattr(MemoryStore, "write", lambda *_: None)
        with pytest.raises(BusyError):
            patrol.run()


ARN = "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a-b:srt"


def health(state: str, time: str = "2026-01-02T12:00:00Z", member: str = "state") -> dict[str, Any]:
    return {
        "detail-type": "MediaConnect Source Health",
        "time": time,
        "resources": [ARN, ARN.replace(":flow:", ":source:")],
        "detail": {"current": {member: state}},
    }


class TestSourceEvents:
    @pytest.mark.parametrize("member", ["state", "source_state"])
    @pytest.mark.parametrize(
        ("state", "connected"),
        [("CONNECTED", True), ("RECEIVING", True), ("DISCONNECTED", False), ("IDLE", False)],
    )
    def test_they_say_whether_a_source_sends(
        self, state: str, member: str, *, connected: bool
    ) -> None:
        event = source_event_of(health(state, member=member))
        assert event is not None
        assert (event[0], event[1].connected) == (ARN, connected)

    @pytest.mark.parametrize("event", [{}, {"detail-type": "MediaConnect Source Health"}])
    def test_others_say_nothing(self, event: dict[str, Any]) -> None:
        assert source_event_of(event) is None

    def test_one_that_was_overtaken_is_dropped(self) -> None:
        later = with_source_event(
            Memory(), source_event_of(health("CONNECTED", "2026-01-02T12:05:00Z"))
        )
        assert with_source_event(later, source_event_of(health("DISCONNECTED"))) == later


def test_maintenance_by_aws_starts_nothing_and_tells_nobody(patrol: StagedPatrol) -> None:
    stage = patrol.stage
    stage.destination("show")
    stage.aws.trigger("maintenance-required", "*-show")
    patrol.now = dt.datetime.fromtimestamp(stage.aws.clock.now(), dt.UTC)
    patrol.run()
    # The window that the emulator chooses for channels.
    window = dt.datetime(2026, 3, 21, 9, tzinfo=dt.UTC)
    stage.aws.advance(window.timestamp() - stage.aws.clock.now())
    patrol.now = window
    states = []
    for _ in range(6):
        states.append(stage.state("show"))
        assert patrol.run(minutes=1)["started"] == []
    assert states[0] == "STOPPING"
    assert states[-1] == "RUNNING"
    assert patrol.mails() == []
