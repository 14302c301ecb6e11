"""Decisions after a reading: starts, switches of outputs, incidents, history."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
from typing import Any, ClassVar

import pytest

from catalog.model import DestinationSpec
from catalog.suspension import Suspension
from lunora.ops.channel_metrics import ChannelMetrics
from lunora.ops.maintenance import Maintenance
from lunora.ops.status import DestinationStatus
from lunora.watchdog.decision import Decision, decide, with_refusal, without_notice
from lunora.watchdog.memory import ChannelRecord, Memory, Notice
from lunora.watchdog.view import View
from tests.support.watchdog import NOON, destination, direct, missing, reading

MINUTE = dt.timedelta(minutes=1)
NO_SOURCE = "no source arrives; look at the sender"
STOPPED = "it is STANDBY: maintenance by AWS until 14:00 UTC at the latest"


class Story:
    """Readings one after the other, each with what the former left."""

    def __init__(self) -> None:
        self.memory = Memory()
        self.now = NOON
        self.starts: list[str] = []
        self.notices: list[Notice] = []

    def read(self, view: View, *, after: dt.timedelta = MINUTE) -> Decision:
        """Decide on *view*, and send what there is to send."""
        self.now += after
        decision = decide(view, self.memory, self.now)
        self.starts += decision.starts
        self.memory = decision.memory
        for notice in decision.memory.outbox:
            self.notices.append(notice)
            self.memory = without_notice(self.memory, notice)
        return decision

    @property
    def messages(self) -> list[tuple[str, str]]:
        return [(notice.kind, notice.incident.subject) for notice in self.notices]


@pytest.fixture
def story() -> Story:
    """A stack whose destinations have been there for a day."""
    story = Story()
    names = ("show", "two", *(f"show-{number}" for number in range(20)))
    yesterday = NOON - dt.timedelta(days=1)
    known = {
        name: ChannelRecord(id=name, first_read=yesterday, state="RUNNING", ran=True)
        for name in names
    }
    story.memory = Memory(channels=known, flows={"main": "live"})
    return story


def test_a_healthy_stack_needs_nothing(story: Story) -> None:
    decision = story.read(reading(destination()))
    assert (decision.starts, dict(decision.outputs), story.messages) == ((), {}, [])


def test_an_outage_is_one_incident_with_one_start_for_each_failure(story: Story) -> None:
    story.read(reading(destination()))
    story.read(reading(destination(state="IDLE")))
    story.read(reading(destination(state="STARTING")))
    story.read(reading(destination(active_outputs=0.0, silent_since=NOON)))
    story.read(reading(destination(state="IDLE")), after=2 * MINUTE)
    story.read(reading(destination(state="STARTING")))
    for _ in range(4):
        story.read(reading(destination()))
    assert story.starts == ["show", "show"]
    assert story.messages == [("opened", "destination show"), ("closed", "destination show")]
    assert story.notices[-1].incident.restarts == 2


def test_pauses_between_starts_grow_and_never_end(story: Story) -> None:
    idle = reading(destination(state="IDLE"))
    times = [story.now for _ in range(120) if story.read(idle).starts]
    pauses = [int((later - earlier) / MINUTE) for earlier, later in itertools.pairwise(times)]
    assert pauses[:5] == [1, 2, 4, 8, 10]
    assert set(pauses[5:]) == {10}


def test_a_channel_that_was_healthy_for_long_is_started_at_once(story: Story) -> None:
    for _ in range(20):
        story.read(reading(destination(state="IDLE")))
    for _ in range(12):
        story.read(reading(destination()))
    assert story.read(reading(destination(state="IDLE"))).starts == ("show",)


@pytest.mark.parametrize("state", ["STARTING", "STOPPING", "RECOVERING", "UPDATING", "CREATING"])
def test_a_channel_in_transition_is_left_alone(story: Story, state: str) -> None:
    assert story.read(reading(destination(state=state))).starts == ()


@pytest.mark.parametrize("state", ["CREATE_FAILED", "UPDATE_FAILED"])
def test_a_channel_that_only_a_deployment_mends_is_reported(story: Story, state: str) -> None:
    assert story.read(reading(destination(state=state))).starts == ()
    assert story.messages == [("opened", "destination show")]


@pytest.mark.parametrize("expected", ["stopped", None])
def test_what_need_not_run_is_not_started(story: Story, expected: None) -> None:
    decision = story.read(reading(destination(state="IDLE", expected=expected)))
    assert (decision.starts, story.messages) == ((), [])


class TestDeployment:
    def test_a_channel_that_is_being_built_is_left_alone(self) -> None:
        story = Story()
        for _ in range(4):
            assert story.read(reading(destination(state="IDLE"))).starts == ()
        assert story.messages == []

    def test_one_that_a_deployment_left_behind_is_started(self) -> None:
        story = Story()
        for _ in range(8):
            story.read(reading(destination(state="IDLE")))
        assert story.starts[:1] == ["show"]

    def test_one_that_is_being_replaced_is_left_alone(self, story: Story) -> None:
        story.read(reading(missing()))
        assert story.read(reading(destination(state="IDLE", channel_id="2"))).starts == ()
        assert story.messages == []

    def test_one_that_is_missing_is_an_incident_after_a_while(self) -> None:
        story = Story()
        counts = []
        for _ in range(20):
            story.read(reading(missing()))
            counts.append(len(story.messages))
        assert counts == [0] * 15 + [1] * 5


class TestSuspension:
    def test_an_operators_stop_stays_and_tells_nobody(self, story: Story) -> None:
        stopped = destination(state="IDLE", suspension=Suspension("alice", NOON))
        for _ in range(30):
            assert story.read(reading(stopped)).starts == ()
        assert story.messages == []

    def test_it_ends_at_its_time(self, story: Story) -> None:
        suspension = Suspension("alice", NOON, NOON + 3 * MINUTE)
        stopped = destination(state="IDLE", suspension=suspension)
        decisions = [story.read(reading(stopped)).starts for _ in range(3)]
        assert decisions == [(), (), ("show",)]
        story.read(reading(destination(state="STARTING")))
        story.read(reading(destination()))
        assert story.messages == [], "a planned start"

    def test_a_stop_ends_the_incident(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE")))
        stopped = destination(state="IDLE", suspension=Suspension("alice", NOON))
        story.read(reading(stopped))
        assert story.messages == [("opened", "destination show"), ("closed", "destination show")]


class TestMarksThatOutliveTheirStop:
    STOP = Suspension("alice", NOON)

    def test_a_channel_that_a_schedule_started_is_watched_again(self, story: Story) -> None:
        running = destination(suspension=self.STOP)
        resumed = [story.read(reading(running)).resumes for _ in range(6)]
        assert resumed == [()] * 5 + [("show",)], "it may be stopping just now"

    def test_one_that_does_not_run_keeps_its_own(self, story: Story) -> None:
        for state in ("STOPPING", "IDLE", "STARTING"):
            view = reading(destination(state=state, suspension=self.STOP))
            assert story.read(view, after=9 * MINUTE).resumes == ()

    def test_an_output_that_a_schedule_enabled_loses_it(self, story: Story) -> None:
        assert story.read(reading(direct())).resumes == ()
        story.read(reading(direct(output="DISABLED", suspension=self.STOP)))
        assert [story.read(reading(direct())).resumes for _ in range(2)] == [("show",), ()]


class TestDirectOutput:
    STOP = Suspension("alice", NOON)

    def test_an_operators_stop_stays_and_tells_nobody(self, story: Story) -> None:
        for _ in range(30):
            decision = story.read(reading(direct(output="DISABLED", suspension=self.STOP)))
            assert dict(decision.outputs) == {}
        assert story.messages == []

    def test_it_ends_at_its_time(self, story: Story) -> None:
        stop = Suspension("alice", NOON, NOON + 3 * MINUTE)
        stopped = direct(output="DISABLED", suspension=stop)
        switched = [dict(story.read(reading(stopped)).outputs) for _ in range(3)]
        assert switched == [{}, {}, {"show": "running"}]

    def test_one_that_somebody_disabled_is_enabled_after_the_time_of_a_deployment(
        self, story: Story
    ) -> None:
        story.read(reading(direct()))
        decisions = [story.read(reading(direct(output="DISABLED"))) for _ in range(6)]
        assert [dict(decision.outputs) for decision in decisions] == [{}] * 5 + [
            {"show": "running"}
        ]
        assert story.messages == [("opened", "destination show")]
        story.read(reading(direct()), after=MINUTE)
        assert [kind for kind, _ in story.messages] == ["opened", "closed"]

    def test_one_that_is_to_be_stopped_stays_so(self, story: Story) -> None:
        stopped = direct(output="DISABLED", expected="stopped")
        assert [dict(story.read(reading(stopped)).outputs) for _ in range(9)] == [{}] * 9

    def test_its_history_has_its_states_and_who_stopped_it(self, story: Story) -> None:
        story.read(reading(direct()))
        decision = story.read(reading(direct(output="DISABLED", suspension=self.STOP)))
        (entry,) = [entry for entry in decision.entries if entry.kind == "state"]
        assert entry.details == {"from": "ENABLED", "to": "DISABLED", "cause": "stopped by alice"}


class TestRefusal:
    def test_it_is_not_repeated_for_an_hour(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE")))
        story.memory = with_refusal(story.memory, "show", story.now)
        starts = [story.read(reading(destination(state="IDLE"))).starts for _ in range(60)]
        assert starts == [()] * 59 + [("show",)]


class TestFlows:
    def test_a_lost_source_is_one_incident_with_its_destinations(self, story: Story) -> None:
        names = [f"show-{number}" for number in range(20)]
        starved = [
            destination(name, frames_in=0.0, starved_since=NOON - 5 * MINUTE) for name in names
        ]
        story.read(reading(*map(destination, names)))
        for _ in range(10):
            story.read(reading(*starved, problem=NO_SOURCE))
        for _ in range(5):
            story.read(reading(*map(destination, names)))
        assert story.messages == [("opened", "flow main"), ("closed", "flow main")]
        assert story.notices[0].incident.affected == tuple(sorted(names))

    def test_metrics_that_lag_behind_the_source_open_no_second_incident(self, story: Story) -> None:
        story.read(reading(destination(frames_in=0.0, starved_since=NOON), problem=NO_SOURCE))
        story.read(reading(destination(frames_in=0.0, starved_since=NOON)), after=MINUTE / 2)
        story.read(reading(destination()))
        assert story.messages == [("opened", "flow main"), ("closed", "flow main")]

    def test_a_channel_that_also_died_has_its_own(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE"), destination("two"), problem=NO_SOURCE))
        assert story.messages == [("opened", "flow main"), ("opened", "destination show")]

    def test_a_source_that_nobody_needs_is_no_incident(self, story: Story) -> None:
        stopped = destination(state="IDLE", expected="stopped", output="DISABLED")
        story.read(reading(stopped, problem=NO_SOURCE))
        assert story.messages == []


class TestContent:
    BLACK = "its source is black"
    NAMES = ("show", "two")

    def mute(self, name: str) -> DestinationStatus:
        return destination(name, mute_since=NOON - 5 * MINUTE)

    def test_a_black_source_is_one_incident_with_its_destinations(self, story: Story) -> None:
        for _ in range(20):
            story.read(reading(*map(destination, self.NAMES), impairment=self.BLACK))
        story.read(reading(*map(destination, self.NAMES)))
        assert story.messages == [("opened", "flow main"), ("closed", "flow main")]
        assert story.notices[0].incident.affected == self.NAMES
        assert story.notices[0].incident.reason == self.BLACK

    def test_a_source_that_is_lost_is_no_longer_black(self, story: Story) -> None:
        story.read(reading(destination(), impairment=self.BLACK))
        story.read(reading(destination(frames_in=0.0, starved_since=NOON), problem=NO_SOURCE))
        assert story.messages == [("opened", "flow main")]

    def test_it_does_not_hide_what_else_a_destination_suffers_from(self, story: Story) -> None:
        hung_up = destination(active_outputs=0.0, silent_since=NOON - 5 * MINUTE)
        story.read(reading(hung_up, destination("two"), impairment=self.BLACK))
        assert story.messages == [("opened", "flow main"), ("opened", "destination show")]

    def test_a_silent_source_explains_channels_without_sound(self, story: Story) -> None:
        for _ in range(20):
            story.read(reading(*map(self.mute, self.NAMES), impairment="its source is silent"))
        assert story.messages == [("opened", "flow main")]

    def test_channels_that_are_all_without_sound_have_one_cause(self, story: Story) -> None:
        for _ in range(20):
            story.read(reading(*map(self.mute, self.NAMES)))
        assert story.messages == [("opened", "flow main")]
        assert "silent" in story.notices[0].incident.reason

    def test_one_channel_of_two_without_sound_has_its_own(self, story: Story) -> None:
        for _ in range(20):
            story.read(reading(self.mute("show"), destination("two")))
        assert story.messages == [("opened", "destination show")]

    def test_a_picture_that_nobody_is_to_see_is_no_incident(self, story: Story) -> None:
        stopped = destination(state="IDLE", expected="stopped", output="DISABLED")
        story.read(reading(stopped, impairment=self.BLACK))
        assert story.messages == []

    def test_a_channel_on_its_backup_does_not_suffer(self, story: Story) -> None:
        elsewhere = destination(on_primary=False)
        story.read(reading(elsewhere, impairment=self.BLACK))
        assert story.messages == []

    def test_packets_that_are_lost_on_the_way_are_the_destinations_own(self, story: Story) -> None:
        for _ in range(12):
            story.read(reading(destination(lost_rtp=900.0), destination("two")))
        assert story.messages == [("opened", "destination show")]


class TestLogos:
    GIVEN: ClassVar[dict[str, Any]] = {"name": "show", "platform": "restream", "preset": "1080p30"}
    SPEC = DestinationSpec.model_validate(
        {**GIVEN, "picture": {"logo": {"image": "s3://logos/a.png"}}}
    )

    def logos(self, story: Story, state: str = "RUNNING", **after: dt.timedelta) -> tuple[str, ...]:
        return story.read(reading(destination(state=state, spec=self.SPEC)), **after).logos

    def test_one_is_shown_after_each_start_and_once_an_hour(self, story: Story) -> None:
        assert self.logos(story) == ("show",)
        assert self.logos(story) == ()
        assert self.logos(story, "RECOVERING") == ()
        assert self.logos(story) == ("show",)
        assert self.logos(story, after=59 * MINUTE) == ()
        assert self.logos(story, after=MINUTE) == ("show",)

    def test_nothing_is_shown_without_one(self, story: Story) -> None:
        plain = DestinationSpec.model_validate(self.GIVEN)
        assert story.read(reading(destination(spec=plain))).logos == ()


class TestOutputs:
    def test_they_follow_a_channel_that_somebody_started(self, story: Story) -> None:
        view = reading(destination(output="DISABLED", expected="stopped"))
        assert story.read(view).outputs == {"show": "running"}

    def test_they_follow_a_channel_that_somebody_stopped(self, story: Story) -> None:
        stopped = destination(state="IDLE", suspension=Suspension("alice", NOON))
        assert story.read(reading(stopped)).outputs == {"show": "stopped"}

    def test_they_are_left_to_a_schedule_that_opens(self, story: Story) -> None:
        view = reading(destination(state="IDLE", expected=None))
        assert dict(story.read(view).outputs) == {}


class TestIncidents:
    def test_a_hiccup_is_none(self, story: Story) -> None:
        began = story.now + MINUTE
        story.read(reading(destination(active_outputs=0.0, silent_since=began)))
        story.read(reading(destination()))
        assert story.messages == []

    def test_silence_is_one(self, story: Story) -> None:
        silent = destination(active_outputs=0.0, silent_since=NOON - 5 * MINUTE)
        story.read(reading(silent))
        assert story.messages == [("opened", "destination show")]

    def test_a_fault_that_lasts_is_one(self, story: Story) -> None:
        counts = []
        for _ in range(12):
            story.read(reading(destination(dropped_frames=90.0)))
            counts.append(len(story.messages))
        assert counts == [0] * 10 + [1] * 2
        story.read(reading(destination()))
        assert [kind for kind, _ in story.messages] == ["opened", "closed"]

    def test_it_is_closed_after_three_healthy_minutes(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE")))
        closed = []
        for _ in range(5):
            story.read(reading(destination()))
            closed.append(len(story.notices) == 2)
        assert closed == [False, False, False, True, True]

    def test_it_is_updated_rarely(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE")))
        for minute in range(60):
            state = "UPDATE_FAILED" if minute % 2 else "IDLE"
            story.read(reading(destination(state=state)))
        assert [kind for kind, _ in story.messages] == ["opened", "updated"]

    def test_one_of_a_removed_destination_is_closed(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE")))
        story.read(reading())
        assert [kind for kind, _ in story.messages] == ["opened", "closed"]

    @pytest.mark.parametrize("starter", ["watchdog", "somebody"])
    def test_a_slow_start_is_neither_one_nor_repeated_for_ten_minutes(
        self, story: Story, starter: str
    ) -> None:
        """AWS: "a startup time up to 10 minutes is still normal"."""
        if starter == "somebody":
            story.memory = Memory()
        else:
            story.read(reading(destination(state="IDLE")))
        before = [*story.messages]
        counts = []
        for _ in range(13):
            assert story.read(reading(destination(state="STARTING"))).starts == ()
            counts.append(len(story.messages) - len(before))
        if starter == "somebody":
            assert counts == [0] * 11 + [1] * 2
            assert "more than 10 minutes" in story.notices[-1].incident.reason
        else:
            assert counts == [0] * 13, "the incident of the failure stays the one"

    def test_a_start_that_fails_after_minutes_is_repeated_at_once(self, story: Story) -> None:
        story.read(reading(destination(state="IDLE")))
        for _ in range(9):
            story.read(reading(destination(state="STARTING")))
        assert story.read(reading(destination(state="IDLE"))).starts == ("show",)

    def test_a_channel_that_runs_unmeasured_is_one_after_ten_minutes(self, story: Story) -> None:
        counts = []
        for _ in range(13):
            story.read(reading(destination(replaced=ChannelMetrics())))
            counts.append(len(story.messages))
        assert counts == [0] * 11 + [1] * 2


def test_the_history_has_each_change_once(story: Story) -> None:
    entries = [
        entry
        for state in ("RUNNING", "RUNNING", "IDLE", "STARTING", "RUNNING")
        for entry in story.read(reading(destination(state=state))).entries
        if entry.kind in {"state", "start"} and entry.subject == "destination show"
    ]
    assert [entry.details.get("to", "start") for entry in entries] == [
        *("IDLE", "start", "STARTING", "RUNNING"),
    ]


class TestStopsInTheHistory:
    DEPLOYMENT = Suspension("a deployment", NOON, NOON + 15 * MINUTE)

    def lines(self, story: Story, *stops: Suspension | None) -> list[tuple[str, str, str]]:
        return [
            (entry.kind, entry.details["change"], entry.details["id"])
            for stop in stops
            for entry in story.read(reading(destination(suspension=stop))).entries
            if entry.kind in {"deployment", "operator"}
        ]

    def test_a_deployment_has_a_line_when_it_begins_and_when_it_ends(self, story: Story) -> None:
        id_ = "destination-show/20260102T120000Z"
        lines = self.lines(story, None, self.DEPLOYMENT, self.DEPLOYMENT, None, None)
        assert lines == [("deployment", "began", id_), ("deployment", "ended", id_)]

    def test_an_operators_stop_has_its_own(self, story: Story) -> None:
        lines = self.lines(story, Suspension("alice", NOON), None)
        assert [line[:2] for line in lines] == [("operator", "began"), ("operator", "ended")]

    def test_a_deployment_that_follows_an_operators_stop_ends_it(self, story: Story) -> None:
        lines = self.lines(story, Suspension("alice", NOON - MINUTE), self.DEPLOYMENT)
        assert [line[:2] for line in lines] == [
            *(("operator", "began"), ("operator", "ended"), ("deployment", "began")),
        ]

    def test_its_time_is_that_of_the_mark(self, story: Story) -> None:
        decision = story.read(reading(destination(suspension=self.DEPLOYMENT)))
        (entry,) = [entry for entry in decision.entries if entry.kind == "deployment"]
        assert entry.document() == {
            "time": "2026-01-02T12:00:00+00:00",
            "kind": "deployment",
            "subject": "destination show",
            "change": "began",
            "id": "destination-show/20260102T120000Z",
            "by": "a deployment",
            "since": "2026-01-02T12:00:00+00:00",
            "until": "2026-01-02T12:15:00+00:00",
        }


def test_the_same_reading_decides_the_same() -> None:
    view = reading(destination(state="IDLE"), destination("two"))
    assert decide(view, Memory(), NOON) == decide(view, Memory(), NOON)


class TestMaintenance:
    DUE = Maintenance(NOON, NOON + dt.timedelta(days=1))

    def test_its_stop_and_start_are_left_to_aws(self, story: Story) -> None:
        story.read(reading(destination()))
        for state in ("STOPPING", "IDLE", "IDLE", "STARTING", "STARTING"):
            story.read(reading(destination(state=state, now=story.now, maintenance=self.DUE)))
        for _ in range(4):
            story.read(reading(destination()))
        assert (story.starts, story.messages) == ([], [])
        assert "maintenance" in destination(state="IDLE", maintenance=self.DUE).health.reason

    def test_one_that_does_not_come_back_is_started(self, story: Story) -> None:
        for _ in range(22):
            view = reading(destination(state="IDLE", now=story.now, maintenance=self.DUE))
            story.read(view)
        assert story.starts
        assert story.messages == [("opened", "destination show")]

    def test_a_stop_outside_of_the_window_is_a_failure(self, story: Story) -> None:
        tomorrow = Maintenance(NOON + dt.timedelta(days=1), None)
        story.read(reading(destination(state="IDLE", maintenance=tomorrow)))
        assert story.starts == ["show"]
        assert story.messages == [("opened", "destination show")]

    def test_that_of_a_flow_excuses_what_it_feeds(self, story: Story) -> None:
        starved = destination(frames_in=0.0, starved_since=NOON)
        story.read(reading(destination(), destination("two")))
        for _ in range(3):
            view = reading(starved, problem=STOPPED, maintained=True)
            story.read(view)
        for _ in range(3):
            story.read(reading(starved))
        assert story.messages == []
        story.read(reading(starved), after=20 * MINUTE)
        assert story.messages == [("opened", "destination show")]

    def test_a_flow_that_does_not_come_back_is_an_incident(self, story: Story) -> None:
        for _ in range(22):
            story.read(reading(destination(), problem=STOPPED, maintained=True))
        assert story.messages == [("opened", "flow main")]

    def test_an_incident_that_was_open_before_stays_open(self, story: Story) -> None:
        story.read(reading(destination(), problem=NO_SOURCE))
        story.read(reading(destination(), problem=STOPPED, maintained=True))
        assert story.messages == [("opened", "flow main")]


def declaring(state: str | None) -> DestinationStatus:
    """Return a destination whose file declares *state*; None is one without a file."""
    status = destination(state="IDLE", expected="stopped", output="DISABLED")
    file = {"name": "show", "platform": "restream", "preset": "1080p30", "state": state}
    spec = DestinationSpec.model_validate(file) if state else None
    observation = dataclasses.replace(status.observation, spec=spec)
    return dataclasses.replace(status, observation=observation)


def test_the_history_has_what_was_declared_from_when_on(story: Story) -> None:
    states = ("stopped", "stopped", "running", None, None)
    decisions = [story.read(reading(declaring(state))) for state in states]
    declared = [
        entry.details["declared"]
        for decision in decisions
        for entry in decision.entries
        if entry.kind == "declaration"
    ]
    assert declared == [{"state": "stopped"}, {"state": "running"}, None]
