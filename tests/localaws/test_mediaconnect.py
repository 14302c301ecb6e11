"""MediaConnect over the wire: outputs come and go while the flow is active."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def output(name: str = "one", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Protocol": "rtp", "Destination": "198.51.100.1", "Port": 5000, **more}


def status_of(call: Callable[[], Any]) -> int:
    with pytest.raises(ClientError) as caught:
        call()
    return int(caught.value.response["ResponseMetadata"]["HTTPStatusCode"])


def test_the_flow_is_there_from_the_start(mediaconnect: Any, flow_arn: str) -> None:
    flow = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]
    assert flow["Name"] == "lunora-player-local-srt-router"
    assert (flow["Status"], flow["EgressIp"]) == ("ACTIVE", "203.0.113.10")
    assert flow["Source"]["Transport"]["Protocol"] == "srt-listener"


def test_a_second_output_does_not_displace_the_first(mediaconnect: Any, flow_arn: str) -> None:
    for port, name in enumerate(("one", "two"), start=5000):
        mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output(name, Port=port)])
    flow = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]
    assert [output["Name"] for output in flow["Outputs"]] == ["one", "two"]
    assert flow["Outputs"][0]["Transport"]["Protocol"] == "rtp"


def test_names_are_unique_within_a_flow(mediaconnect: Any, flow_arn: str) -> None:
    mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output()])
    again = status_of(lambda: mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output()]))
    assert again == 400


def test_a_flow_takes_fifty_outputs(mediaconnect: Any, flow_arn: str) -> None:
    many = [output(f"n{number}", Port=5000 + number) for number in range(50)]
    mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=many)
    more = status_of(
        lambda: mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output("more")])
    )
    assert more == 420


def test_an_update_keeps_what_it_omits(mediaconnect: Any, flow_arn: str) -> None:
    added = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output(Description="d")])
    arn = added["Outputs"][0]["OutputArn"]
    mediaconnect.update_flow_output(FlowArn=flow_arn, OutputArn=arn, Port=5002)
    updated = mediaconnect.describe_flow(FlowArn=flow_arn)["Flow"]["Outputs"][0]
    assert (updated["Port"], updated["Destination"], updated["Description"]) == (
        5002,
        "198.51.100.1",
        "d",
    )


def test_a_removed_output_is_gone_with_its_tags(mediaconnect: Any, flow_arn: str) -> None:
    tagged = output(OutputTags={"Stack": "s"})
    arn = mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[tagged])["Outputs"][0][
        "OutputArn"
    ]
    assert mediaconnect.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"Stack": "s"}
    mediaconnect.remove_flow_output(FlowArn=flow_arn, OutputArn=arn)
    assert status_of(lambda: mediaconnect.list_tags_for_resource(ResourceArn=arn)) == 404
    assert (
        status_of(lambda: mediaconnect.remove_flow_output(FlowArn=flow_arn, OutputArn=arn)) == 404
    )


def test_a_flow_that_changes_asks_to_come_back(mediaconnect: Any, flow_arn: str) -> None:
    mediaconnect.stop_flow(FlowArn=flow_arn)
    adding = status_of(lambda: mediaconnect.add_flow_outputs(FlowArn=flow_arn, Outputs=[output()]))
    assert adding == 503


BRIDGE = "arn:aws:mediaconnect:us-west-2:123456789012:bridge:1-a"
SOURCE = {"Name": "in", "Protocol": "rtp", "WhitelistCidr": "203.0.113.0/24"}


def test_flows_of_one_name_are_two(mediaconnect: Any) -> None:
    arns = {
        mediaconnect.create_flow(Name="same", Source=SOURCE)["Flow"]["FlowArn"] for _ in range(2)
    }
    assert len(arns) == 2
    for arn in arns:
        assert re.fullmatch(r"arn:.*:flow:1-[A-Z0-9]{16}-[0-9a-f]{12}:same", arn)
        flow = mediaconnect.describe_flow(FlowArn=arn)["Flow"]
        assert flow["Source"]["SourceArn"].split(":")[6] == arn.split(":")[6]


def test_a_source_says_who_may_send(mediaconnect: Any) -> None:
    open_source = {"Name": "in", "Protocol": "rtp"}
    assert status_of(lambda: mediaconnect.create_flow(Name="a", Source=open_source)) == 400
    called = {**open_source, "Protocol": "srt-caller", "SourceListenerAddress": "203.0.113.9"}
    made = mediaconnect.create_flow(Name="a", Source=called)["Flow"]
    assert "IngestIp" not in made["Source"]


def test_a_deleted_flow_is_seen_deleting_and_then_gone_with_its_tags(mediaconnect: Any) -> None:
    made = mediaconnect.create_flow(Name="main", Source=SOURCE)["Flow"]
    about = {"FlowArn": made["FlowArn"]}
    assert "Messages" not in mediaconnect.describe_flow(**about)
    mediaconnect.delete_flow(**about)
    for _ in range(2):
        assert mediaconnect.describe_flow(**about)["Flow"]["Status"] == "DELETING"
    assert status_of(lambda: mediaconnect.describe_flow(**about)) == 404
    tags = {"ResourceArn": made["Source"]["SourceArn"]}
    assert status_of(lambda: mediaconnect.list_tags_for_resource(**tags)) == 404
    assert len(mediaconnect.list_flows()["Flows"]) == 1


def test_what_the_emulator_does_not_act_on_is_refused(mediaconnect: Any) -> None:
    bridge = {**SOURCE, "GatewayBridgeSource": {"BridgeArn": f"{BRIDGE}:b"}}
    assert status_of(lambda: mediaconnect.create_flow(Name="a", Source=bridge)) == 501
    mediaconnect.create_flow(Name="a", Source=SOURCE, MediaStreams=[])
