"""MediaConnect over the wire: outputs come and go while the flow is active."""

from __future__ import annotations

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
