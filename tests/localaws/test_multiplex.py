"""Multiplexes and their programs over the wire: states, refusals, and the channels in them."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.waiter import Waiter

from localaws.server import EmbeddedAws
from tests.support.clients import ONCE, connect
from tests.support.medialive import channel_request, push_input, settle
from tests.support.queues import received

SETTINGS = {"TransportStreamBitrate": 10_000_000, "TransportStreamId": 1}
PROGRAM = {"ProgramNumber": 1, "VideoSettings": {"ConstantBitrate": 4_000_000}}


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return int(response["ResponseMetadata"]["HTTPStatusCode"]), response["Error"]["Message"]


def created(medialive: Any, name: str = "mux", **more: Any) -> str:
    made = medialive.create_multiplex(
        **{
            "Name": name,
            "AvailabilityZones": ["us-west-2a", "us-west-2b"],
            "MultiplexSettings": SETTINGS,
            "RequestId": name,
            **more,
        }
    )
    return str(made["Multiplex"]["Id"])


def idle(medialive: Any, name: str = "mux", **more: Any) -> str:
    multiplex = created(medialive, name, **more)
    wait(medialive, "created", multiplex)
    return multiplex


def wait(medialive: Any, state: str, multiplex: str) -> None:
    waiter: Waiter = medialive.get_waiter(f"multiplex_{state}")
    waiter.wait(MultiplexId=multiplex, WaiterConfig={"Delay": 0, "MaxAttempts": 4})


def state(medialive: Any, multiplex: str) -> str:
    return str(medialive.describe_multiplex(MultiplexId=multiplex)["State"])


def program(medialive: Any, multiplex: str, name: str = "news", **settings: Any) -> Any:
    return medialive.create_multiplex_program(
        MultiplexId=multiplex,
        ProgramName=name,
        MultiplexProgramSettings={**PROGRAM, **settings},
        RequestId=name,
    )["MultiplexProgram"]


def member(medialive: Any, multiplex: str, name: str = "news", **more: Any) -> dict[str, Any]:
    """Return the members of a CreateChannel that sends to a program."""
    request = channel_request(push_input(medialive, name), name, **more)
    request["Destinations"] = [
        {"Id": "mux", "MultiplexSettings": {"MultiplexId": multiplex, "ProgramName": name}}
    ]
    encoder = request["EncoderSettings"]
    (video,) = encoder["VideoDescriptions"]
    codec = video["CodecSettings"]["H264Settings"]
    del codec["Bitrate"]
    codec["RateControlMode"] = "MULTIPLEX"
    (group,) = encoder["OutputGroups"]
    group["OutputGroupSettings"] = {"MultiplexGroupSettings": {}}
    group["Outputs"][0]["OutputSettings"] = {
        "MultiplexOutputSettings": {"Destination": {"DestinationRefId": "mux"}}
    }
    return request


def test_waiters_see_every_state(medialive: Any) -> None:
    multiplex = created(medialive)
    assert state(medialive, multiplex) == "CREATING"
    wait(medialive, "created", multiplex)
    started = medialive.start_multiplex(MultiplexId=multiplex)
    assert (started["State"], started["PipelinesRunningCount"]) == ("STARTING", 2)
    wait(medialive, "running", multiplex)
    assert refused(lambda: medialive.start_multiplex(MultiplexId=multiplex))[0] == 409
    assert refused(lambda: medialive.delete_multiplex(MultiplexId=multiplex)) == (
        409,
        "the multiplex must be idle",
    )
    assert medialive.stop_multiplex(MultiplexId=multiplex)["State"] == "STOPPING"
    wait(medialive, "stopped", multiplex)
    assert medialive.stop_multiplex(MultiplexId=multiplex)["State"] == "IDLE", "has no effect"
    assert medialive.delete_multiplex(MultiplexId=multiplex)["State"] == "DELETING"
    wait(medialive, "deleted", multiplex)
    assert medialive.list_multiplexes()["Multiplexes"] == []
    assert refused(lambda: medialive.start_multiplex(MultiplexId=multiplex))[0] == 404


def test_a_multiplex_shows_its_settings_and_two_entitlements(medialive: Any) -> None:
    multiplex = idle(medialive, Tags={"Stack": "s"})
    shown = medialive.describe_multiplex(MultiplexId=multiplex)
    arn = f"arn:aws:medialive:us-west-2:123456789012:multiplex:{multiplex}"
    assert (shown["Arn"], shown["MultiplexSettings"], shown["Tags"]) == (
        arn,
        SETTINGS,
        {"Stack": "s"},
    )
    entitlements = {
        destination["MediaConnectSettings"]["EntitlementArn"]
        for destination in shown["Destinations"]
    }
    assert len(entitlements) == 2
    medialive.create_tags(ResourceArn=arn, Tags={"Name": "n"})
    assert medialive.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"Stack": "s", "Name": "n"}
    (listed,) = medialive.list_multiplexes()["Multiplexes"]
    bitrate = {"TransportStreamBitrate": SETTINGS["TransportStreamBitrate"]}
    assert (listed["Id"], listed["MultiplexSettings"]) == (multiplex, bitrate)
    assert medialive.list_multiplex_alerts(MultiplexId=multiplex)["Alerts"] == []


def test_a_repeated_request_makes_no_second_one(medialive: Any) -> None:
    assert created(medialive) == created(medialive)
    multiplex = idle(medialive)
    assert program(medialive, multiplex) == program(medialive, multiplex)


def test_an_account_has_two_multiplexes_each_in_two_zones(medialive: Any) -> None:
    status, _ = refused(lambda: created(medialive, AvailabilityZones=["us-west-2a"]))
    assert status == 400
    created(medialive, "one")
    created(medialive, "two")
    assert refused(lambda: created(medialive, "three"))[0] == 400


def test_the_buffer_delay_changes_only_while_idle(medialive: Any) -> None:
    multiplex = idle(medialive)
    update = {"MultiplexId": multiplex}
    delay = {**SETTINGS, "MaximumVideoBufferDelayMilliseconds": 1000}
    medialive.update_multiplex(**update, MultiplexSettings=delay)
    medialive.start_multiplex(MultiplexId=multiplex)
    wait(medialive, "running", multiplex)
    faster = {**delay, "TransportStreamBitrate": 20_000_000}
    updated = medialive.update_multiplex(**update, Name="new", MultiplexSettings=faster)
    assert (updated["Multiplex"]["Name"], updated["Multiplex"]["MultiplexSettings"]) == (
        "new",
        faster,
    )
    later = {**faster, "MaximumVideoBufferDelayMilliseconds": 2000}
    assert refused(lambda: medialive.update_multiplex(**update, MultiplexSettings=later))[0] == 409


def test_programs_come_change_and_go(medialive: Any) -> None:
    multiplex = idle(medialive)
    made = program(medialive, multiplex)
    about = {"MultiplexId": multiplex, "ProgramName": "news"}
    shown = medialive.describe_multiplex_program(**about)
    assert {key: shown[key] for key in made} == made
    assert refused(lambda: medialive.delete_multiplex(MultiplexId=multiplex)) == (
        409,
        "the multiplex must not have any programs",
    )
    statmux = {"ProgramNumber": 1, "VideoSettings": {"StatmuxSettings": {"MinimumBitrate": 100000}}}
    medialive.update_multiplex_program(**about, MultiplexProgramSettings=statmux)
    assert medialive.describe_multiplex_program(**about)["MultiplexProgramSettings"] == statmux
    mapping = {"news": {"VideoPid": 500}}
    medialive.update_multiplex(MultiplexId=multiplex, PacketIdentifiersMapping=mapping)
    identifiers = medialive.describe_multiplex_program(**about)["PacketIdentifiersMap"]
    assert identifiers == {**made["PacketIdentifiersMap"], "VideoPid": 500}
    assert medialive.list_multiplex_programs(MultiplexId=multiplex)["MultiplexPrograms"] == [
        {"ProgramName": "news"}
    ]
    medialive.delete_multiplex_program(**about)
    assert refused(lambda: medialive.describe_multiplex_program(**about))[0] == 404
    assert medialive.describe_multiplex(MultiplexId=multiplex)["ProgramCount"] == 0


WRONG: dict[str, dict[str, Any]] = {
    "number": {},
    "no rate": {"ProgramNumber": 2, "VideoSettings": {}},
    "two rates": {
        "ProgramNumber": 2,
        "VideoSettings": {"ConstantBitrate": 100000, "StatmuxSettings": {}},
    },
    "rates upside down": {
        "ProgramNumber": 2,
        "VideoSettings": {"StatmuxSettings": {"MinimumBitrate": 200000, "MaximumBitrate": 100000}},
    },
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_program_is_refused(medialive: Any, case: str) -> None:
    multiplex = idle(medialive)
    program(medialive, multiplex)
    assert refused(lambda: program(medialive, multiplex, "other", **WRONG[case]))[0] == 422
    assert medialive.describe_multiplex(MultiplexId=multiplex)["ProgramCount"] == 1


def test_a_multiplex_has_twenty_programs(medialive: Any) -> None:
    multiplex = idle(medialive)
    for number in range(20):
        program(medialive, multiplex, f"p{number}", ProgramNumber=number)
    status, _ = refused(lambda: program(medialive, multiplex, "more", ProgramNumber=20))
    assert status == 400


def test_a_program_has_the_channel_that_sends_to_it(medialive: Any) -> None:
    multiplex = idle(medialive)
    program(medialive, multiplex, PreferredChannelPipeline="PIPELINE_1")
    channel = medialive.create_channel(**member(medialive, multiplex))["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "IDLE")
    about = {"MultiplexId": multiplex, "ProgramName": "news"}
    shown = medialive.describe_multiplex_program(**about)
    assert (shown["ChannelId"], shown["PipelineDetails"]) == (channel, [])
    assert refused(lambda: medialive.delete_multiplex_program(**about))[0] == 409
    another = member(medialive, multiplex)
    assert refused(lambda: medialive.create_channel(**another)) == (
        422,
        f"destinations[0].multiplexSettings.programName the program news has the channel {channel}",
    )
    medialive.batch_start(ChannelIds=[channel], MultiplexIds=[multiplex])
    wait(medialive, "running", multiplex)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    assert medialive.describe_multiplex_program(**about)["PipelineDetails"] == [
        {"PipelineId": "0", "ActiveChannelPipeline": "1"},
        {"PipelineId": "1", "ActiveChannelPipeline": "1"},
    ]
    medialive.batch_stop(ChannelIds=[channel], MultiplexIds=[multiplex])
    wait(medialive, "stopped", multiplex)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "IDLE")
    medialive.delete_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "DELETED")
    assert "ChannelId" not in medialive.describe_multiplex_program(**about)
    medialive.delete_multiplex_program(**about)
    deleted = medialive.batch_delete(MultiplexIds=[multiplex])
    assert [item["State"] for item in deleted["Successful"]] == ["DELETING"]


def _two_groups(request: dict[str, Any]) -> None:
    groups = request["EncoderSettings"]["OutputGroups"]
    groups.append(copy.deepcopy(groups[0]))


def _constant_rate(request: dict[str, Any]) -> None:
    (video,) = request["EncoderSettings"]["VideoDescriptions"]
    video["CodecSettings"]["H264Settings"] |= {"RateControlMode": "CBR", "Bitrate": 1_000_000}


def _no_multiplex(request: dict[str, Any]) -> None:
    request["Destinations"][0]["MultiplexSettings"]["MultiplexId"] = "999"


def _no_program(request: dict[str, Any]) -> None:
    request["Destinations"][0]["MultiplexSettings"]["ProgramName"] = "none"


@pytest.mark.parametrize("spoil", [_two_groups, _constant_rate, _no_multiplex, _no_program])
def test_a_wrong_channel_of_a_multiplex_is_refused(
    medialive: Any, spoil: Callable[[dict[str, Any]], None]
) -> None:
    multiplex = idle(medialive)
    program(medialive, multiplex)
    request = member(medialive, multiplex)
    spoil(request)
    assert refused(lambda: medialive.create_channel(**request))[0] == 422


def test_state_changes_are_told(client: Callable[[str], Any], medialive: Any) -> None:
    queue = client("sqs").create_queue(QueueName="q")["QueueUrl"]
    events = client("events")
    pattern = '{"detail-type": ["MediaLive Multiplex State Change"]}'
    events.put_rule(Name="r", EventPattern=pattern)
    arn = "arn:aws:sqs:us-west-2:123456789012:q"
    events.put_targets(Rule="r", Targets=[{"Id": "q", "Arn": arn}])
    multiplex = idle(medialive)
    medialive.start_multiplex(MultiplexId=multiplex)
    wait(medialive, "running", multiplex)
    bodies = [json.loads(body) for body in received(client("sqs"), queue)]
    assert {body["resources"][0].rpartition(":")[2] for body in bodies} == {multiplex}
    assert {body["detail"]["state"] for body in bodies} == {"CREATED", "STARTING", "RUNNING"}


def test_multiplexes_survive_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state"
    with EmbeddedAws(state_file=file) as aws:
        medialive = connect(aws.endpoint, "medialive", config=ONCE)
        multiplex = idle(medialive)
        program(medialive, multiplex)
        medialive.start_multiplex(MultiplexId=multiplex)
        wait(medialive, "running", multiplex)
    with EmbeddedAws(state_file=file) as aws:
        medialive = connect(aws.endpoint, "medialive", config=ONCE)
        assert state(medialive, multiplex) == "RUNNING"
        about = {"MultiplexId": multiplex, "ProgramName": "news"}
        shown = medialive.describe_multiplex_program(**about)
        assert shown["MultiplexProgramSettings"] == PROGRAM
