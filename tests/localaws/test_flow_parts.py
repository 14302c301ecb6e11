"""Sources, entitlements, VPC interfaces and media streams of flows, over the wire."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.flows import FAILOVER, SECOND, SOURCE, active_flow, standby_flow, trusted_role

ACCOUNT = "123456789012"
OTHER = "111122223333"
BOTH: dict[str, Any] = {"Sources": [SOURCE, SECOND], "SourceFailoverConfig": FAILOVER}
STREAM = {"MediaStreamId": 1, "MediaStreamName": "sound", "MediaStreamType": "audio"}
ENTITLEMENT = {"Name": "friends", "Subscribers": [OTHER]}


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    return int(response["ResponseMetadata"]["HTTPStatusCode"]), response["Error"]["Message"]


def described(mediaconnect: Any, arn: str) -> Any:
    return mediaconnect.describe_flow(FlowArn=arn)["Flow"]


def interface(role: str, name: str = "vpc", **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "RoleArn": role,
        "SecurityGroupIds": ["sg-1"],
        "SubnetId": "subnet-1",
        **more,
    }


def test_all_sources_and_parts_of_a_new_flow_are_kept(
    client: Callable[[str], Any], mediaconnect: Any
) -> None:
    arn = standby_flow(
        mediaconnect,
        Sources=[SOURCE, {**SECOND, "MaxBitrate": 1}],
        SourceFailoverConfig=FAILOVER,
        Entitlements=[{"Name": "friends", "Subscribers": [OTHER], "EntitlementTags": {"a": "b"}}],
        VpcInterfaces=[interface(trusted_role(client("iam")), VpcInterfaceTags={"c": "d"})],
        MediaStreams=[{**STREAM, "MediaStreamTags": {"e": "f"}}],
        Maintenance={"MaintenanceDay": "Sunday", "MaintenanceStartHour": "02:00"},
    )
    flow = described(mediaconnect, arn)
    assert [source["Name"] for source in flow["Sources"]] == ["main", "backup"]
    rates = [source["Transport"]["MaxBitrate"] for source in flow["Sources"]]
    assert rates == [80_000_000, 1]
    (entitlement,) = flow["Entitlements"]
    assert (entitlement["EntitlementStatus"], entitlement["DataTransferSubscriberFeePercent"]) == (
        "ENABLED",
        0,
    )
    (connected,) = flow["VpcInterfaces"]
    assert connected["NetworkInterfaceType"] == "ena"
    assert len(connected["NetworkInterfaceIds"]) == 1
    assert flow["Maintenance"] == {"MaintenanceDay": "Sunday", "MaintenanceStartHour": "02:00"}
    tags = {
        entitlement["EntitlementArn"]: {"a": "b"},
        f"{arn}/vpcInterface/vpc": {"c": "d"},
        f"{arn}/mediaStream/sound": {"e": "f"},
    }
    for resource, expected in tags.items():
        about = {"ResourceArn": resource}
        assert mediaconnect.list_tags_for_resource(**about)["Tags"] == expected
        mediaconnect.tag_resource(**about, Tags={"more": "tags"})
        mediaconnect.untag_resource(**about, TagKeys=list(expected))
        assert mediaconnect.list_tags_for_resource(**about)["Tags"] == {"more": "tags"}


def test_a_refused_flow_leaves_no_tags(client: Callable[[str], Any], mediaconnect: Any) -> None:
    twice = [{**ENTITLEMENT, "EntitlementTags": {"Stack": "s"}}, ENTITLEMENT]
    role = trusted_role(client("iam"))
    request: dict[str, Any] = {"VpcInterfaces": [interface(role, VpcInterfaceTags={"Stack": "s"})]}
    status, _ = refusal(lambda: standby_flow(mediaconnect, Entitlements=twice, **request))
    assert status == 400
    tagged = client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "Stack", "Values": ["s"]}]
    )
    assert tagged["ResourceTagMappingList"] == []


def test_a_second_source_needs_failover(mediaconnect: Any) -> None:
    arn = standby_flow(mediaconnect)
    add = {"FlowArn": arn, "Sources": [{**SECOND, "SourceTags": {"a": "b"}}]}
    assert refusal(lambda: mediaconnect.add_flow_sources(**add)) == (
        400,
        "a flow without source failover can have only one source",
    )
    mediaconnect.update_flow(FlowArn=arn, SourceFailoverConfig=FAILOVER)
    (added,) = mediaconnect.add_flow_sources(**add)["Sources"]
    flow = described(mediaconnect, arn)
    assert flow["Sources"][1] == added
    assert flow["Source"] == flow["Sources"][0]
    assert added["SourceArn"] != flow["Source"]["SourceArn"]
    tags = mediaconnect.list_tags_for_resource(ResourceArn=added["SourceArn"])["Tags"]
    assert tags == {"a": "b"}
    status, message = refusal(
        lambda: mediaconnect.add_flow_sources(FlowArn=arn, Sources=[{**SOURCE, "Name": "third"}])
    )
    assert (status, message) == (400, "a flow has at most 2 sources")
    off = {"State": "DISABLED"}
    status, _ = refusal(lambda: mediaconnect.update_flow(FlowArn=arn, SourceFailoverConfig=off))
    assert status == 400


def test_the_last_source_stays(mediaconnect: Any) -> None:
    arn = active_flow(mediaconnect, **BOTH)
    first, second = (source["SourceArn"] for source in described(mediaconnect, arn)["Sources"])
    removed = mediaconnect.remove_flow_source(FlowArn=arn, SourceArn=first)
    assert (removed["FlowArn"], removed["SourceArn"]) == (arn, first)
    assert described(mediaconnect, arn)["Source"]["SourceArn"] == second
    assert refusal(lambda: mediaconnect.remove_flow_source(FlowArn=arn, SourceArn=second)) == (
        400,
        "the only source of a flow cannot be removed",
    )
    assert refusal(lambda: mediaconnect.remove_flow_source(FlowArn=arn, SourceArn=first))[0] == 404


TOGETHER: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "protocols": ({**SECOND, "Protocol": "rist"}, FAILOVER),
    "entitled": (
        {**SECOND, "EntitlementArn": f"arn:aws:mediaconnect:us-west-2:{OTHER}:entitlement:1-a:b"},
        FAILOVER,
    ),
    "another primary": (SECOND, {**FAILOVER, "SourcePriority": {"PrimarySource": "third"}}),
    "window": (SECOND, {**FAILOVER, "FailoverMode": "MERGE", "RecoveryWindow": 99}),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_sources_that_do_not_go_together_are_refused(mediaconnect: Any, case: str) -> None:
    second, failover = TOGETHER[case]
    request: dict[str, Any] = {"Sources": [SOURCE, second], "SourceFailoverConfig": failover}
    assert refusal(lambda: standby_flow(mediaconnect, **request))[0] == 400


def test_srt_does_not_merge(mediaconnect: Any) -> None:
    both = [{**source, "Protocol": "srt-listener"} for source in (SOURCE, SECOND)]
    merge = {**FAILOVER, "FailoverMode": "MERGE"}
    status, message = refusal(
        lambda: standby_flow(mediaconnect, Sources=both, SourceFailoverConfig=merge)
    )
    assert (status, message) == (400, "the protocol srt-listener does not support the mode MERGE")
    standby_flow(mediaconnect, Sources=both, SourceFailoverConfig=FAILOVER)
    mixed = [SOURCE, {**SECOND, "Protocol": "rtp-fec"}]
    standby_flow(mediaconnect, "mixed", Sources=mixed, SourceFailoverConfig=merge)


def test_an_update_of_a_source_keeps_what_it_omits(mediaconnect: Any) -> None:
    arn = active_flow(mediaconnect)
    before = described(mediaconnect, arn)["Source"]
    changed = mediaconnect.update_flow_source(
        FlowArn=arn,
        SourceArn=before["SourceArn"],
        Description="new",
        WhitelistCidr="198.51.100.0/24",
        MaxBitrate=5_000_000,
    )["Source"]
    transport = {**before["Transport"], "MaxBitrate": 5_000_000}
    more = {"Description": "new", "WhitelistCidr": "198.51.100.0/24", "Transport": transport}
    assert changed == {**before, **more}
    assert described(mediaconnect, arn)["Sources"] == [changed]


def test_entitlements_are_granted_changed_listed_and_revoked(mediaconnect: Any) -> None:
    arn = active_flow(mediaconnect)
    requests = [ENTITLEMENT, {"Name": "own", "Subscribers": [ACCOUNT, OTHER]}]
    granted = mediaconnect.grant_flow_entitlements(FlowArn=arn, Entitlements=requests)
    first, second = granted["Entitlements"]
    assert described(mediaconnect, arn)["Entitlements"] == [first, second]
    (listed,) = mediaconnect.list_entitlements()["Entitlements"]
    assert listed == {
        "EntitlementArn": second["EntitlementArn"],
        "EntitlementName": "own",
        "DataTransferSubscriberFeePercent": 0,
    }
    about = {"FlowArn": arn, "EntitlementArn": first["EntitlementArn"]}
    updated = mediaconnect.update_flow_entitlement(
        **about, Description="new", EntitlementStatus="DISABLED"
    )["Entitlement"]
    assert updated == {**first, "Description": "new", "EntitlementStatus": "DISABLED"}
    mediaconnect.revoke_flow_entitlement(**about)
    assert described(mediaconnect, arn)["Entitlements"] == [second]
    assert refusal(lambda: mediaconnect.revoke_flow_entitlement(**about))[0] == 404
    assert refusal(lambda: mediaconnect.update_flow_entitlement(**about))[0] == 404
    tags = {"ResourceArn": first["EntitlementArn"]}
    assert refusal(lambda: mediaconnect.list_tags_for_resource(**tags))[0] == 404


WRONG_ENTITLEMENTS: dict[str, list[dict[str, Any]]] = {
    "name taken": [ENTITLEMENT, ENTITLEMENT],
    "no subscriber": [{"Name": "a", "Subscribers": []}],
    "no account": [{"Name": "a", "Subscribers": ["1111-2222-3333"]}],
    "percent": [{**ENTITLEMENT, "DataTransferSubscriberFeePercent": 101}],
    "password": [{**ENTITLEMENT, "Encryption": {"KeyType": "srt-password", "RoleArn": "r"}}],
    "no secret": [{**ENTITLEMENT, "Encryption": {"RoleArn": "r"}}],
}


@pytest.mark.parametrize("case", WRONG_ENTITLEMENTS)
def test_wrong_entitlements_are_refused_together(mediaconnect: Any, case: str) -> None:
    arn = standby_flow(mediaconnect)
    more = {"FlowArn": arn, "Entitlements": WRONG_ENTITLEMENTS[case]}
    assert refusal(lambda: mediaconnect.grant_flow_entitlements(**more))[0] == 400
    assert described(mediaconnect, arn)["Entitlements"] == []


def test_a_flow_has_fifty_entitlements(mediaconnect: Any) -> None:
    arn = standby_flow(mediaconnect)
    many = [{"Name": f"n{number}", "Subscribers": [OTHER]} for number in range(51)]
    status, _ = refusal(
        lambda: mediaconnect.grant_flow_entitlements(FlowArn=arn, Entitlements=many)
    )
    assert status == 420
    mediaconnect.grant_flow_entitlements(FlowArn=arn, Entitlements=many[1:])


def test_vpc_interfaces_come_and_go_while_nothing_uses_them(
    client: Callable[[str], Any], mediaconnect: Any
) -> None:
    role = trusted_role(client("iam"))
    arn = standby_flow(mediaconnect)
    added = mediaconnect.add_flow_vpc_interfaces(
        FlowArn=arn, VpcInterfaces=[interface(role, "a"), interface(role, "b")]
    )["VpcInterfaces"]
    assert described(mediaconnect, arn)["VpcInterfaces"] == added
    (source,) = described(mediaconnect, arn)["Sources"]
    mediaconnect.update_flow_source(
        FlowArn=arn, SourceArn=source["SourceArn"], VpcInterfaceName="a"
    )
    used = {"FlowArn": arn, "VpcInterfaceName": "a"}
    status, message = refusal(lambda: mediaconnect.remove_flow_vpc_interface(**used))
    assert (status, message) == (400, "the VPC interface a is used by a source or an output")
    removed = mediaconnect.remove_flow_vpc_interface(FlowArn=arn, VpcInterfaceName="b")
    assert removed["NonDeletedNetworkInterfaceIds"] == []
    assert described(mediaconnect, arn)["VpcInterfaces"] == added[:1]
    gone = {"FlowArn": arn, "VpcInterfaceName": "b"}
    assert refusal(lambda: mediaconnect.remove_flow_vpc_interface(**gone))[0] == 404


def test_wrong_vpc_interfaces_are_refused(client: Callable[[str], Any], mediaconnect: Any) -> None:
    role, arn = trusted_role(client("iam")), standby_flow(mediaconnect)
    wrong: list[list[dict[str, Any]]] = [
        [interface(role, name) for name in "abc"],
        [interface(role), interface(role)],
        [interface(role, SecurityGroupIds=[])],
        [interface(role, name, NetworkInterfaceType="efa") for name in "ab"],
        [interface("arn:aws:iam::123456789012:role/none")],
    ]
    for interfaces in wrong:
        add = partial(mediaconnect.add_flow_vpc_interfaces, FlowArn=arn, VpcInterfaces=interfaces)
        assert refusal(add)[0] == 400
    assert described(mediaconnect, arn)["VpcInterfaces"] == []
    active = active_flow(mediaconnect, "active", VpcInterfaces=[interface(role)])
    used = {"FlowArn": active, "VpcInterfaceName": "vpc"}
    assert refusal(lambda: mediaconnect.remove_flow_vpc_interface(**used))[0] == 400


def test_media_streams_come_change_and_go(mediaconnect: Any) -> None:
    arn = standby_flow(mediaconnect)
    picture = {
        "MediaStreamId": 2,
        "MediaStreamName": "picture",
        "MediaStreamType": "video",
        "VideoFormat": "1080p",
        "Attributes": {"Fmtp": {"ExactFramerate": "25", "Tcs": "SDR"}},
    }
    add = {"FlowArn": arn, "MediaStreams": [STREAM, picture]}
    added = mediaconnect.add_flow_media_streams(**add)["MediaStreams"]
    assert described(mediaconnect, arn)["MediaStreams"] == added
    assert len({stream["Fmt"] for stream in added}) == 2
    assert refusal(lambda: mediaconnect.add_flow_media_streams(**add))[0] == 400
    about = {"FlowArn": arn, "MediaStreamName": "picture"}
    changed = mediaconnect.update_flow_media_stream(
        **about, Description="d", Attributes={"Fmtp": {"ExactFramerate": "50"}}
    )["MediaStream"]
    fmtp = {"ExactFramerate": "50", "Tcs": "SDR"}
    assert changed == {**added[1], "Description": "d", "Attributes": {"Fmtp": fmtp}}
    mediaconnect.remove_flow_media_stream(**about)
    assert described(mediaconnect, arn)["MediaStreams"] == added[:1]
    assert refusal(lambda: mediaconnect.remove_flow_media_stream(**about))[0] == 404


ANALYSIS = {
    "AudioMonitoringSettings": [{"SilentAudio": {"State": "ENABLED", "ThresholdSeconds": 30}}],
    "VideoMonitoringSettings": [
        {
            "BlackFrames": {"State": "ENABLED", "ThresholdSeconds": 30},
            "FrozenFrames": {"State": "ENABLED", "ThresholdSeconds": 30},
        }
    ],
}


def test_content_quality_analysis_enables_all_metrics_and_keeps_thresholds(
    mediaconnect: Any,
) -> None:
    arn = active_flow(mediaconnect)

    def update(**config: Any) -> Any:
        changed = mediaconnect.update_flow(FlowArn=arn, SourceMonitoringConfig=config)
        return changed["Flow"]["SourceMonitoringConfig"]

    enabled = update(ContentQualityAnalysisState="ENABLED")
    assert enabled == {"ContentQualityAnalysisState": "ENABLED", **ANALYSIS}
    video = [{"BlackFrames": {"State": "ENABLED", "ThresholdSeconds": 12}}]
    update(VideoMonitoringSettings=video)
    assert update(ContentQualityAnalysisState="DISABLED")["VideoMonitoringSettings"] == video
    kept = update(VideoMonitoringSettings=[{"BlackFrames": {"State": "ENABLED"}}])
    assert kept["VideoMonitoringSettings"] == video
    low = [{"BlackFrames": {"ThresholdSeconds": 9}}]
    assert refusal(lambda: update(VideoMonitoringSettings=low))[0] == 400


def test_an_update_of_a_flow_that_is_refused_changes_nothing(mediaconnect: Any) -> None:
    arn = standby_flow(mediaconnect)
    before = described(mediaconnect, arn)
    wrong = {"FlowSize": "LARGE", "Maintenance": {"MaintenanceStartHour": "02:30"}}
    assert refusal(lambda: mediaconnect.update_flow(FlowArn=arn, **wrong))[0] == 400
    assert described(mediaconnect, arn) == before
    assert mediaconnect.update_flow(FlowArn=arn, FlowSize="LARGE")["Flow"]["FlowSize"] == "LARGE"
