"""The plugin's resources over the wire: create, adopt, read, update, delete, import."""

from __future__ import annotations

from typing import Any

import pytest

from localaws.faults import CallFault, FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from provider.destination_set import DestinationSet
from provider.flow import GetFlow
from provider.flow_output import FlowOutput
from provider.push_input import PushInput
from provider.resource import ResourceError
from tests.provider.channels import FOREIGN, TAGS
from tests.support.medialive import idle_channel


@pytest.fixture
def input_inputs(medialive: Any) -> dict[str, Any]:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    return {"name": "one", "securityGroupIds": [group["SecurityGroup"]["Id"]], "tags": TAGS}


@pytest.fixture
def output_inputs(mediaconnect: Any) -> dict[str, Any]:
    return {
        "flowArn": mediaconnect.list_flows()["Flows"][0]["FlowArn"],
        "name": "one",
        "protocol": "rtp",
        "destination": "198.51.100.1",
        "port": 5000,
        "status": "ENABLED",
        "description": "d",
        "tags": TAGS,
    }


class TestPushInput:
    def test_creation_waits_for_its_endpoints(
        self, aws: AwsClients, input_inputs: dict[str, Any]
    ) -> None:
        created = PushInput(aws).create("urn", input_inputs)
        assert [end["port"] for end in created.state["endpoints"]] == [5000, 5000]
        assert created.state["arn"].endswith(f":input:{created.id}")

    def test_what_an_interrupted_run_left_is_adopted(
        self, aws: AwsClients, embedded: EmbeddedAws, input_inputs: dict[str, Any]
    ) -> None:
        first = PushInput(aws).create("urn", input_inputs)
        again = PushInput(aws).create("urn", input_inputs)
        assert again.id == first.id
        assert [c.operation for c in embedded.calls].count("CreateInput") == 1

    def test_one_that_the_same_run_deletes_is_created_again(
        self, aws: AwsClients, input_inputs: dict[str, Any]
    ) -> None:
        first = PushInput(aws).create("urn", input_inputs)
        running = PushInput(aws)
        running.create("another", {**input_inputs, "name": "another"})
        running.delete(first.id, first.state)
        again = running.create("urn", input_inputs)
        assert again.id != first.id
        assert again.state["endpoints"]

    def test_a_stranger_of_the_same_name_is_left_alone(
        self, aws: AwsClients, input_inputs: dict[str, Any]
    ) -> None:
        other = PushInput(aws).create("urn", {**input_inputs, "tags": FOREIGN})
        ours = PushInput(aws).create("urn", input_inputs)
        assert ours.id != other.id
        assert PushInput(aws).create("urn", input_inputs).id == ours.id

    def test_amazon_s_own_tags_are_nobody_s_to_change(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        input_inputs: dict[str, Any],
    ) -> None:
        made = PushInput(aws).create("urn", input_inputs)
        system = {"aws:cloudformation:stack-name": "old"}
        embedded.medialive().region.inputs[made.id].members["Tags"].update(system)
        PushInput(aws).update(made.id, input_inputs, made.state, {**input_inputs, "tags": {}})
        assert medialive.describe_input(InputId=made.id)["Tags"] == system

    def test_an_import_reads_all_inputs(
        self, aws: AwsClients, input_inputs: dict[str, Any]
    ) -> None:
        created = PushInput(aws).create("urn", input_inputs)
        result = PushInput(aws).read("urn", created.id, {}, {})
        assert result is not None
        assert result.inputs == input_inputs
        assert result.state == created.state

    def test_a_name_changes_in_place(
        self, aws: AwsClients, medialive: Any, input_inputs: dict[str, Any]
    ) -> None:
        resource = PushInput(aws)
        created = resource.create("urn", input_inputs)
        resource.update(created.id, input_inputs, created.state, {**input_inputs, "name": "two"})
        assert medialive.describe_input(InputId=created.id)["Name"] == "two"

    def test_tags_change_in_place(
        self, aws: AwsClients, medialive: Any, input_inputs: dict[str, Any]
    ) -> None:
        resource = PushInput(aws)
        created = resource.create("urn", input_inputs)
        tags = {**TAGS, "Owner": "x"}
        del tags["Project"]
        resource.update(created.id, input_inputs, created.state, {**input_inputs, "tags": tags})
        assert medialive.describe_input(InputId=created.id)["Tags"] == tags

    def test_deleting_waits_until_it_is_gone_and_twice_is_fine(
        self, aws: AwsClients, medialive: Any, input_inputs: dict[str, Any]
    ) -> None:
        resource = PushInput(aws)
        created = resource.create("urn", input_inputs)
        resource.delete(created.id, created.state)
        resource.delete(created.id, created.state)
        assert medialive.list_inputs()["Inputs"] == []
        assert resource.read("urn", created.id, {}, {}) is None

    @pytest.mark.parametrize("reading", ["emptied", "whole", "gone"])
    def test_one_that_others_deleted_is_missed(
        self,
        aws: AwsClients,
        embedded: EmbeddedAws,
        medialive: Any,
        input_inputs: dict[str, Any],
        reading: str,
    ) -> None:
        embedded.readings.choose({"deleted-shown": reading})
        resource = PushInput(aws)
        created = resource.create("urn", input_inputs)
        medialive.delete_input(InputId=created.id)
        for seconds in (30.0, 60.0):
            embedded.advance(seconds)
            assert resource.read("urn", created.id, input_inputs, created.state) is None
            resource.delete(created.id, created.state)
            assert PushInput(aws).create("urn", input_inputs).id != created.id

    @pytest.mark.parametrize("reading", ["conflict", "bad-request"])
    def test_an_input_is_deleted_once_its_channel_is(
        self, embedded: EmbeddedAws, medialive: Any, reading: str
    ) -> None:
        embedded.readings.choose({"input-busy": reading})
        channel_id = idle_channel(medialive)
        input_id = medialive.list_inputs()["Inputs"][0]["Id"]
        medialive.delete_channel(ChannelId=channel_id)
        patient = AwsClients(
            "us-west-2",
            endpoint=embedded.endpoint,
            sleep=lambda _: medialive.describe_channel(ChannelId=channel_id),
        )
        PushInput(patient).delete(input_id, {"name": "one"})
        assert medialive.list_inputs()["Inputs"] == []

    def test_an_attached_input_is_waited_for_until_the_deadline(
        self, embedded: EmbeddedAws, medialive: Any
    ) -> None:
        idle_channel(medialive)
        input_id = medialive.list_inputs()["Inputs"][0]["Id"]
        seconds = iter(range(0, 100000, 100))
        hurried = AwsClients(
            "us-west-2",
            endpoint=embedded.endpoint,
            sleep=lambda _: None,
            clock=lambda: float(next(seconds)),
        )
        with pytest.raises(ResourceError, match=r"^LUN314"):
            PushInput(hurried).delete(input_id, {"name": "one"})


class TestFlowOutput:
    def test_an_output_is_added_once(
        self, aws: AwsClients, mediaconnect: Any, output_inputs: dict[str, Any]
    ) -> None:
        first = FlowOutput(aws).create("urn", output_inputs)
        again = FlowOutput(aws).create("urn", output_inputs)
        assert again == first
        flow = mediaconnect.describe_flow(FlowArn=output_inputs["flowArn"])["Flow"]
        assert [output["OutputArn"] for output in flow["Outputs"]] == [first.id]

    def test_an_adopted_output_is_brought_to_the_declaration(
        self, aws: AwsClients, output_inputs: dict[str, Any]
    ) -> None:
        FlowOutput(aws).create("urn", {**output_inputs, "destination": "198.51.100.9"})
        created = FlowOutput(aws).create("urn", output_inputs)
        result = FlowOutput(aws).read("urn", created.id, output_inputs, created.state)
        assert result is not None
        assert result.inputs == output_inputs

    def test_a_stranger_of_the_same_name_is_left_alone(
        self, aws: AwsClients, output_inputs: dict[str, Any]
    ) -> None:
        FlowOutput(aws).create("urn", {**output_inputs, "tags": FOREIGN})
        with pytest.raises(ResourceError, match=r"^LUN332"):
            FlowOutput(aws).create("urn", output_inputs)

    def test_an_import_finds_the_flow_by_itself(
        self, aws: AwsClients, output_inputs: dict[str, Any]
    ) -> None:
        created = FlowOutput(aws).create("urn", output_inputs)
        result = FlowOutput(aws).read("urn", created.id, {}, {})
        assert result is not None
        assert result.inputs == output_inputs

    def test_everything_but_the_name_changes_in_place(
        self, aws: AwsClients, output_inputs: dict[str, Any]
    ) -> None:
        resource = FlowOutput(aws)
        created = resource.create("urn", output_inputs)
        desired = {
            **output_inputs,
            "destination": "198.51.100.2",
            "port": 5002,
            "protocol": "rtp-fec",
            "description": "e",
            "tags": {**TAGS, "Owner": "x"},
        }
        resource.update(created.id, output_inputs, created.state, desired)
        result = resource.read("urn", created.id, desired, created.state)
        assert result is not None
        assert result.inputs == desired

    def test_removing_twice_is_fine(self, aws: AwsClients, output_inputs: dict[str, Any]) -> None:
        resource = FlowOutput(aws)
        created = resource.create("urn", output_inputs)
        resource.delete(created.id, created.state)
        resource.delete(created.id, created.state)
        assert resource.read("urn", created.id, output_inputs, created.state) is None

    def test_an_update_of_a_removed_output_says_what_to_do(
        self, aws: AwsClients, output_inputs: dict[str, Any]
    ) -> None:
        resource = FlowOutput(aws)
        created = resource.create("urn", output_inputs)
        resource.delete(created.id, created.state)
        with pytest.raises(ResourceError, match=r"^LUN330"):
            resource.update(created.id, output_inputs, created.state, {**output_inputs, "port": 1})

    def test_a_missing_flow_is_one_sentence(
        self, aws: AwsClients, output_inputs: dict[str, Any]
    ) -> None:
        with pytest.raises(ResourceError, match=r"^LUN340"):
            FlowOutput(aws).create(
                "urn",
                {
                    **output_inputs,
                    "flowArn": "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-0:none",
                },
            )


def test_the_roster_is_imported_from_the_tags_of_channels(aws: AwsClients, medialive: Any) -> None:
    idle_channel(medialive, "one", Tags=TAGS)
    idle_channel(medialive, "two", Tags={**TAGS, "Stack": "other", "Destination": "two"})
    result = DestinationSet(aws).read("urn", "p/s", {}, {})
    assert result is not None
    assert result.inputs["destinations"] == ["one"]


def test_a_flow_that_is_not_there_is_told_with_those_that_are(
    aws: AwsClients, mediaconnect: Any
) -> None:
    mediaconnect.create_flow(
        Name="another",
        Source={
            "Name": "srt",
            "Protocol": "srt-listener",
            "IngestPort": 5000,
            "WhitelistCidr": "203.0.113.0/24",
        },
    )
    with pytest.raises(ResourceError) as refused:
        GetFlow(aws)({"name": "none"})
    assert refused.value.code == "LUN340"
    assert "another, lunora-player-local-srt-router" in refused.value.message


def test_a_flow_is_found_by_name_and_by_arn(aws: AwsClients) -> None:
    named = GetFlow(aws)({"name": "lunora-player-local-srt-router"})
    assert (named["egressIp"], named["availabilityZone"]) == ("203.0.113.10", "us-west-2a")
    assert GetFlow(aws)({"arn": named["arn"]}) == named
    assert named["analyses"] == []
    aws.mediaconnect.update_flow(
        FlowArn=named["arn"],
        SourceMonitoringConfig={
            "ContentQualityAnalysisState": "ENABLED",
            "AudioMonitoringSettings": [{"SilentAudio": {"State": "ENABLED"}}],
            "VideoMonitoringSettings": [
                {"BlackFrames": {"State": "ENABLED"}},
                {"FrozenFrames": {"State": "DISABLED"}},
            ],
        },
    )
    assert GetFlow(aws)({"arn": named["arn"]})["analyses"] == ["BlackFrames", "SilentAudio"]


def test_a_flow_is_told_with_the_video_that_arrives(aws: AwsClients, embedded: EmbeddedAws) -> None:
    name = "lunora-player-local-srt-router"
    assert GetFlow(aws)({"name": name})["video"] == {
        "codec": "AVC",
        "frameRate": "30",
        "scanMode": "progressive",
        "width": 1920,
        "height": 1080,
    }
    embedded.trigger("source-lost", name)
    assert "video" not in GetFlow(aws)({"name": name})
    embedded.trigger("source-back", name)
    refusal = CallFault(operation="mediaconnect:DescribeFlowSourceMetadata", fault="error")
    embedded.load_faults(FaultPlan(calls=(refusal,)))
    assert "video" not in GetFlow(aws)({"name": name})


def test_a_flow_is_told_with_its_state_and_the_names_of_its_outputs(
    aws: AwsClients, output_inputs: dict[str, Any]
) -> None:
    FlowOutput(aws).create("urn", output_inputs)
    flow = GetFlow(aws)({"arn": output_inputs["flowArn"]})
    assert (flow["status"], flow["outputs"]) == ("ACTIVE", [output_inputs["name"]])


@pytest.mark.parametrize(
    "arguments",
    [{"name": "none"}, {"arn": "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-0:none"}],
)
def test_a_flow_that_is_not_there_is_one_sentence(
    aws: AwsClients, arguments: dict[str, str]
) -> None:
    with pytest.raises(ResourceError, match=r"^LUN340"):
        GetFlow(aws)(arguments)
