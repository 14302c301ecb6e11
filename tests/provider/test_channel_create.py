"""A channel created once, taken over, or left alone."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.faults import CallFault, FaultPlan, StateFault
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.channel_resource import Channel
from provider.resource import PartialCreateError, ResourceError
from tests.provider.channels import (
    FOREIGN,
    TAGS,
    URN,
    created,
    describe,
    edited,
    ends_of,
    inputs_of,
    interrupted,
    members_of,
    refuse,
    sends_to,
    start,
    state_of,
    two_pipelines,
    writes_during,
)
from tests.support.medialive import idle_channel

Inputs = dict[str, Any]


def listed(medialive: Any) -> list[str]:
    return [channel["Id"] for channel in medialive.list_channels()["Channels"]]


def fail(embedded: EmbeddedAws, operation: str, fault: Any, **when: Any) -> None:
    struck = CallFault(operation=f"medialive:{operation}", fault=fault, **when)
    embedded.load_faults(FaultPlan(calls=(struck,)))


def requests_of(aws: AwsClients, operation: str) -> list[dict[str, Any]]:
    """Return a list that gets the parameters of each further *operation*."""
    sent: list[dict[str, Any]] = []
    aws.medialive.meta.events.register(
        f"provide-client-params.medialive.{operation}", lambda params, **_: sent.append(params)
    )
    return sent


@pytest.mark.parametrize(("state", "expected"), [("running", "RUNNING"), ("stopped", "IDLE")])
def test_it_is_created_with_its_settings_and_brought_to_its_state(
    aws: AwsClients, medialive: Any, channel_inputs: Inputs, state: str, expected: str
) -> None:
    declared = {**channel_inputs, "state": state}
    made = created(aws, declared)
    live = describe(medialive, made.id)
    assert (live["State"], live["Tags"], live["Name"]) == (expected, TAGS, "one")
    assert ends_of(live["Destinations"]) == ends_of(channel_inputs["destinations"])
    assert made.state == {**declared, "arn": live["Arn"]}


def test_two_pipelines_are_created(aws: AwsClients, medialive: Any, channel_inputs: Inputs) -> None:
    live = describe(medialive, created(aws, two_pipelines(channel_inputs)).id)
    assert (live["ChannelClass"], len(live["Destinations"][0]["Settings"])) == ("STANDARD", 2)


def test_zeros_and_empty_lists_are_sent(aws: AwsClients, channel_inputs: Inputs) -> None:
    settings = channel_inputs["encoderSettings"]
    (group,) = settings["OutputGroups"]
    (output,) = group["Outputs"]
    alone = {key: value for key, value in output.items() if key != "VideoDescriptionName"}
    never = {"RtmpGroupSettings": {"RestartDelay": 0}}
    audio_only = {
        **settings,
        "VideoDescriptions": [],
        "OutputGroups": [{**group, "OutputGroupSettings": never, "Outputs": [alone]}],
    }
    sent = requests_of(aws, "CreateChannel")
    created(aws, {**channel_inputs, "encoderSettings": audio_only})
    assert sent[0]["EncoderSettings"] == audio_only


class TestRequestId:
    def sent(self, aws: AwsClients, urn: str, inputs: Inputs) -> str:
        """Return the RequestId of a creation, which AWS refuses."""
        sent = requests_of(aws, "CreateChannel")
        with pytest.raises(ResourceError):
            Channel(aws).create(urn, inputs)
        return str(sent[0]["RequestId"])

    def test_it_follows_urn_and_settings(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        fail(embedded, "CreateChannel", "limit")
        hasty = AwsClients(
            "us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0
        )
        first = self.sent(hasty, URN, channel_inputs)
        other = AwsClients(
            "us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0
        )
        assert self.sent(other, URN, {**channel_inputs, "tags": FOREIGN}) == first
        assert self.sent(other, f"{URN}-2", channel_inputs) != first
        assert self.sent(other, URN, {**channel_inputs, "name": "two"}) != first

    @pytest.mark.parametrize("lost", [1, 3])
    def test_a_lost_answer_makes_no_second_channel(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        channel_inputs: Inputs,
        lost: int,
    ) -> None:
        fail(embedded, "CreateChannel", "dropped-after", times=lost)
        made = created(aws, channel_inputs)
        assert listed(medialive) == [made.id]

    def test_an_answer_that_is_lost_for_good_is_found_by_the_next_run(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        fail(embedded, "CreateChannel", "dropped-after")
        with pytest.raises(ResourceError, match=r"^LUN316"):
            created(aws, channel_inputs)
        made = created(aws, channel_inputs)
        assert listed(medialive) == [made.id]

    @pytest.mark.parametrize("reading", ["deleted", "conflict", "new"])
    def test_one_whose_channel_is_gone_makes_another_one(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        channel_inputs: Inputs,
        reading: str,
    ) -> None:
        embedded.readings.choose({"repeated-request": reading})
        first = created(aws, channel_inputs)
        Channel(aws).delete(first.id, first.state)
        second = created(aws, channel_inputs)
        assert second.id != first.id
        assert listed(medialive) == [second.id]

    def test_one_that_is_not_found_is_not_sent_again(
        self, aws: AwsClients, monkeypatch: pytest.MonkeyPatch, channel_inputs: Inputs
    ) -> None:
        create, sent = aws.medialive.create_channel, []

        def forget_the_first(**members: Any) -> Any:
            sent.append(members["RequestId"])
            if len(sent) > 1:
                return create(**members)
            answer: Any = {
                "Error": {"Code": "NotFoundException", "Message": "not found"},
                "ResponseMetadata": {"HTTPStatusCode": 404},
            }
            raise ClientError(answer, "CreateChannel")

        monkeypatch.setattr(aws.medialive, "create_channel", forget_the_first)
        created(aws, channel_inputs)
        assert len(set(sent)) == 2

    def test_one_whose_channel_is_deleted_meanwhile_is_not_sent_again(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        first = created(aws, channel_inputs)
        # The channel leaves the listing only when its deletion has ended.
        members_of(embedded, first.id).update(State="DELETING")
        for attached in embedded.medialive().region.inputs.values():
            attached.members["AttachedChannels"] = []
        assert created(aws, channel_inputs).id != first.id

    def test_a_refused_one_is_not_sent_again(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        fail(embedded, "CreateChannel", "conflict", times=2)
        sent = requests_of(aws, "CreateChannel")
        made = created(aws, channel_inputs)
        assert listed(medialive) == [made.id]
        assert len({request["RequestId"] for request in sent}) == 3


class TestLeftover:
    """A channel that a killed run made and did not note."""

    @pytest.mark.parametrize("state", ["running", "stopped"])
    def test_one_as_declared_is_taken_over_untouched(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs, state: str
    ) -> None:
        declared = {**channel_inputs, "state": state}
        first = created(aws, declared)
        again: list[str] = []
        writes = writes_during(embedded, lambda: again.append(created(aws, declared).id))
        assert (again, writes) == ([first.id], [])

    def test_one_that_is_starting_is_waited_for(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        declared = {**channel_inputs, "state": "running"}
        first = created(aws, channel_inputs)
        medialive.start_channel(ChannelId=first.id)
        again: list[str] = []
        writes = writes_during(embedded, lambda: again.append(created(aws, declared).id))
        assert (again, writes) == ([first.id], [])
        assert state_of(medialive, first.id) == "RUNNING"

    def test_one_that_is_still_created_is_waited_for(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        first = created(aws, channel_inputs)
        item = embedded.medialive().region.channels[first.id]
        item.begin(embedded.clock, "channel.create", "CREATING", "IDLE")
        assert created(aws, channel_inputs).id == first.id

    def test_one_that_differs_is_updated_and_started(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        on_air = {**channel_inputs, "state": "running"}
        first = created(aws, on_air)
        again: list[str] = []
        writes = writes_during(
            embedded, lambda: again.append(created(aws, edited(on_air, Bitrate=4000000)).id)
        )
        assert again == [first.id]
        assert writes == interrupted("UpdateChannel")
        assert state_of(medialive, first.id) == "RUNNING"

    def test_one_whose_creation_failed_is_deleted(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        first = created(aws, channel_inputs)
        members_of(embedded, first.id)["State"] = "CREATE_FAILED"
        second = created(aws, channel_inputs)
        assert listed(medialive) == [second.id] != [first.id]

    @pytest.mark.parametrize("tags", [FOREIGN, {}])
    def test_a_strangers_channel_of_the_same_name_is_left_alone(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs, tags: dict[str, str]
    ) -> None:
        strangers = idle_channel(medialive, "one", Tags=tags)
        made = created(aws, channel_inputs)
        assert set(listed(medialive)) == {strangers, made.id}
        assert describe(medialive, strangers)["Tags"] == tags

    def test_channels_are_listed_once_a_run(
        self, embedded: EmbeddedAws, aws: AwsClients, medialive: Any
    ) -> None:
        declared = [inputs_of(medialive, name) for name in ("one", "two")]
        resource = Channel(aws)
        embedded.calls.clear()
        for inputs in declared:
            resource.create(URN, inputs)
        assert [call.operation for call in embedded.calls].count("ListChannels") == 1


class TestExisting:
    """A channel of a former system, taken over by its id."""

    def adopted(self, channel_id: str, **more: Any) -> Inputs:
        return {"name": "old", "state": "running", "existingId": channel_id, "tags": TAGS, **more}

    @pytest.fixture
    def former(self, medialive: Any) -> str:
        """A channel on air without tags of ours."""
        channel_id = idle_channel(medialive, "old", Tags={"Team": "video"})
        start(medialive, channel_id)
        return channel_id

    def test_only_its_tags_change_where_no_settings_are_declared(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, former: str
    ) -> None:
        before = describe(medialive, former)
        adopted: list[Any] = []
        writes = writes_during(embedded, lambda: adopted.append(created(aws, self.adopted(former))))
        assert writes == ["CreateTags", "DeleteTags"]
        after = describe(medialive, former)
        assert after["Tags"] == TAGS
        assert after["EncoderSettings"] == before["EncoderSettings"]
        assert after["Destinations"] == before["Destinations"]
        assert after["State"] == "RUNNING"
        assert adopted[0].id == former
        assert set(adopted[0].state) == {*self.adopted(former), "arn"}

    def test_its_destinations_as_declared_interrupt_nothing(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, former: str
    ) -> None:
        as_found = describe(medialive, former)["Destinations"]
        declared = self.adopted(former, destinations=as_found)
        writes = writes_during(embedded, lambda: created(aws, declared))
        assert writes == ["CreateTags", "DeleteTags"]

    def test_another_key_is_sent_with_all_that_stays(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, former: str
    ) -> None:
        before = describe(medialive, former)
        declared = self.adopted(former, **sends_to({}, "rotated"))
        writes = writes_during(embedded, lambda: created(aws, declared))
        assert writes[:3] == ["CreateTags", "StopChannel", "UpdateChannel"]
        assert writes[-2:] == ["StartChannel", "DeleteTags"]
        after = describe(medialive, former)
        assert after["Destinations"][0]["Settings"][0]["StreamName"] == "rotated"
        assert after["EncoderSettings"] == before["EncoderSettings"]

    def test_one_that_does_not_exist_is_an_error_and_not_remembered(self, aws: AwsClients) -> None:
        with pytest.raises(ResourceError, match=r"^LUN333") as no:
            created(aws, self.adopted("404"))
        assert not isinstance(no.value, PartialCreateError)


class TestPartialFailure:
    def test_a_channel_that_does_not_start_is_remembered_with_its_inputs(
        self, aws: AwsClients, embedded: EmbeddedAws, channel_inputs: Inputs
    ) -> None:
        hasty = AwsClients(
            "us-west-2", endpoint=embedded.endpoint, sleep=lambda _: None, patience=0
        )
        fail(embedded, "StartChannel", "error")
        on_air = {**channel_inputs, "state": "running"}
        with pytest.raises(PartialCreateError, match="LUN3") as failure:
            created(hasty, on_air)
        channel_id, state = failure.value.resource_id, failure.value.state
        assert state == {**on_air, "arn": members_of(embedded, channel_id)["Arn"]}
        embedded.load_faults(FaultPlan())
        repaired = Channel(aws).update(channel_id, on_air, state, on_air)
        assert repaired == state

    def test_one_that_aws_fails_to_create_is_remembered_and_replaced(
        self, aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
    ) -> None:
        failing = StateFault(operation="medialive:CreateChannel", fault="create-failed", times=1)
        embedded.load_faults(FaultPlan(mishaps=(failing,)))
        with pytest.raises(PartialCreateError, match=r"^LUN331") as failure:
            created(aws, channel_inputs)
        channel_id, state = failure.value.resource_id, failure.value.state
        resource = Channel(aws)
        assert resource.diff(channel_id, channel_inputs, state, channel_inputs).replaces
        resource.delete(channel_id, state)
        made = resource.create(URN, channel_inputs)
        assert listed(medialive) == [made.id]

    def test_a_refused_creation_leaves_nothing(
        self, aws: AwsClients, medialive: Any, channel_inputs: Inputs
    ) -> None:
        attachment = {**channel_inputs["inputAttachments"][0], "InputId": "404"}
        wrong = {**channel_inputs, "inputAttachments": [attachment]}
        with pytest.raises(ResourceError, match="LUN31"):
            created(aws, wrong)
        assert listed(medialive) == []


KEY = "made-up/key & more"


@pytest.mark.parametrize("form", [KEY, "made-up%2Fkey%20%26%20more", "made-up%2Fkey+%26+more"])
@pytest.mark.parametrize("path", ["stream name {}", "rtmp://ingest.example.org/app/{}"])
def test_a_key_that_aws_quotes_is_redacted(
    aws: AwsClients, channel_inputs: Inputs, form: str, path: str
) -> None:
    refuse(aws, "CreateChannel", 422, f"cannot publish to {path.format(form)}")
    with pytest.raises(ResourceError) as refused:
        created(aws, sends_to(channel_inputs, KEY))
    assert "CreateChannel answered RefusedException" in str(refused.value)
    assert "***" in str(refused.value)
    assert not any(part in str(refused.value) for part in (KEY, form, "more"))


def test_an_input_that_another_channel_holds_is_waited_for(
    aws: AwsClients, embedded: EmbeddedAws, medialive: Any, channel_inputs: Inputs
) -> None:
    seconds = iter(range(0, 10**6, 100))
    hasty = AwsClients(
        "us-west-2",
        endpoint=embedded.endpoint,
        sleep=lambda _: None,
        clock=lambda: float(next(seconds)),
    )
    attached = {
        **channel_inputs,
        "inputAttachments": inputs_of(medialive, "two")["inputAttachments"],
    }
    idle = {**attached, "name": "two", "tags": FOREIGN}
    created(aws, idle)
    with pytest.raises(ResourceError, match=r"^LUN314"):
        created(hasty, attached)
