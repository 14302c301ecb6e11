"""MediaLive over the wire: states, attachments, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock, Latency
from localaws.server import EmbeddedAws
from provider.aws import Aws
from tests.helpers import channel_request, idle_channel, push_input, settle


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_a_push_input_has_two_endpoints_a_decimal_id_and_a_real_arn(medialive: Any) -> None:
    found = medialive.describe_input(InputId=push_input(medialive))
    assert found["Id"].isdecimal()
    assert found["Arn"] == f"arn:aws:medialive:us-west-2:123456789012:input:{found['Id']}"
    assert found["InputClass"] == "STANDARD"
    assert [end["Port"] for end in found["Destinations"]] == ["5000", "5000"]
    assert len({end["Ip"] for end in found["Destinations"]}) == 2
    assert found["Destinations"][0]["Url"] == f"rtp://{found['Destinations'][0]['Ip']}:5000"


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


def test_an_input_is_deleted_once(medialive: Any) -> None:
    input_id = push_input(medialive)
    medialive.delete_input(InputId=input_id)
    assert refused(lambda: medialive.delete_input(InputId=input_id)) == (409, "ConflictException")


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


def test_an_update_keeps_what_it_omits(medialive: Any, client: Callable[[str], Any]) -> None:
    role = client("iam").create_role(
        RoleName="r",
        AssumeRolePolicyDocument='{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Principal": {"Service": "medialive.amazonaws.com"}}]}',
    )["Role"]["Arn"]
    channel_id = idle_channel(medialive, RoleArn=role)
    before = medialive.describe_channel(ChannelId=channel_id)
    medialive.update_channel(ChannelId=channel_id, Name="renamed")
    after = medialive.describe_channel(ChannelId=channel_id)
    assert after["Name"] == "renamed"
    assert after["Destinations"] == before["Destinations"]
    assert before["RoleArn"] == after["RoleArn"] == role


def test_a_role_that_medialive_cannot_assume_is_refused(medialive: Any) -> None:
    role = "arn:aws:iam::123456789012:role/none"
    request = channel_request(push_input(medialive), RoleArn=role)
    assert refused(lambda: medialive.create_channel(**request)) == (400, "BadRequestException")


def test_a_repeated_request_id_makes_nothing_new(medialive: Any) -> None:
    request = channel_request(push_input(medialive), RequestId="same")
    first = medialive.create_channel(**request)["Channel"]["Id"]
    assert medialive.create_channel(**request)["Channel"]["Id"] == first
    assert len(medialive.list_channels()["Channels"]) == 1


def test_a_security_group_in_use_changes_its_rules_but_cannot_go(medialive: Any) -> None:
    input_id = push_input(medialive)
    group_id = medialive.describe_input(InputId=input_id)["SecurityGroups"][0]
    about = {"InputSecurityGroupId": group_id}
    medialive.update_input_security_group(**about, WhitelistRules=[{"Cidr": "203.0.113.9/32"}])
    settle(lambda: medialive.describe_input_security_group(**about)["State"], "IN_USE")
    assert refused(lambda: medialive.delete_input_security_group(**about)) == (
        400,
        "BadRequestException",
    )
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
    h264 = described["EncoderSettings"]["VideoDescriptions"][0]["CodecSettings"]["H264Settings"]
    assert (h264["Bitrate"], h264["Profile"]) == (3000000, "MAIN")


def test_an_operation_without_implementation_says_so(medialive: Any) -> None:
    assert refused(medialive.list_multiplexes)[0] == 501


def test_regions_are_separate(embedded: EmbeddedAws, medialive: Any) -> None:
    push_input(medialive)
    assert embedded.medialive("eu-central-1").list_inputs({})["Inputs"] == []


def test_the_profile_aws_takes_the_time_that_its_figures_say() -> None:
    seconds = [1_700_000_000.0]
    profile = Latency.named("aws")
    moves = {"start": ("STARTING", "RUNNING"), "stop": ("STOPPING", "IDLE")}
    with EmbeddedAws(clock=Clock(profile, now=lambda: seconds[0])) as slow:
        medialive = Aws("us-west-2", endpoint=slow.endpoint).medialive
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
