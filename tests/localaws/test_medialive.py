"""MediaLive over the wire: states, attachments, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from localaws.clock import Clock, Latency
from localaws.faults import FaultPlan
from localaws.server import EmbeddedAws
from provider.aws import AwsClients
from tests.support.clients import ONCE, connect
from tests.support.medialive import channel_request, idle_channel, push_input, settle


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_a_push_input_has_two_endpoints_a_decimal_id_and_a_real_arn(medialive: Any) -> None:
    described = medialive.describe_input(InputId=push_input(medialive))
    assert described["Id"].isdecimal()
    assert described["Arn"] == f"arn:aws:medialive:us-west-2:123456789012:input:{described['Id']}"
    assert described["InputClass"] == "STANDARD"
    assert [end["Port"] for end in described["Destinations"]] == ["5000", "5000"]
    assert len({end["Ip"] for end in described["Destinations"]}) == 2
    assert described["Destinations"][0]["Url"] == f"rtp://{described['Destinations'][0]['Ip']}:5000"


def test_a_channel_passes_through_its_states_in_order(medialive: Any) -> None:
    request = channel_request(push_input(medialive))
    channel_id = medialive.create_channel(**request)["Channel"]["Id"]

    def look() -> str:
        return str(medialive.describe_channel(ChannelId=channel_id)["State"])

    assert [look(), look()] == ["CREATING", "IDLE"]
    assert medialive.start_channel(ChannelId=channel_id)["State"] == "STARTING"
    assert [look(), look()] == ["STARTING", "RUNNING"]
    assert medialive.stop_channel(ChannelId=channel_id)["State"] == "STOPPING"
    assert [look(), look()] == ["STOPPING", "IDLE"]
    assert medialive.delete_channel(ChannelId=channel_id)["State"] == "DELETING"
    assert [look(), look()] == ["DELETING", "DELETED"]
    assert look() == "DELETED"
    assert refused(lambda: medialive.start_channel(ChannelId=channel_id)) == (
        404,
        "NotFoundException",
    )
    assert medialive.list_channels()["Channels"] == []


def test_an_input_serves_one_channel_only(medialive: Any) -> None:
    input_id = push_input(medialive)
    channel_id = medialive.create_channel(**channel_request(input_id))["Channel"]["Id"]
    assert medialive.describe_input(InputId=input_id)["AttachedChannels"] == [channel_id]
    assert refused(lambda: medialive.create_channel(**channel_request(input_id, "two"))) == (
        409,
        "ConflictException",
    )
    assert refused(lambda: medialive.delete_input(InputId=input_id)) == (409, "ConflictException")


def test_a_deletion_may_be_repeated(medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    (input_id,) = [item["Id"] for item in medialive.list_inputs()["Inputs"]]
    (group_id,) = medialive.describe_input(InputId=input_id)["SecurityGroups"]

    def deleted(delete: Callable[[], Any], describe: Callable[[], Any]) -> None:
        for _ in range(4):
            delete()
            describe()
        assert describe()["State"] == "DELETED"
        delete()

    deleted(
        lambda: medialive.delete_channel(ChannelId=channel_id),
        lambda: medialive.describe_channel(ChannelId=channel_id),
    )
    deleted(
        lambda: medialive.delete_input(InputId=input_id),
        lambda: medialive.describe_input(InputId=input_id),
    )
    about = {"InputSecurityGroupId": group_id}
    deleted(
        lambda: medialive.delete_input_security_group(**about),
        lambda: medialive.describe_input_security_group(**about),
    )
    assert refused(lambda: medialive.delete_input(InputId="999")) == (404, "NotFoundException")


def test_an_input_is_busy_until_its_channel_is_deleted(medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    (input_id,) = [item["Id"] for item in medialive.list_inputs()["Inputs"]]
    medialive.delete_channel(ChannelId=channel_id)
    described = medialive.describe_input(InputId=input_id)
    assert (described["State"], described["AttachedChannels"]) == ("ATTACHED", [channel_id])
    with pytest.raises(ClientError, match=f"Input {input_id} is busy, it cannot be deleted"):
        medialive.delete_input(InputId=input_id)
    with pytest.raises(ClientError, match="is already attached"):
        medialive.create_channel(**channel_request(input_id, "two"))
    settle(lambda: medialive.describe_channel(ChannelId=channel_id)["State"], "DELETED")
    freed = medialive.describe_input(InputId=input_id)
    assert (freed["State"], freed["AttachedChannels"]) == ("DETACHED", [])
    medialive.delete_input(InputId=input_id)


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(lambda m, c: m.start_channel(ChannelId=c), id="start"),
        pytest.param(lambda m, c: m.delete_channel(ChannelId=c), id="delete"),
        pytest.param(lambda m, c: m.update_channel(ChannelId=c, Name="x"), id="update"),
    ],
)
def test_a_running_channel_refuses_what_needs_it_idle(
    medialive: Any, operation: Callable[[Any, str], Any]
) -> None:
    channel_id = idle_channel(medialive)
    medialive.start_channel(ChannelId=channel_id)
    settle(lambda: medialive.describe_channel(ChannelId=channel_id)["State"], "RUNNING")
    assert refused(lambda: operation(medialive, channel_id)) == (409, "ConflictException")


def test_an_update_keeps_what_it_omits(medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    before = medialive.describe_channel(ChannelId=channel_id)
    medialive.update_channel(ChannelId=channel_id, Name="renamed")
    after = medialive.describe_channel(ChannelId=channel_id)
    assert after["Name"] == "renamed"
    assert after["Destinations"] == before["Destinations"]


def test_every_setting_of_a_channel_is_shown(medialive: Any) -> None:
    given: dict[str, Any] = {
        "AnywhereSettings": {"ClusterId": "c", "ChannelPlacementGroupId": "p"},
        "ChannelEngineVersion": {"Version": "1.0"},
        "ChannelSecurityGroups": [],
        "InferenceSettings": {"FeedArn": "arn:aws:elementalinference:us-west-2:1:feed/f"},
        "LinkedChannelSettings": {
            "PrimaryChannelSettings": {"LinkedChannelType": "PRIMARY_CHANNEL"}
        },
        "Maintenance": {"MaintenanceDay": "SATURDAY", "MaintenanceStartTime": "09:00"},
    }
    channel_id = idle_channel(medialive, **given)
    (listed,) = medialive.list_channels()["Channels"]
    for shown in (medialive.describe_channel(ChannelId=channel_id), listed):
        assert {name: shown[name] for name in given} == given
    changed: dict[str, Any] = {
        "AnywhereSettings": {"ClusterId": "d", "ChannelPlacementGroupId": "q"},
        "ChannelEngineVersion": {"Version": "2.0"},
        "ChannelSecurityGroups": [],
        "InferenceSettings": {"FeedArn": "arn:aws:elementalinference:us-west-2:1:feed/g"},
        "LinkedChannelSettings": {
            "PrimaryChannelSettings": {"LinkedChannelType": "PRIMARY_CHANNEL"}
        },
        "Maintenance": {"MaintenanceDay": "SUNDAY"},
    }
    medialive.update_channel(ChannelId=channel_id, **changed)
    shown = medialive.describe_channel(ChannelId=channel_id)
    changed["Maintenance"]["MaintenanceStartTime"] = "09:00"
    assert {name: shown[name] for name in changed} == changed


def test_settings_that_belong_to_another_service_are_refused(medialive: Any) -> None:
    special = {"RouterArn": "arn:aws:mediaconnect:us-west-2:1:routerInput:r"}
    channel_id = idle_channel(medialive)
    status, _ = refused(
        lambda: medialive.update_channel(ChannelId=channel_id, SpecialRouterSettings=special)
    )
    assert status == 501


@pytest.mark.parametrize("groups", [[], ["sg-1"]])
def test_a_channel_in_a_vpc_is_described_as_such(medialive: Any, groups: list[str]) -> None:
    vpc = {
        "SubnetIds": ["subnet-1", "subnet-2"],
        "SecurityGroupIds": groups,
        "PublicAddressAllocationIds": ["eipalloc-1"],
    }
    channel_id = idle_channel(medialive, Vpc=vpc)
    (listed,) = medialive.list_channels()["Channels"]
    for shown in (medialive.describe_channel(ChannelId=channel_id), listed):
        assert shown["Vpc"].keys() == {
            "AvailabilityZones",
            "NetworkInterfaceIds",
            "SecurityGroupIds",
            "SubnetIds",
        }
        assert shown["Vpc"]["SubnetIds"] == ["subnet-1", "subnet-2"]
        assert shown["Vpc"]["AvailabilityZones"] == ["us-west-2a", "us-west-2b"]
        assert len(set(shown["Vpc"]["NetworkInterfaceIds"])) == 2
        assert len(shown["Vpc"]["SecurityGroupIds"]) == 1
    medialive.update_channel(ChannelId=channel_id, Name="renamed")
    assert medialive.describe_channel(ChannelId=channel_id)["Vpc"] == listed["Vpc"]


def test_a_dry_run_of_an_update_checks_and_changes_nothing(medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    before = medialive.describe_channel(ChannelId=channel_id)
    answer = medialive.update_channel(ChannelId=channel_id, Name="renamed", DryRun=True)
    assert answer["Channel"]["Name"] == "renamed"
    wrong = {"ChannelId": channel_id, "Destinations": [], "DryRun": True}
    assert refused(lambda: medialive.update_channel(**wrong)) == (
        422,
        "UnprocessableEntityException",
    )
    after = medialive.describe_channel(ChannelId=channel_id)
    assert before | {"ResponseMetadata": {}} == after | {"ResponseMetadata": {}}


def test_the_class_changes_with_its_destinations_while_idle(medialive: Any) -> None:
    channel_id = idle_channel(medialive)
    (destination,) = medialive.describe_channel(ChannelId=channel_id)["Destinations"]
    settings = [*destination["Settings"], {"Url": "rtmp://b.example.org/app", "StreamName": "x"}]
    standard = {"ChannelId": channel_id, "ChannelClass": "STANDARD"}
    assert refused(lambda: medialive.update_channel_class(**standard))[0] == 422
    destinations = [{**destination, "Settings": settings}]
    answer = medialive.update_channel_class(**standard, Destinations=destinations)["Channel"]
    assert (answer["State"], answer["ChannelClass"]) == ("UPDATING", "STANDARD")
    assert refused(lambda: medialive.update_channel_class(**standard)) == (409, "ConflictException")
    settle(lambda: medialive.describe_channel(ChannelId=channel_id)["State"], "IDLE")
    assert medialive.describe_channel(ChannelId=channel_id)["Destinations"] == destinations
    medialive.start_channel(ChannelId=channel_id)
    settle(lambda: medialive.describe_channel(ChannelId=channel_id)["State"], "RUNNING")
    assert medialive.describe_channel(ChannelId=channel_id)["PipelinesRunningCount"] == 2
    single = {"ChannelId": channel_id, "ChannelClass": "SINGLE_PIPELINE"}
    assert refused(lambda: medialive.update_channel_class(**single)) == (409, "ConflictException")


def test_a_role_that_medialive_cannot_assume_is_refused(medialive: Any) -> None:
    role = "arn:aws:iam::123456789012:role/none"
    request = channel_request(push_input(medialive), RoleArn=role)
    assert refused(lambda: medialive.create_channel(**request)) == (400, "BadRequestException")


def test_a_repeated_request_id_makes_nothing_new(medialive: Any) -> None:
    request = channel_request(push_input(medialive), RequestId="same")
    first = medialive.create_channel(**request)["Channel"]["Id"]
    assert medialive.create_channel(**request)["Channel"]["Id"] == first
    assert len(medialive.list_channels()["Channels"]) == 1


def test_a_lost_answer_makes_one_channel(embedded: EmbeddedAws, medialive: Any) -> None:
    request = channel_request(push_input(medialive), RequestId="same")
    lost = {"operation": "medialive:CreateChannel", "nth": 1, "fault": "dropped-after"}
    embedded.load_faults(FaultPlan.model_validate({"calls": [lost]}))
    with pytest.raises(ConnectionClosedError):
        medialive.create_channel(**request)
    (made,) = medialive.list_channels()["Channels"]
    assert medialive.create_channel(**request)["Channel"]["Id"] == made["Id"]
    assert len(medialive.list_channels()["Channels"]) == 1


def test_a_request_id_belongs_to_its_region(embedded: EmbeddedAws, medialive: Any) -> None:
    far = connect(embedded.endpoint, "medialive", region="eu-central-1", config=ONCE)
    for region in (medialive, far):
        region.create_channel(**channel_request(push_input(region), RequestId="same"))
        assert len(region.list_channels()["Channels"]) == 1


def test_a_security_group_in_use_changes_its_rules_but_cannot_go(medialive: Any) -> None:
    input_id = push_input(medialive)
    group_id = medialive.describe_input(InputId=input_id)["SecurityGroups"][0]
    about = {"InputSecurityGroupId": group_id}
    medialive.update_input_security_group(**about, WhitelistRules=[{"Cidr": "203.0.113.9/32"}])
    settle(lambda: medialive.describe_input_security_group(**about)["State"], "IN_USE")
    reason = "cannot be deleted because it is still being used by inputs"
    with pytest.raises(ClientError, match=f"Input Security Group {group_id} {reason}"):
        medialive.delete_input_security_group(**about)
    medialive.delete_input(InputId=input_id)
    medialive.delete_input_security_group(**about)
    assert medialive.list_input_security_groups()["InputSecurityGroups"] == []


def test_a_rule_has_to_be_a_network_address(medialive: Any) -> None:
    rules = [{"Cidr": "203.0.113.10/24"}]
    assert refused(lambda: medialive.create_input_security_group(WhitelistRules=rules))[0] == 400


def test_the_quotas_hold(medialive: Any) -> None:
    group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
    group_id = group["SecurityGroup"]["Id"]

    def make(number: int) -> None:
        medialive.create_input(Name=f"n{number}", Type="RTP_PUSH", InputSecurityGroups=[group_id])

    for number in range(5):
        make(number)
    assert refused(lambda: make(5)) == (400, "BadRequestException")


def test_defaults_are_filled_in(medialive: Any) -> None:
    described = medialive.describe_channel(ChannelId=idle_channel(medialive))
    encoder = described["EncoderSettings"]
    h264 = encoder["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
    assert (h264["Bitrate"], h264["Profile"]) == (3000000, "MAIN")
    group = encoder["OutputGroups"][0]["OutputGroupSettings"]["RtmpGroupSettings"]
    assert group["CacheLength"] == 30
    assert "RestartDelay" not in group
    (attachment,) = described["InputAttachments"]
    assert attachment["InputSettings"] == {
        "AudioSelectors": [{"Name": "default"}],
        "CaptionSelectors": [],
    }


@pytest.mark.parametrize(("channel_class", "pipelines"), [("SINGLE_PIPELINE", 1), ("STANDARD", 2)])
def test_a_channel_shows_what_recorded_answers_show(
    medialive: Any, channel_class: str, pipelines: int
) -> None:
    request = channel_request(push_input(medialive), ChannelClass=channel_class)
    request["Destinations"][0]["Settings"] *= pipelines
    channel_id = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=channel_id)["State"], "IDLE")
    described = medialive.describe_channel(ChannelId=channel_id)
    assert len({end["SourceIp"] for end in described["EgressEndpoints"]}) == pipelines
    assert described["Maintenance"].keys() == {"MaintenanceDay", "MaintenanceStartTime"}
    (destination,) = described["Destinations"]
    assert destination["MediaPackageSettings"] == []
    medialive.start_channel(ChannelId=channel_id)
    details = medialive.describe_channel(ChannelId=channel_id)["PipelineDetails"]
    assert details == [
        {
            "PipelineId": str(number),
            "ActiveInputAttachmentName": "in",
            "ActiveInputSwitchActionName": "Initial Channel Input",
        }
        for number in range(pipelines)
    ]


def test_an_operation_without_implementation_says_so(medialive: Any) -> None:
    assert refused(medialive.list_clusters)[0] == 501


def test_a_batch_acts_on_each_for_itself(medialive: Any) -> None:
    first, second = idle_channel(medialive, "one"), idle_channel(medialive, "two")
    medialive.start_channel(ChannelId=second)
    started = medialive.batch_start(ChannelIds=[first, second, "999"])
    assert [(item["Id"], item["State"]) for item in started["Successful"]] == [(first, "STARTING")]
    assert [(item["Id"], item["Code"]) for item in started["Failed"]] == [
        (second, "ConflictException"),
        ("999", "NotFoundException"),
    ]
    stopped = medialive.batch_stop(ChannelIds=[first, second])["Successful"]
    assert {item["State"] for item in stopped} == {"STOPPING"}
    settle(lambda: medialive.describe_channel(ChannelId=first)["State"], "IDLE")
    item = medialive.describe_channel(ChannelId=first)["InputAttachments"][0]["InputId"]
    deleted = medialive.batch_delete(ChannelIds=[first], InputIds=[item])
    assert [part["Id"] for part in deleted["Successful"]] == [first]
    assert [part["Id"] for part in deleted["Failed"]] == [item]


def test_what_an_account_without_any_lists_is_empty(medialive: Any) -> None:
    assert medialive.list_input_devices()["InputDevices"] == []
    assert medialive.list_offerings()["Offerings"] == []
    assert medialive.list_reservations(Codec="AVC")["Reservations"] == []
    about = {"ChannelId": idle_channel(medialive)}
    assert medialive.describe_schedule(**about)["ScheduleActions"] == []
    about = {"ChannelId": "999"}
    assert refused(lambda: medialive.describe_schedule(**about))[0] == 404


def test_regions_are_separate(embedded: EmbeddedAws, medialive: Any) -> None:
    push_input(medialive)
    assert embedded.medialive("eu-central-1").list_inputs({})["Inputs"] == []


def test_the_profile_aws_takes_the_time_that_its_figures_say() -> None:
    seconds = [1_700_000_000.0]
    profile = Latency.named("aws")
    moves = {"start": ("STARTING", "RUNNING"), "stop": ("STOPPING", "IDLE")}
    with EmbeddedAws(clock=Clock(profile, now=lambda: seconds[0])) as slow:
        medialive = AwsClients("us-west-2", endpoint=slow.endpoint).medialive
        group = medialive.create_input_security_group(WhitelistRules=[{"Cidr": "203.0.113.10/32"}])
        made = medialive.create_input(
            Name="one", Type="RTP_PUSH", InputSecurityGroups=[group["SecurityGroup"]["Id"]]
        )
        seconds[0] += profile.seconds["input.create"]
        channel = medialive.create_channel(**channel_request(made["Input"]["Id"]))["Channel"]["Id"]

        def state() -> str:
            # A state is seen twice before it may be over.
            return [medialive.describe_channel(ChannelId=channel)["State"] for _ in range(4)][-1]

        seconds[0] += profile.seconds["channel.create"] - 0.1
        assert state() == "CREATING"
        seconds[0] += 0.1
        assert state() == "IDLE"
        for move, (passing, end) in moves.items():
            getattr(medialive, f"{move}_channel")(ChannelId=channel)
            seconds[0] += profile.seconds[f"channel.{move}"] - 0.1
            assert state() == passing
            seconds[0] += 0.1
            assert state() == end
