"""A channel compared with its declaration and with what is live."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import AwsClients, CancelledError
from provider.channel_resource import Channel
from provider.resource import UNKNOWN, Change, CreateResult, Diff
from tests.provider.channels import (
    CLOSED,
    H264,
    HOURS,
    OPEN,
    TAGS,
    Inputs,
    change,
    created,
    describe,
    edited,
    members_of,
    sends_to,
    start,
    stop,
    two_pipelines,
    writes_during,
)


def diff(
    aws: AwsClients,
    made: CreateResult,
    old: Inputs,
    new: Inputs | None = None,
    time: dt.datetime = OPEN,
) -> Diff:
    resource = Channel(aws, now=lambda _: time)
    return resource.diff(made.id, old, made.state, old if new is None else new)


def with_bitrate(medialive: Any, channel_id: str, bitrate: int) -> Any:
    """Return the channel's encoder settings with another bitrate."""
    settings = describe(medialive, channel_id)["EncoderSettings"]
    settings["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]["Bitrate"] = bitrate
    return settings


def test_a_channel_as_declared_has_no_difference_though_aws_fills_in_defaults(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs
) -> None:
    made = created(aws, channel_inputs)
    live = describe(medialive, made.id)
    assert live["LogLevel"] == "DISABLED"
    assert live["EncoderSettings"] != channel_inputs["encoderSettings"]
    assert diff(aws, made, channel_inputs) == Diff(delete_before_replace=True)


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_a_run_state_as_declared_is_no_difference(
    aws: AwsClients, channel_inputs: Inputs, state: str
) -> None:
    declared = {**channel_inputs, "state": state}
    assert not diff(aws, created(aws, declared), declared).changed


def test_an_edit_is_named_by_its_path(aws: AwsClients, channel_inputs: Inputs) -> None:
    made = created(aws, channel_inputs)
    difference = diff(aws, made, channel_inputs, edited(channel_inputs, Bitrate=4000000, Slices=4))
    assert difference.changes == {f"{H264}.Bitrate": Change.UPDATE, f"{H264}.Slices": Change.ADD}
    assert (difference.replaces, difference.warning) == (frozenset(), "")


def test_an_edit_of_a_channel_on_air_warns_of_the_interruption(
    aws: AwsClients, channel_inputs: Inputs
) -> None:
    on_air = {**channel_inputs, "state": "running"}
    difference = diff(aws, created(aws, on_air), on_air, edited(on_air, Bitrate=4000000))
    assert difference.warning == (
        f"its channel is RUNNING: this interrupts its stream until it runs again ({H264}.Bitrate)"
    )


def test_a_setting_changed_by_hand_is_set_back(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs
) -> None:
    on_air = {**channel_inputs, "state": "running"}
    made = created(aws, on_air)
    change(medialive, made.id, EncoderSettings=with_bitrate(medialive, made.id, 5000000))
    difference = diff(aws, made, on_air)
    assert difference.changes == {f"{H264}.Bitrate": Change.UPDATE}
    assert "this interrupts its stream" in difference.warning
    Channel(aws).update(made.id, on_air, made.state, on_air)
    assert not diff(aws, made, on_air).changed


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"Name": "renamed"}, "name"),
        (
            {
                "Destinations": [
                    {"Id": "rtmp", "Settings": [{"Url": "rtmp://a/b", "StreamName": "made-up"}]}
                ]
            },
            "destinations[0].Settings[0].Url",
        ),
        (
            {
                "InputSpecification": {
                    "Codec": "AVC",
                    "Resolution": "SD",
                    "MaximumBitrate": "MAX_20_MBPS",
                }
            },
            "inputSpecification.Resolution",
        ),
    ],
)
def test_drift_is_named_by_its_path(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs, members: Inputs, path: str
) -> None:
    made = created(aws, channel_inputs)
    change(medialive, made.id, **members)
    assert diff(aws, made, channel_inputs).changes == {path: Change.UPDATE}


def test_a_setting_that_is_not_declared_is_no_drift(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs
) -> None:
    made = created(aws, channel_inputs)
    change(medialive, made.id, LogLevel="DEBUG")
    assert not diff(aws, made, channel_inputs).changed


def test_a_setting_that_is_no_longer_declared_interrupts_nothing(
    aws: AwsClients, channel_inputs: Inputs
) -> None:
    before = {**channel_inputs, "logLevel": "INFO", "state": "running"}
    after = {key: value for key, value in before.items() if key != "logLevel"}
    difference = diff(aws, created(aws, before), before, after)
    assert difference.changes == {"logLevel": Change.DELETE}
    assert difference.warning == ""


def test_tags_alone_interrupt_nothing(aws: AwsClients, channel_inputs: Inputs) -> None:
    on_air = {**channel_inputs, "state": "running"}
    tagged = {**on_air, "tags": {**TAGS, "Owner": "x"}}
    difference = diff(aws, created(aws, on_air), on_air, tagged)
    assert difference.changes == {"tags.Owner": Change.ADD}
    assert difference.warning == ""


def test_another_class_is_an_update_with_the_ingests_it_needs(
    aws: AwsClients, channel_inputs: Inputs
) -> None:
    on_air = {**channel_inputs, "state": "running"}
    difference = diff(aws, created(aws, on_air), on_air, two_pipelines(on_air))
    assert set(difference.changes) >= {"channelClass", "destinations[0].Settings[1]"}
    assert difference.replaces == frozenset()
    assert "this interrupts its stream" in difference.warning


def test_another_vpc_replaces_the_channel_which_goes_first(
    aws: AwsClients, channel_inputs: Inputs
) -> None:
    on_air = {**channel_inputs, "state": "running"}
    made = created(aws, on_air)
    difference = diff(aws, made, on_air, {**on_air, "vpc": {"SubnetIds": ["subnet-1"]}})
    assert difference.replaces == {"vpc"}
    assert difference.delete_before_replace
    assert difference.warning.startswith("its channel is RUNNING: this replaces it (vpc")


@pytest.mark.parametrize("kept", ["CREATE_FAILED", "DELETING"])
def test_a_channel_that_cannot_be_kept_is_replaced(
    aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs, kept: str
) -> None:
    made = created(aws, channel_inputs)
    members_of(embedded, made.id)["State"] = kept
    difference = diff(aws, made, channel_inputs)
    assert difference.changes == {"arn": Change.UPDATE}
    assert difference.replaces == {"arn"}
    assert difference.delete_before_replace
    assert difference.warning == f"channel {made.id} is {kept}; it is created again"


def test_a_channel_deleted_by_hand_is_replaced(aws: AwsClients, channel_inputs: Inputs) -> None:
    made = created(aws, channel_inputs)
    Channel(aws).delete(made.id, made.state)
    difference = diff(aws, made, channel_inputs, edited(channel_inputs, Bitrate=4000000))
    assert difference.replaces == {"arn"}
    assert f"{H264}.Bitrate" in difference.changes
    assert difference.warning == f"channel {made.id} is missing in AWS; it is created again"


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_a_failed_update_is_an_update(
    aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs, state: str
) -> None:
    declared = {**channel_inputs, "state": state}
    made = created(aws, declared)
    members_of(embedded, made.id)["State"] = "UPDATE_FAILED"
    difference = diff(aws, made, declared)
    assert (difference.changes, difference.replaces) == ({"state": Change.UPDATE}, frozenset())


def test_a_channel_stopped_by_hand_is_started_again(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs
) -> None:
    on_air = {**channel_inputs, "state": "running"}
    made = created(aws, on_air)
    stop(medialive, made.id)
    difference = diff(aws, made, on_air)
    assert (difference.changes, difference.warning) == ({"state": Change.UPDATE}, "")


def test_a_channel_started_by_hand_is_stopped_with_a_warning(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs
) -> None:
    made = created(aws, channel_inputs)
    start(medialive, made.id)
    difference = diff(aws, made, channel_inputs)
    assert difference.changes == {"state": Change.UPDATE}
    assert difference.warning == "its channel is RUNNING: this ends its stream"


@pytest.mark.parametrize(
    ("declared", "actual", "changed"),
    [
        ("running", "STARTING", False),
        ("running", "RECOVERING", False),
        ("running", "STOPPING", True),
        ("running", "UPDATING", False),
        ("stopped", "STOPPING", False),
        ("stopped", "STARTING", True),
        ("stopped", "UPDATING", False),
    ],
)
def test_a_channel_on_its_way_counts_as_where_it_goes(
    aws: AwsClients,
    embedded: EmbeddedAws,
    channel_inputs: Inputs,
    declared: str,
    actual: str,
    *,
    changed: bool,
) -> None:
    made = created(aws, channel_inputs)
    members_of(embedded, made.id)["State"] = actual
    inputs = {**channel_inputs, "state": declared}
    assert diff(aws, made, inputs).changed == changed


def test_an_unknown_value_is_a_change_and_its_live_value_no_drift(
    aws: AwsClients, channel_inputs: Inputs
) -> None:
    made = created(aws, channel_inputs)
    attachment = {**channel_inputs["inputAttachments"][0], "InputId": UNKNOWN}
    difference = diff(
        aws, made, channel_inputs, {**channel_inputs, "inputAttachments": [attachment]}
    )
    assert difference.changes == {"inputAttachments[0].InputId": Change.UPDATE}


def test_where_an_existing_channel_was_taken_from_changes_nothing(
    aws: AwsClients, channel_inputs: Inputs
) -> None:
    made = created(aws, channel_inputs)
    assert not diff(aws, made, {**channel_inputs, "existingId": made.id}, channel_inputs).changed


class TestScheduled:
    @pytest.fixture
    def scheduled(self, channel_inputs: Inputs) -> Inputs:
        return {**channel_inputs, "state": "scheduled", "schedule": HOURS}

    @pytest.mark.parametrize("time", [OPEN, CLOSED])
    @pytest.mark.parametrize("runs", [True, False])
    def test_a_run_state_is_left_to_the_schedule(
        self,
        aws: AwsClients,
        medialive: Any,
        channel_inputs: Inputs,
        scheduled: Inputs,
        time: dt.datetime,
        *,
        runs: bool,
    ) -> None:
        made = created(aws, channel_inputs)
        if runs:
            start(medialive, made.id)
        assert diff(aws, made, scheduled, time=time) == Diff(delete_before_replace=True)

    def test_settings_are_compared(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs, scheduled: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        change(medialive, made.id, Name="renamed")
        assert diff(aws, made, scheduled).changes == {"name": Change.UPDATE}

    @pytest.mark.parametrize(
        ("time", "warning"),
        [
            (OPEN, "this interrupts its stream until it runs again (name)"),
            (CLOSED, "this ends its stream"),
        ],
    )
    def test_an_edit_applies_what_the_schedule_says_now(
        self,
        aws: AwsClients,
        medialive: Any,
        channel_inputs: Inputs,
        scheduled: Inputs,
        time: dt.datetime,
        warning: str,
    ) -> None:
        made = created(aws, channel_inputs)
        start(medialive, made.id)
        difference = diff(aws, made, scheduled, {**scheduled, "name": "renamed"}, time)
        assert difference.warning == f"its channel is RUNNING: {warning}"

    def test_hours_that_are_over_end_the_stream(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs, scheduled: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        start(medialive, made.id)
        mornings = {**HOURS, "windows": [{"days": ["mon"], "start": "09:00", "stop": "10:00"}]}
        difference = diff(aws, made, scheduled, {**scheduled, "schedule": mornings})
        assert set(difference.changes) == {"schedule.windows[0].stop"}
        assert difference.warning == "its channel is RUNNING: this ends its stream"

    @pytest.mark.parametrize("time", [OPEN, CLOSED])
    def test_tags_end_no_stream(
        self,
        aws: AwsClients,
        medialive: Any,
        channel_inputs: Inputs,
        scheduled: Inputs,
        time: dt.datetime,
    ) -> None:
        made = created(aws, channel_inputs)
        start(medialive, made.id)
        difference = diff(aws, made, scheduled, {**scheduled, "tags": {}}, time)
        assert difference.changed
        assert difference.warning == ""


class TestUnread:
    """A channel that AWS does not let be read while the engine plans."""

    @pytest.fixture
    def hasty(self, embedded: EmbeddedAws) -> AwsClients:
        """A connection that asks once."""
        return AwsClients(
            "us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0.0
        )

    @pytest.mark.parametrize(
        ("edit", "path"),
        [({}, "state"), ({"state": "running"}, "state"), ({"name": "renamed"}, "name")],
    )
    def test_it_is_planned_as_an_update(
        self,
        aws: AwsClients,
        hasty: AwsClients,
        embedded: EmbeddedAws,
        channel_inputs: Inputs,
        edit: Inputs,
        path: str,
    ) -> None:
        made = created(aws, channel_inputs)
        refused = CallFault(operation="medialive:DescribeChannel", fault="error")
        embedded.load_faults(FaultPlan(calls=(refused,)))
        difference = diff(hasty, made, channel_inputs, {**channel_inputs, **edit})
        assert difference.changes == {path: Change.UPDATE}
        assert difference.warning.startswith("LUN31")
        assert difference.warning.endswith("the update reads again")

    def test_the_update_reads_it_and_leaves_it_alone(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs, resource: Channel
    ) -> None:
        made = created(aws, channel_inputs)
        again = writes_during(
            embedded,
            lambda: resource.update(made.id, channel_inputs, made.state, channel_inputs),
        )
        assert again == []

    def test_an_interrupted_run_plans_nothing(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        refused = CallFault(operation="medialive:DescribeChannel", fault="error")
        embedded.load_faults(FaultPlan(calls=(refused,)))
        interrupted = AwsClients("us-west-2", endpoint=embedded.endpoint)
        interrupted.cancel()
        with pytest.raises(CancelledError):
            diff(interrupted, made, channel_inputs)


class TestSpelling:
    """AWS shows a declared value otherwise than it was sent."""

    @pytest.fixture
    def made(self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs) -> CreateResult:
        aws.medialive.meta.events.register(
            "after-call.medialive.CreateChannel",
            lambda parsed, **_: members_of(embedded, parsed["Channel"]["Id"]).update(Name="ONE"),
        )
        return created(aws, channel_inputs)

    def test_it_is_no_difference(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs, made: CreateResult
    ) -> None:
        assert set(made.state["normalized"]) == {"Name"}
        assert not diff(aws, made, channel_inputs).changed
        untouched = writes_during(
            embedded,
            lambda: Channel(aws).update(made.id, channel_inputs, made.state, channel_inputs),
        )
        assert untouched == []

    def test_a_later_drift_of_the_same_member_is_a_difference(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs, made: CreateResult
    ) -> None:
        members_of(embedded, made.id)["Name"] = "another"
        assert diff(aws, made, channel_inputs).changes == {"name": Change.UPDATE}

    def test_another_declared_value_is_sent(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs, made: CreateResult
    ) -> None:
        renamed = {**channel_inputs, "name": "two"}
        assert diff(aws, made, channel_inputs, renamed).changes == {"name": Change.UPDATE}
        state = Channel(aws).update(made.id, channel_inputs, made.state, renamed)
        assert describe(medialive, made.id)["Name"] == "two"
        assert "normalized" not in state

    def test_a_refresh_keeps_the_declared_spelling(
        self, aws: AwsClients, channel_inputs: Inputs, made: CreateResult
    ) -> None:
        result = Channel(aws).read("urn", made.id, channel_inputs, made.state)
        assert result is not None
        assert result.inputs == channel_inputs

    def test_an_ingest_shown_otherwise_is_kept_as_a_digest_alone(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        aws.medialive.meta.events.register(
            "after-call.medialive.CreateChannel",
            lambda parsed, **_: members_of(embedded, parsed["Channel"]["Id"]).update(
                Destinations=sends_to({}, "MADE-UP-KEY")["destinations"]
            ),
        )
        made = created(aws, sends_to(channel_inputs, "made-up-key"))
        assert "made-up-key" not in str(made.state["normalized"]).lower()


class TestCreationWarning:
    def warning(self, aws: AwsClients, inputs: Inputs) -> str:
        return Channel(aws, now=lambda _: OPEN).creation_warning(inputs)

    def test_a_new_channel_has_none(self, aws: AwsClients, channel_inputs: Inputs) -> None:
        assert self.warning(aws, channel_inputs) == ""

    def test_a_channel_that_a_killed_run_left_is_announced(
        self, aws: AwsClients, channel_inputs: Inputs
    ) -> None:
        made = created(aws, channel_inputs)
        taken = f"channel {made.id} is there already and is taken over"
        assert self.warning(aws, channel_inputs) == taken

    def test_an_interruption_of_it_is_announced_too(
        self, aws: AwsClients, channel_inputs: Inputs
    ) -> None:
        made = created(aws, {**channel_inputs, "state": "running"})
        taken = f"channel {made.id} is there already and is taken over"
        on_air = edited({**channel_inputs, "state": "running"}, Bitrate=4000000)
        assert self.warning(aws, on_air) == (
            f"{taken}; its channel is RUNNING: this interrupts its stream until it runs again"
            f" ({H264}.Bitrate)"
        )
        ended = f"{taken}; its channel is RUNNING: this ends its stream"
        assert self.warning(aws, channel_inputs) == ended

    def test_an_adoption_that_interrupts_nothing_has_none(
        self, aws: AwsClients, channel_inputs: Inputs
    ) -> None:
        made = created(aws, {**channel_inputs, "state": "running"})
        adopted = {"name": "one", "state": "running", "existingId": made.id, "tags": TAGS}
        assert self.warning(aws, adopted) == ""
        assert "this interrupts" in self.warning(aws, {**adopted, "name": "renamed"})

    def test_an_unknown_input_is_no_interruption(
        self, aws: AwsClients, channel_inputs: Inputs
    ) -> None:
        made = created(aws, {**channel_inputs, "state": "running"})
        attachment = {**channel_inputs["inputAttachments"][0], "InputId": UNKNOWN}
        on_air = {**channel_inputs, "state": "running", "inputAttachments": [attachment]}
        assert self.warning(aws, {**on_air, "existingId": made.id}) == ""
