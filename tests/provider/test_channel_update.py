"""A channel changed in one step: stop, update, start."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from catalog import suspension
from localaws.faults import CallFault, FaultPlan, StateFault
from localaws.server import EmbeddedAws
from provider import channel_lifecycle
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.resource import UNKNOWN, CreateResult, ResourceError
from tests.provider.channels import (
    CLOSED,
    HOURS,
    OPEN,
    TAGS,
    Inputs,
    created,
    describe,
    edited,
    ends_of,
    interrupted,
    members_of,
    refuse,
    sends_to,
    start,
    state_of,
    stop,
    two_pipelines,
    writes_during,
)
from tests.support.medialive import settle

TRUST = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "medialive.amazonaws.com"},
            }
        ]
    }
)


@pytest.fixture
def on_air(channel_inputs: Inputs) -> Inputs:
    return {**channel_inputs, "state": "running"}


@pytest.fixture
def roles(client: Callable[[str], Any]) -> list[str]:
    """Two roles that MediaLive may assume."""
    iam = client("iam")
    return [
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        for name in ("first", "second")
    ]


def updated(aws: AwsClients, made: CreateResult, old: Inputs, new: Inputs) -> Any:
    return Channel(aws).update(made.id, old, made.state, new)


def sent_to(aws: AwsClients, operation: str) -> list[dict[str, Any]]:
    """Return a list that gets the parameters of each further *operation*."""
    sent: list[dict[str, Any]] = []
    aws.medialive.meta.events.register(
        f"provide-client-params.medialive.{operation}", lambda params, **_: sent.append(params)
    )
    return sent


class TestSettings:
    def test_a_channel_on_air_is_stopped_updated_and_started(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        made, desired = created(aws, on_air), edited(on_air, Bitrate=4000000)
        writes = writes_during(embedded, lambda: updated(aws, made, on_air, desired))
        assert writes == interrupted("UpdateChannel")
        live = describe(medialive, made.id)
        assert live["State"] == "RUNNING"
        codec = live["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
        assert codec["Bitrate"] == 4000000

    def test_a_stopped_one_is_updated_alone(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        made, desired = created(aws, channel_inputs), {**channel_inputs, "name": "renamed"}
        writes = writes_during(embedded, lambda: updated(aws, made, channel_inputs, desired))
        assert writes == ["UpdateChannel"]

    def test_only_what_differs_is_sent(self, aws: AwsClients, channel_inputs: Inputs) -> None:
        made, sent = created(aws, channel_inputs), sent_to(aws, "UpdateChannel")
        updated(aws, made, channel_inputs, {**channel_inputs, "name": "renamed"})
        assert sent == [{"ChannelId": made.id, "Name": "renamed"}]

    def test_a_part_that_is_not_declared_any_more_is_reset(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        former = edited(on_air, Slices=4)
        made, resource = created(aws, former), Channel(aws)
        diff = resource.diff(made.id, former, made.state, on_air)
        assert "encoderSettings.VideoDescriptions[0]" in diff.warning
        writes = writes_during(embedded, lambda: updated(aws, made, former, on_air))
        assert writes == interrupted("UpdateChannel")
        live = describe(medialive, made.id)
        codec = live["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
        assert codec.get("Slices") != 4

    @pytest.mark.parametrize("reading", ["accepted", "conflict"])
    def test_a_maintenance_window_is_a_setting_like_others(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        on_air: Inputs,
        reading: str,
    ) -> None:
        embedded.readings.choose({"maintenance-on-air": reading})
        window = {"MaintenanceDay": "TUESDAY", "MaintenanceStartTime": "04:00"}
        made, desired = created(aws, on_air), {**on_air, "maintenance": window}
        diff = Channel(aws).diff(made.id, on_air, made.state, desired)
        assert {path.partition(".")[0] for path in diff.changes} == {"maintenance"}
        assert "this interrupts its stream" in diff.warning
        sent = sent_to(aws, "UpdateChannel")
        writes = writes_during(embedded, lambda: updated(aws, made, on_air, desired))
        assert writes == interrupted("UpdateChannel")
        assert [request["Maintenance"] for request in sent] == [window]
        assert describe(medialive, made.id)["Maintenance"] == window

    def test_a_nested_member_that_is_not_declared_any_more_is_taken_away(
        self, aws: AwsClients, medialive: Any, on_air: Inputs
    ) -> None:
        loss = {"InputLossBehavior": {"RepeatFrameMsec": 5000}}
        encoder = {**on_air["encoderSettings"], "GlobalConfiguration": loss}
        with_slate = {**on_air, "encoderSettings": encoder}
        made = created(aws, with_slate)
        planned = Channel(aws).diff(made.id, with_slate, made.state, on_air)
        assert set(planned.changes) == {"encoderSettings.GlobalConfiguration"}
        assert "interrupts its stream" in planned.warning
        updated(aws, made, with_slate, on_air)
        assert "GlobalConfiguration" not in describe(medialive, made.id)["EncoderSettings"]

    @pytest.mark.parametrize(
        ("shown", "paths"),
        [
            (5000, {"encoderSettings.GlobalConfiguration"}),
            (8000, {"encoderSettings.GlobalConfiguration"}),
            (None, set()),
        ],
        ids=["as declared", "changed by hand", "removed by hand"],
    )
    def test_only_what_aws_still_shows_of_a_removed_member_is_reset(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        on_air: Inputs,
        shown: int | None,
        paths: set[str],
    ) -> None:
        """The plan, the warning and the update agree, whatever somebody did to it meanwhile."""

        def encoder(milliseconds: int | None) -> dict[str, Any]:
            loss = {"InputLossBehavior": {"RepeatFrameMsec": milliseconds}}
            more = {"GlobalConfiguration": loss} if milliseconds else {}
            return {**on_air["encoderSettings"], **more}

        with_slate = {**on_air, "encoderSettings": encoder(5000)}
        made = created(aws, with_slate)
        channel = embedded.regions["medialive", "us-west-2"].channels[made.id]
        channel.members["EncoderSettings"].pop("GlobalConfiguration")
        channel.members["EncoderSettings"] |= encoder(shown)
        planned = Channel(aws).diff(made.id, with_slate, made.state, on_air)
        assert ("interrupts its stream" in planned.warning) is bool(paths)
        assert all(path in planned.warning for path in paths)
        writes = writes_during(embedded, lambda: updated(aws, made, with_slate, on_air))
        assert writes == (interrupted("UpdateChannel") if paths else [])
        live = describe(medialive, made.id)["EncoderSettings"]
        assert not live.get("GlobalConfiguration")

    @pytest.mark.parametrize("imported", [True, False])
    def test_what_an_import_brought_stays_where_it_is_not_declared(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs, *, imported: bool
    ) -> None:
        """An import declares AWS's defaults too, so that a file which leaves them out is as it."""
        fuller = edited(on_air, Slices=4)
        made, origin = created(aws, fuller), {"imported": True} if imported else {}
        state = {**made.state, **origin}
        planned = Channel(aws).diff(made.id, fuller, state, on_air)
        assert bool(planned.warning) is not imported
        writes = writes_during(
            embedded, lambda: Channel(aws).update(made.id, fuller, state, on_air)
        )
        assert writes == ([] if imported else interrupted("UpdateChannel"))

    def test_a_window_that_is_not_declared_any_more_stays(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs
    ) -> None:
        window = {"MaintenanceDay": "TUESDAY", "MaintenanceStartTime": "04:00"}
        before = {**on_air, "maintenance": window}
        made = created(aws, before)
        assert Channel(aws).diff(made.id, before, made.state, on_air).warning == ""
        assert writes_during(embedded, lambda: updated(aws, made, before, on_air)) == []

    def test_outputs_are_the_inputs_and_the_arn(
        self, aws: AwsClients, channel_inputs: Inputs
    ) -> None:
        made, desired = created(aws, channel_inputs), {**channel_inputs, "name": "renamed"}
        state = updated(aws, made, channel_inputs, desired)
        assert state == {**desired, "arn": made.state["arn"]}

    @pytest.mark.parametrize(
        ("state", "operations"),
        [("running", ["StartChannel"]), ("stopped", ["CreateTags", "StopChannel"])],
    )
    def test_a_run_state_alone_updates_nothing(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        channel_inputs: Inputs,
        state: str,
        operations: list[str],
    ) -> None:
        before = {**channel_inputs, "state": "stopped" if state == "running" else "running"}
        made, desired = created(aws, before), {**channel_inputs, "state": state}
        assert writes_during(embedded, lambda: updated(aws, made, before, desired)) == operations

    def test_tags_alone_neither_stop_nor_update(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        tags = {"Stack": "s", "Owner": "x"}
        desired = {**on_air, "tags": tags}
        writes = writes_during(embedded, lambda: updated(aws, made, on_air, desired))
        assert writes == ["CreateTags", "DeleteTags"]
        assert describe(medialive, made.id)["Tags"] == tags

    def test_tags_of_aws_itself_stay(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        system = {"aws:cloudformation:stack-name": "old"}
        members_of(embedded, made.id)["Tags"].update(system)
        updated(aws, made, on_air, {**on_air, "tags": {}})
        assert describe(medialive, made.id)["Tags"] == system

    def test_one_started_meanwhile_is_stopped_again(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        channel_inputs: Inputs,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        made, update = created(aws, channel_inputs), aws.medialive.update_channel
        starts = iter([True, False])

        def after_a_schedule(**members: Any) -> Any:
            if next(starts):
                start(medialive, made.id)
            return update(**members)

        monkeypatch.setattr(aws.medialive, "update_channel", after_a_schedule)
        desired = {**channel_inputs, "name": "renamed"}
        writes = writes_during(embedded, lambda: updated(aws, made, channel_inputs, desired))
        assert writes == ["StartChannel", "UpdateChannel", "StopChannel", "UpdateChannel"]
        live = describe(medialive, made.id)
        assert (live["State"], live["Name"]) == ("IDLE", "renamed")

    def test_a_channel_that_is_gone_is_an_error(self, aws: AwsClients, on_air: Inputs) -> None:
        with pytest.raises(ResourceError, match=r"^LUN330"):
            Channel(aws).update("404", on_air, on_air, on_air)

    def test_one_that_goes_before_it_is_updated_is_an_error(
        self, aws: AwsClients, on_air: Inputs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = created(aws, on_air)
        refuse(aws, "UpdateChannel", 404, "not found")
        with pytest.raises(ResourceError, match=r"^LUN330"):
            updated(aws, made, on_air, {**on_air, "name": "renamed"})


class TestRefusal:
    KEY = "made-up/key & more"

    def test_the_channel_runs_again_and_the_error_says_so(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        made, desired = created(aws, on_air), edited(on_air, GopSize=0)
        embedded.calls.clear()
        with pytest.raises(ResourceError, match=r"^LUN317.*; the channel runs on as it was"):
            updated(aws, made, on_air, desired)
        assert state_of(medialive, made.id) == "RUNNING"
        changes = [call.operation for call in embedded.calls if call.operation[0] in "SU"]
        assert changes == ["StopChannel", "UpdateChannel", "StartChannel"]

    def test_a_channel_to_be_stopped_stays_stopped(
        self, aws: AwsClients, medialive: Any, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        with pytest.raises(ResourceError) as refused:
            updated(aws, made, on_air, {**edited(on_air, GopSize=0), "state": "stopped"})
        assert "runs on" not in str(refused.value)
        assert state_of(medialive, made.id) == "IDLE"

    def test_a_channel_that_does_not_start_again_is_not_said_to_run(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs
    ) -> None:
        hasty = AwsClients(
            "us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0
        )
        made = created(aws, on_air)
        refused_start = CallFault(operation="medialive:StartChannel", fault="error")
        embedded.load_faults(FaultPlan(calls=(refused_start,)))
        with pytest.raises(ResourceError) as refused:
            updated(hasty, made, on_air, edited(on_air, GopSize=0))
        assert "UpdateChannel answered" in str(refused.value)
        assert "runs on" not in str(refused.value)

    @pytest.mark.parametrize(
        "form",
        [
            KEY,
            "made-up%2Fkey%20%26%20more",
            "made-up/key%20%26%20more",
            "made-up/key &amp; more",
        ],
    )
    def test_a_key_that_aws_quotes_is_redacted(
        self, aws: AwsClients, channel_inputs: Inputs, monkeypatch: pytest.MonkeyPatch, form: str
    ) -> None:
        made = created(aws, channel_inputs)
        refuse(aws, "UpdateChannel", 422, f"cannot use {form} here")
        with pytest.raises(ResourceError) as refused:
            updated(aws, made, channel_inputs, sends_to(channel_inputs, self.KEY))
        assert str(refused.value).endswith("answered RefusedException: cannot use *** here")

    @pytest.mark.parametrize("key", ['made-up "key"', "made-up\\key", "made-up-kéy"])
    def test_a_key_escaped_in_json_is_redacted(
        self, aws: AwsClients, channel_inputs: Inputs, monkeypatch: pytest.MonkeyPatch, key: str
    ) -> None:
        made = created(aws, channel_inputs)
        refuse(aws, "UpdateChannel", 422, json.dumps({"streamName": key}))
        with pytest.raises(ResourceError) as refused:
            updated(aws, made, channel_inputs, sends_to(channel_inputs, key))
        assert str(refused.value).endswith('RefusedException: {"streamName": "***"}')


class TestSuspension:
    """The watchdog starts no channel that a deployment has stopped, or an operator."""

    def test_a_stopped_channel_says_that_a_deployment_stopped_it(
        self, aws: AwsClients, medialive: Any, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        updated(aws, made, on_air, {**on_air, "state": "stopped"})
        suspended = suspension.read(describe(medialive, made.id)["Tags"])
        assert suspended is not None
        assert suspended.until is not None
        assert suspended.since is not None
        assert suspended.until - suspended.since == dt.timedelta(minutes=15)

    def test_an_operators_is_no_drift_and_ends_with_a_start(
        self, aws: AwsClients, medialive: Any, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        stop(medialive, made.id)
        arn = describe(medialive, made.id)["Arn"]
        medialive.create_tags(ResourceArn=arn, Tags={suspension.KEY: "since=unknown by=alice"})
        changes = Channel(aws).diff(made.id, on_air, made.state, on_air).changes
        assert list(changes) == ["state"]
        updated(aws, made, on_air, on_air)
        assert suspension.KEY not in describe(medialive, made.id)["Tags"]
        assert state_of(medialive, made.id) == "RUNNING"


class TestClass:
    def test_it_changes_in_place_with_its_ingests(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        made, desired = created(aws, on_air), two_pipelines(on_air)
        sent = sent_to(aws, "UpdateChannelClass")
        writes = writes_during(embedded, lambda: updated(aws, made, on_air, desired))
        assert writes == interrupted("UpdateChannelClass")
        assert sent == [
            {
                "ChannelId": made.id,
                "ChannelClass": "STANDARD",
                "Destinations": desired["destinations"],
            }
        ]
        live = describe(medialive, made.id)
        assert (live["Id"], live["ChannelClass"], live["State"]) == (made.id, "STANDARD", "RUNNING")
        assert ends_of(live["Destinations"]) == ends_of(desired["destinations"])
        assert len(live["PipelineDetails"]) == 2

    def test_it_changes_back(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        doubled = two_pipelines(on_air)
        made = created(aws, doubled)
        writes = writes_during(embedded, lambda: updated(aws, made, doubled, on_air))
        assert writes == interrupted("UpdateChannelClass")
        live = describe(medialive, made.id)
        assert ends_of(live["Destinations"]) == ends_of(on_air["destinations"])

    def test_other_settings_follow_in_the_same_step(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs
    ) -> None:
        made, desired = created(aws, on_air), {**two_pipelines(on_air), "name": "renamed"}
        sent = sent_to(aws, "UpdateChannel")
        writes = writes_during(embedded, lambda: updated(aws, made, on_air, desired))
        assert writes == interrupted("UpdateChannelClass", "UpdateChannel")
        assert sent == [{"ChannelId": made.id, "Name": "renamed"}]

    def test_a_second_ingest_alone_is_an_update(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs
    ) -> None:
        doubled = two_pipelines(on_air)
        made, desired = created(aws, doubled), sends_to(doubled, "made-up", "other")
        writes = writes_during(embedded, lambda: updated(aws, made, doubled, desired))
        assert writes == interrupted("UpdateChannel")

    def test_it_is_healed_before_its_class_changes(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        stop(medialive, made.id)
        members_of(embedded, made.id)["State"] = "UPDATE_FAILED"
        desired = two_pipelines(on_air)
        writes = writes_during(embedded, lambda: updated(aws, made, on_air, desired))
        assert writes == ["UpdateChannel", "UpdateChannelClass", "StartChannel"]
        assert describe(medialive, made.id)["ChannelClass"] == "STANDARD"


class TestRole:
    @pytest.mark.parametrize("reading", ["kept", "removed"])
    def test_every_update_says_it(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        channel_inputs: Inputs,
        roles: list[str],
        reading: str,
    ) -> None:
        embedded.readings.choose({"role-omitted": reading})
        declared = {**channel_inputs, "roleArn": roles[0]}
        made, sent = created(aws, declared), sent_to(aws, "UpdateChannel")
        updated(aws, made, declared, {**declared, "name": "renamed"})
        assert sent == [{"ChannelId": made.id, "Name": "renamed", "RoleArn": roles[0]}]
        assert describe(medialive, made.id)["RoleArn"] == roles[0]

    def test_that_of_a_channel_taken_over_as_found_is_said_too(
        self, aws: AwsClients, channel_inputs: Inputs, roles: list[str]
    ) -> None:
        made = created(aws, {**channel_inputs, "roleArn": roles[0]})
        sent = sent_to(aws, "UpdateChannel")
        updated(aws, made, channel_inputs, {**channel_inputs, "name": "renamed"})
        assert sent[0]["RoleArn"] == roles[0]

    def test_another_one_is_sent(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs, roles: list[str]
    ) -> None:
        declared = {**channel_inputs, "roleArn": roles[0]}
        made = created(aws, declared)
        updated(aws, made, declared, {**declared, "roleArn": roles[1]})
        assert describe(medialive, made.id)["RoleArn"] == roles[1]


class TestFailedUpdate:
    @pytest.mark.parametrize(("state", "expected"), [("running", "RUNNING"), ("stopped", "IDLE")])
    def test_it_is_sent_again(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        channel_inputs: Inputs,
        state: str,
        expected: str,
    ) -> None:
        declared = {**channel_inputs, "state": state}
        made = created(aws, channel_inputs)
        before = describe(medialive, made.id)
        members_of(embedded, made.id)["State"] = "UPDATE_FAILED"
        updated(aws, made, declared, declared)
        after = describe(medialive, made.id)
        assert after["State"] == expected
        for member in ("Name", "Destinations", "EncoderSettings", "InputAttachments"):
            assert after[member] == before[member], member

    def test_one_that_fails_again_is_an_error(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        failing = StateFault(operation="medialive:UpdateChannel", fault="update-failed")
        embedded.load_faults(FaultPlan(mishaps=(failing,)))
        with pytest.raises(ResourceError, match=r"^LUN331"):
            updated(aws, made, on_air, edited(on_air, Bitrate=4000000))


class TestScheduled:
    @pytest.fixture
    def scheduled(self, channel_inputs: Inputs) -> Inputs:
        return {**channel_inputs, "state": "scheduled", "schedule": HOURS}

    def during(self, aws: AwsClients, time: dt.datetime) -> Channel:
        return Channel(aws, now=lambda _: time)

    @pytest.mark.parametrize(("time", "expected"), [(OPEN, "RUNNING"), (CLOSED, "IDLE")])
    def test_a_new_channel_is_brought_to_what_the_schedule_says(
        self, aws: AwsClients, medialive: Any, scheduled: Inputs, time: dt.datetime, expected: str
    ) -> None:
        made = self.during(aws, time).create("urn", scheduled)
        assert state_of(medialive, made.id) == expected

    @pytest.mark.parametrize(("time", "expected"), [(OPEN, "RUNNING"), (CLOSED, "IDLE")])
    def test_what_an_update_stops_is_started_again_only_within_its_hours(
        self,
        aws: AwsClients,
        medialive: Any,
        channel_inputs: Inputs,
        scheduled: Inputs,
        time: dt.datetime,
        expected: str,
    ) -> None:
        made, resource = created(aws, channel_inputs), self.during(aws, time)
        start(medialive, made.id)
        resource.update(made.id, scheduled, made.state, {**scheduled, "name": "renamed"})
        assert state_of(medialive, made.id) == expected

    @pytest.mark.parametrize(("runs", "expected"), [(True, "RUNNING"), (False, "IDLE")])
    @pytest.mark.parametrize("time", [OPEN, CLOSED])
    def test_tags_leave_the_run_state_to_the_schedule_and_to_operators(
        self,
        aws: AwsClients,
        medialive: Any,
        channel_inputs: Inputs,
        scheduled: Inputs,
        time: dt.datetime,
        expected: str,
        *,
        runs: bool,
    ) -> None:
        made, resource = created(aws, channel_inputs), self.during(aws, time)
        if runs:
            start(medialive, made.id)
        resource.update(made.id, scheduled, made.state, {**scheduled, "tags": {**TAGS, "a": "b"}})
        assert state_of(medialive, made.id) == expected
        assert describe(medialive, made.id)["Tags"]["a"] == "b"

    def test_other_hours_apply_at_once(
        self, aws: AwsClients, medialive: Any, scheduled: Inputs
    ) -> None:
        resource = self.during(aws, OPEN)
        made = resource.create("urn", scheduled)
        mornings = {**HOURS, "windows": [{"days": ["mon"], "start": "09:00", "stop": "10:00"}]}
        resource.update(made.id, scheduled, made.state, {**scheduled, "schedule": mornings})
        assert state_of(medialive, made.id) == "IDLE"

    def test_hours_that_end_while_it_starts_leave_it_stopped(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, scheduled: Inputs
    ) -> None:
        times = iter([OPEN] * 2)
        made = Channel(aws, now=lambda _: next(times, CLOSED)).create("urn", scheduled)
        assert state_of(medialive, made.id) == "IDLE"
        assert [call.operation for call in embedded.calls].count("StartChannel") == 1

    @pytest.mark.parametrize(("hours", "expected"), [(19, "RUNNING"), (3, "IDLE")])
    def test_the_hours_are_those_of_the_clock_of_aws(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        scheduled: Inputs,
        hours: int,
        expected: str,
    ) -> None:
        # From a Monday 00:00 in UTC, to Monday noon or Sunday evening in Los Angeles.
        embedded.advance(hours * 3600)
        assert state_of(medialive, created(aws, scheduled).id) == expected

    @pytest.mark.parametrize(("state", "expected"), [("running", "RUNNING"), ("stopped", "IDLE")])
    @pytest.mark.parametrize("time", [OPEN, CLOSED])
    def test_a_schedule_that_goes_or_rests_leaves_what_is_declared_instead(
        self,
        aws: AwsClients,
        medialive: Any,
        scheduled: Inputs,
        time: dt.datetime,
        state: str,
        expected: str,
    ) -> None:
        resource = self.during(aws, time)
        made = resource.create("urn", scheduled)
        resource.update(made.id, scheduled, made.state, {**scheduled, "state": state})
        assert state_of(medialive, made.id) == expected

    def test_an_answer_without_a_date_leaves_the_clock_of_the_machine(self) -> None:
        assert abs(channel_lifecycle.moment({}) - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


class TestRehearsal:
    """DryRun in a preview."""

    def rehearse(
        self, aws: AwsClients, made: CreateResult, desired: Inputs, *, dry_run: bool = True
    ) -> None:
        aws.dry_run = dry_run
        Channel(aws).rehearse(made.id, desired, made.state)

    @pytest.fixture
    def sent(self, aws: AwsClients, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
        """The requests of UpdateChannel, which are all accepted."""
        sent: list[dict[str, Any]] = []
        monkeypatch.setattr(aws.medialive, "update_channel", lambda **about: sent.append(about))
        return sent

    def test_it_sends_what_an_update_would_and_changes_nothing(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs, sent: list[dict[str, Any]]
    ) -> None:
        made = created(aws, channel_inputs)
        before = describe(medialive, made.id)
        self.rehearse(aws, made, {**channel_inputs, "name": "renamed"})
        assert sent == [{"ChannelId": made.id, "DryRun": True, "Name": "renamed"}]
        after = describe(medialive, made.id)
        assert (after["Name"], after["State"]) == (before["Name"], before["State"])

    @pytest.mark.parametrize("reading", ["checked", "idle-only", "refused"])
    def test_it_changes_nothing_in_aws(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        on_air: Inputs,
        reading: str,
    ) -> None:
        embedded.readings.choose({"update-dry-run": reading})
        made = created(aws, on_air)
        before = describe(medialive, made.id)
        self.rehearse(aws, made, {**on_air, "name": "renamed"})
        after = describe(medialive, made.id)
        assert {**after, "ResponseMetadata": None} == {**before, "ResponseMetadata": None}

    def test_wrong_settings_of_a_channel_on_air_fail_the_preview(
        self, aws: AwsClients, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        with pytest.raises(ResourceError, match=r"^LUN323"):
            self.rehearse(aws, made, edited(on_air, GopSize=0))

    @pytest.mark.parametrize("edit", [{}, {"tags": {}}, {"state": "running"}])
    def test_where_no_settings_change_nothing_is_asked(
        self, aws: AwsClients, channel_inputs: Inputs, sent: list[dict[str, Any]], edit: Inputs
    ) -> None:
        self.rehearse(aws, created(aws, channel_inputs), {**channel_inputs, **edit})
        assert sent == []

    def test_it_has_to_be_switched_on(
        self, aws: AwsClients, channel_inputs: Inputs, sent: list[dict[str, Any]]
    ) -> None:
        made = created(aws, channel_inputs)
        self.rehearse(aws, made, {**channel_inputs, "name": "renamed"}, dry_run=False)
        assert sent == []

    def test_unknown_values_are_not_sent(
        self, aws: AwsClients, channel_inputs: Inputs, sent: list[dict[str, Any]]
    ) -> None:
        made = created(aws, channel_inputs)
        self.rehearse(aws, made, {**channel_inputs, "name": "renamed", "roleArn": UNKNOWN})
        assert sent == []

    def test_a_channel_that_is_gone_is_not_asked_about(
        self, aws: AwsClients, channel_inputs: Inputs, sent: list[dict[str, Any]]
    ) -> None:
        self.rehearse(aws, CreateResult("404", {}), channel_inputs)
        assert sent == []

    def test_a_refusal_fails_the_preview_without_the_key(
        self, aws: AwsClients, channel_inputs: Inputs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = created(aws, channel_inputs)
        refuse(aws, "UpdateChannel", 422, "cannot use made-up-key")
        with pytest.raises(ResourceError) as refused:
            self.rehearse(aws, made, sends_to(channel_inputs, "made-up-key"))
        assert refused.value.code == "LUN323"
        assert str(refused.value).endswith("RefusedException: cannot use ***")

    @pytest.mark.parametrize("status", [400, 403, 409, 429, 500, 503])
    def test_any_other_answer_says_nothing_of_the_settings(
        self, aws: AwsClients, channel_inputs: Inputs, monkeypatch: pytest.MonkeyPatch, status: int
    ) -> None:
        made = created(aws, channel_inputs)
        refuse(aws, "UpdateChannel", status, "not now")
        self.rehearse(aws, made, {**channel_inputs, "name": "renamed"})

    def test_an_answer_that_does_not_come_says_nothing_either(
        self, aws: AwsClients, channel_inputs: Inputs, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = created(aws, channel_inputs)

        def unreachable(**_: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")

        monkeypatch.setattr(aws.medialive, "update_channel", unreachable)
        self.rehearse(aws, made, {**channel_inputs, "name": "renamed"})


class TestRead:
    def read(self, aws: AwsClients, made: CreateResult, inputs: Inputs) -> Any:
        return Channel(aws).read("urn", made.id, inputs, made.state if inputs else {})

    def test_a_refresh_of_a_channel_as_declared_changes_nothing(
        self, aws: AwsClients, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        result = self.read(aws, made, on_air)
        assert (result.inputs, result.state) == (on_air, made.state)

    def test_a_refresh_reads_drift_of_declared_members_alone(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        actual = members_of(embedded, made.id)
        actual.update(Name="renamed", LogLevel="DEBUG")
        codec = actual["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
        codec.update(Bitrate=4000000, Slices=4)
        expected = edited({**channel_inputs, "name": "renamed"}, Bitrate=4000000)
        assert self.read(aws, made, channel_inputs).inputs == expected

    @pytest.mark.parametrize(
        ("state", "expected"),
        [("STARTING", "running"), ("RUNNING", "running"), ("STOPPING", "stopped")],
    )
    def test_a_refresh_reads_whether_it_runs(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs, state: str, expected: str
    ) -> None:
        made = created(aws, on_air)
        members_of(embedded, made.id)["State"] = state
        assert self.read(aws, made, on_air).inputs == {**on_air, "state": expected}

    @pytest.mark.parametrize("more", [{"state": "scheduled"}, {"state": "stopped"}])
    def test_a_refresh_keeps_the_schedule(
        self, aws: AwsClients, channel_inputs: Inputs, more: Inputs
    ) -> None:
        declared = {**channel_inputs, "schedule": HOURS, **more}
        assert self.read(aws, created(aws, channel_inputs), declared).inputs == declared

    def test_an_import_reads_what_a_creation_takes(
        self, aws: AwsClients, embedded: EmbeddedAws, on_air: Inputs
    ) -> None:
        made = created(aws, on_air)
        members_of(embedded, made.id)["Maintenance"] = {
            "MaintenanceDay": "MONDAY",
            "MaintenanceDeadline": "2026-03-30T00:00:00Z",
            "MaintenanceScheduledDate": "2026-03-23T02:00:00Z",
            "MaintenanceStartTime": "02:00",
        }
        result = self.read(aws, made, {})
        assert result.state["arn"] == made.state["arn"]
        assert not Channel(aws).diff(made.id, result.inputs, result.state, on_air).warning
        assert result.inputs["maintenance"] == {
            "MaintenanceDay": "MONDAY",
            "MaintenanceStartTime": "02:00",
        }
        assert (result.inputs["state"], result.inputs["tags"]) == ("running", TAGS)
        assert not {"arn", "id", "pipelineDetails", "egressEndpoints"} & result.inputs.keys()
        resource = Channel(aws)
        assert resource.check("urn", None, result.inputs).failures == ()
        assert not resource.diff(made.id, result.inputs, result.state, result.inputs).changed
        assert resource.diff(made.id, result.inputs, result.state, on_air).warning == ""

    def test_a_channel_that_is_gone_is_read_as_none(
        self, aws: AwsClients, channel_inputs: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        Channel(aws).delete(made.id, made.state)
        assert self.read(aws, made, channel_inputs) is None


class TestDelete:
    @pytest.mark.parametrize(
        "state",
        [
            "CREATING",
            "CREATE_FAILED",
            "IDLE",
            "STARTING",
            "RUNNING",
            "RECOVERING",
            "STOPPING",
            "UPDATING",
            "UPDATE_FAILED",
        ],
    )
    def test_it_goes_from_any_state(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        channel_inputs: Inputs,
        state: str,
    ) -> None:
        made = created(aws, channel_inputs)
        item = embedded.medialive().region.channels[made.id]
        item.members["State"] = state
        if state in {"CREATING", "STOPPING", "UPDATING"}:
            item.transition = embedded.clock.begin("channel.stop", "IDLE")
        Channel(aws).delete(made.id, made.state)
        assert medialive.list_channels()["Channels"] == []

    def test_one_that_is_gone_is_a_success(self, aws: AwsClients, channel_inputs: Inputs) -> None:
        made = created(aws, channel_inputs)
        for _ in range(2):
            Channel(aws).delete(made.id, made.state)
        Channel(aws).delete("404", {})

    def test_a_deletion_under_way_is_waited_for(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        medialive.delete_channel(ChannelId=made.id)
        Channel(aws).delete(made.id, made.state)
        settle(lambda: state_of(medialive, made.id), "DELETED")

    def test_its_input_is_free_afterwards(self, aws: AwsClients, channel_inputs: Inputs) -> None:
        first = created(aws, channel_inputs)
        Channel(aws).delete(first.id, first.state)
        assert created(aws, {**channel_inputs, "name": "two"}).id != first.id


class TestNewSecrets:
    """A channel reads its secrets as it starts."""

    def test_a_channel_on_air_is_restarted(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, on_air: Inputs
    ) -> None:
        old, new = ({**on_air, "secretVersions": [version]} for version in ("1", "2"))
        made = created(aws, old)
        diff = Channel(aws).diff(made.id, old, made.state, new)
        assert "this interrupts its stream" in diff.warning
        writes = writes_during(embedded, lambda: updated(aws, made, old, new))
        assert [write for write in writes if write.endswith("Channel")] == [
            "StopChannel",
            "StartChannel",
        ]
        assert state_of(medialive, made.id) == "RUNNING"

    def test_one_that_is_stopped_stays_so(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        old, new = ({**channel_inputs, "secretVersions": [version]} for version in ("1", "2"))
        made = created(aws, old)
        assert writes_during(embedded, lambda: updated(aws, made, old, new)) == []


def test_the_group_of_callers_goes_with_the_listener(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs
) -> None:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "10.0.0.0/8"}])
    group_id = group["SecurityGroup"]["Id"]
    secret = {"EncryptionPassphraseSecretArn": "arn:aws:secretsmanager:us-west-2:1:secret:a"}
    listener = {"ConnectionMode": "LISTENER", "ListenerPort": 5000, **secret}
    other = {"Id": "other", "SrtSettings": [listener]}
    old = {
        **channel_inputs,
        "destinations": [*channel_inputs["destinations"], other],
        "channelSecurityGroups": [group_id],
    }
    made = created(aws, old)
    shown = medialive.describe_input_security_group(InputSecurityGroupId=group_id)
    assert shown["Channels"] == [made.id]
    with pytest.raises(medialive.exceptions.ConflictException):
        medialive.delete_input_security_group(InputSecurityGroupId=group_id)
    updated(aws, made, old, channel_inputs)
    assert describe(medialive, made.id)["ChannelSecurityGroups"] == []
    medialive.delete_input_security_group(InputSecurityGroupId=group_id)
