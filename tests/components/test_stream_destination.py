"""Resources of a destination, registered with Pulumi's mocks."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from catalog import scheduler_expressions
from catalog.maintenance import MaintenanceWindow
from catalog.model import NAME_PATTERN, DestinationSpec
from provider.aws import AwsClients
from provider.channel_resource import Channel
from tests.support.pulumi_mocks import (
    EVENINGS,
    FLOW,
    KEY,
    PASSPHRASE,
    SRT,
    TAGS,
    build,
    build_and_summarise,
    destination,
    inputs,
    is_secret,
)

TUESDAY = MaintenanceWindow(day="tue", start="04:00")
PARTS = {
    "one-stream-key": "aws:ssm/parameter:Parameter",
    "one-input": "livestream:index:PushInput",
    "one-flow-output": "livestream:index:FlowOutput",
    "one-channel": "livestream:index:Channel",
    "one-alarm": "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    **{
        f"one-alarms-0-{name}": "aws:cloudwatch/metricAlarm:MetricAlarm"
        for name in (
            *("channel-alert", "frames-lost", "no-signal", "not-running", "silent-output"),
        )
    },
}


def test_its_parts_are_its_children_and_the_group_is_shared() -> None:
    registered = build()
    assert registered["one"].type == "lunora:index:StreamDestination"
    parents = {name: r.parent.rpartition("::")[2] for name, r in registered.items()}
    of_one = {name for name, parent in parents.items() if parent == "one"}
    assert {name: registered[name].type for name in of_one} == PARTS
    assert parents["flow-main-security-group"] == "flow-main"
    others = {"one", "flow-main", "flow-main-security-group"}
    others |= {"lunora-player-test", "aws-us-west-2", "livestream-us-west-2"}
    assert registered.keys() == PARTS.keys() | others


def test_only_a_protected_destination_itself_is_protected() -> None:
    """A part is replaced or removed by edits of the file, and by the repair of one that is gone."""
    registered = build(protected=True, schedule=EVENINGS)
    ours = {name for name, r in registered.items() if "StreamDestination$" in r.parent} | (
        PARTS.keys() & registered.keys()
    )
    assert registered["one"].protect
    assert {name for name in ours if registered[name].protect} == set()
    assert all(registered[name].HasField("protect") for name in ours)


def test_its_parts_go_through_the_connection_of_its_flow() -> None:
    registered = build()
    for name, kind in PARTS.items():
        assert f"::{kind.partition(':')[0]}-us-west-2::" in registered[name].provider


def test_what_its_owner_adds_is_tagged_too() -> None:
    more = {"owner": "someone", "tags": {"event": "launch"}}
    tags = inputs(build(**more)["one-channel"])["tags"]
    assert tags == {**TAGS, "Owner": "someone", "event": "launch"}


def test_everything_is_named_and_tagged_for_the_stack() -> None:
    registered = build()
    for part in ("input", "flow-output", "channel"):
        assert inputs(registered[f"one-{part}"])["name"] == "lunora-player-test-one"
    parameter = inputs(registered["one-stream-key"])
    assert parameter["name"] == "/lunora-player/test/destinations/one/stream-key"
    assert parameter["type"] == "SecureString"
    for part in ("stream-key", "input", "flow-output", "channel"):
        assert inputs(registered[f"one-{part}"])["tags"] == TAGS
    group = inputs(registered["flow-main-security-group"])
    assert group["cidrs"] == ["203.0.113.10/32"]


def test_the_flow_sends_to_the_first_endpoint_of_the_input() -> None:
    output = inputs(build(description="main show")["one-flow-output"])
    assert (output["flowArn"], output["destination"], output["port"]) == (
        FLOW,
        "198.51.100.9",
        5000,
    )
    assert output["description"] == "main show"


def sends_to(registered: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Return flow, name and destination of every flow output."""
    return {
        name: (output["flowArn"], output["name"], output["destination"])
        for name, output in ((name, inputs(r)) for name, r in registered.items())
        if registered[name].type == "livestream:index:FlowOutput"
    }


def test_each_of_two_pipelines_has_an_endpoint_and_an_ingest() -> None:
    registered = build(redundancy="standard")
    assert sends_to(registered) == {
        "one-flow-output": (FLOW, "lunora-player-test-one", "198.51.100.9"),
        "one-flow-output-1": (FLOW, "lunora-player-test-one_1", "203.0.113.9"),
    }
    channel = registered["one-channel"]
    assert inputs(channel)["channelClass"] == "STANDARD"
    assert [setting["Url"] for setting in destination(channel)["Settings"]] == [
        "rtmps://a.rtmps.youtube.com:443/live2",
        "rtmps://b.rtmps.youtube.com:443/live2?backup=1",
    ]
    assert {urn.rpartition("::")[2] for urn in channel.dependencies} >= set(sends_to(registered))


def test_a_backup_flow_has_an_input_a_group_and_an_output_of_its_own() -> None:
    registered = build(flow=["main", "backup"])
    assert sends_to(registered) == {
        "one-flow-output": (FLOW, "lunora-player-test-one", "198.51.100.9"),
        "one_backup-flow-output": (f"{FLOW}-2", "lunora-player-test-one", "198.51.100.16"),
    }
    groups = {name: inputs(registered[name])["securityGroupIds"] for name in ("one-input",)}
    groups["one_backup-input"] = inputs(registered["one_backup-input"])["securityGroupIds"]
    assert groups == {
        "one-input": ["flow-main-security-group-id"],
        "one_backup-input": ["flow-backup-security-group-id"],
    }
    first, second = inputs(registered["one-channel"])["inputAttachments"]
    failover = first["AutomaticInputFailoverSettings"]
    assert failover["SecondaryInputId"] == second["InputId"] == "one_backup-input-id"
    names = [attachment["InputAttachmentName"] for attachment in (first, second)]
    assert names == ["lunora-player-test-one", "lunora-player-test-one_backup"]


def test_the_channel_is_replaced_with_its_input() -> None:
    (replaced_with,) = build()["one-channel"].replace_with
    assert replaced_with.endswith("::one-input")


def test_the_channel_takes_its_own_input_and_the_role_it_is_given() -> None:
    channel = inputs(build()["one-channel"])
    assert channel["channelClass"] == "SINGLE_PIPELINE"
    assert channel["roleArn"] == "arn:role"
    (attachment,) = channel["inputAttachments"]
    assert attachment["InputId"] == "one-input-id"
    assert attachment["InputAttachmentName"] == "lunora-player-test-one"


@pytest.mark.parametrize("preset", ["480p30", "1080p30"])
def test_the_channel_declares_what_the_flow_carries(preset: str) -> None:
    assert inputs(build(preset=preset)["one-channel"])["inputSpecification"] == {
        "Codec": "AVC",
        "Resolution": "HD",
        "MaximumBitrate": "MAX_10_MBPS",
    }


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_it_starts_only_when_the_flow_sends(state: str) -> None:
    channel = build(state=state)["one-channel"]
    assert any(urn.endswith("::one-flow-output") for urn in channel.dependencies)
    assert inputs(channel)["state"] == state


def test_a_schedule_goes_with_the_channel() -> None:
    channel = inputs(build(schedule=EVENINGS)["one-channel"])
    assert (channel["state"], channel["schedule"]) == ("scheduled", EVENINGS)
    assert "schedule" not in inputs(build()["one-channel"])


def test_the_plugin_accepts_what_is_declared() -> None:
    for more in ({}, {"redundancy": "standard", "flow": ["main", "backup"]}):
        declared = inputs(build(**more)["one-channel"])
        checked = {**declared, "destinations": declared["destinations"]["value"]}
        assert Channel(AwsClients("us-west-2")).check("urn", None, checked).failures == ()


def test_the_key_is_secret_wherever_it_is() -> None:
    registered = build()
    assert is_secret(inputs(registered["one-stream-key"])["value"])
    assert is_secret(inputs(registered["one-channel"])["destinations"])
    for name in registered.keys() - {"one-stream-key", "one-channel"}:
        assert KEY not in str(registered[name]), name


@pytest.mark.parametrize("more", [{}, {"stream_key": {"ssm": "/existing"}}])
def test_what_it_says_of_itself_holds_no_key(more: dict[str, Any]) -> None:
    _, summary = build_and_summarise(state="stopped", **more)
    own = "/lunora-player/test/destinations/one/stream-key"
    assert summary == {
        "platform": "youtube",
        "state": "stopped",
        "route": "channel",
        "channelId": "one-channel-id",
        "channelArn": "arn:one-channel",
        "inputId": "one-input-id",
        "flowOutputArn": "arn:one-flow-output",
        "parameterName": more["stream_key"]["ssm"] if more else own,
    }
    assert KEY not in str(summary)


def test_an_existing_parameter_is_used_and_not_made() -> None:
    registered = build(stream_key={"ssm": "/existing"})
    assert PARTS.keys() - registered.keys() == {"one-stream-key"}
    assert is_secret(inputs(registered["one-channel"])["destinations"])


def test_an_srt_call_reads_its_passphrase_from_a_secret_of_its_own() -> None:
    registered = build(**SRT, stream_key={"config": "one"}, srt={"passphrase": {}})
    assert set(registered) >= {"one-passphrase", "one-passphrase-version", "one-not-connected"}
    assert not {"one-input", "one-channel"} & set(registered)
    secret = inputs(registered["one-passphrase"])
    assert secret["name"] == "lunora-player-test-one-passphrase"
    assert secret["recoveryWindowInDays"] == 0
    assert is_secret(inputs(registered["one-passphrase-version"])["secretString"])
    output = registered["one-flow-output"]
    assert inputs(output)["protocol"] == "srt-caller"
    assert is_secret(inputs(output)["srt"])


def test_without_secrets_an_srt_call_is_none_and_keeps_none() -> None:
    registered, summary = build_and_summarise(**SRT)
    assert not {"one-passphrase", "one-stream-key"} & set(registered)
    assert inputs(registered["one-flow-output"])["srt"] == {"minLatency": 2000}
    assert "parameterName" not in summary


def test_a_channel_calls_by_srt_with_the_passphrase_of_a_secret_of_its_own() -> None:
    more = {"url": "srt://203.0.113.9:9000", "srt": {"passphrase": {}}}
    registered = build(platform="custom", stream_key={"config": "one"}, **more)
    channel = registered["one-channel"]
    assert set(registered) >= {*PARTS, "one-passphrase", "one-passphrase-version"}
    assert "one-callers" not in registered
    assert destination(channel) == {
        "Id": "srt",
        "SrtSettings": [
            {
                "ConnectionMode": "CALLER",
                "Url": "srt://203.0.113.9:9000",
                "StreamId": KEY,
                "EncryptionPassphraseSecretArn": "arn:one-passphrase",
            }
        ],
    }
    assert inputs(channel)["secretVersions"]
    assert PASSPHRASE not in str(channel)


def test_a_listener_has_a_group_of_its_callers_and_a_recording_a_second_destination() -> None:
    more = {"srt": {"passphrase": {}, "callers": ["198.51.100.7/32"]}, "record": {"s3": "bucket"}}
    registered = build(platform="custom", url="srt://:5000", **more)
    assert "one-stream-key" not in registered
    group = inputs(registered["one-callers"])
    assert group["cidrs"] == ["198.51.100.7/32"]
    assert group["tags"]["Destination"] == "one"
    channel = inputs(registered["one-channel"])
    assert channel["channelSecurityGroups"] == ["one-callers-id"]
    called, files = channel["destinations"]
    assert called["SrtSettings"][0]["ListenerPort"] == 5000
    assert files == {"Id": "recording", "Settings": [{"Url": "s3ssl://bucket/one-0"}]}
    alarm = inputs(registered["one-alarms-0-no-signal"])
    groups = {
        query["metric"]["dimensions"].get("OutputGroupName")
        for query in alarm["metricQueries"]
        if "metric" in query
    }
    assert groups == {"srt", None}


def test_the_password_of_a_server_is_named_and_not_shown_to_the_channel() -> None:
    more = {"url": "https://ingest.example.org/live/index", "hls": {"username": "lunora"}}
    registered = build(platform="custom", **more)
    assert destination(registered["one-channel"])["Settings"] == [
        {
            "Url": "https://ingest.example.org/live/index",
            "Username": "lunora",
            "PasswordParam": "/lunora-player/test/destinations/one/stream-key",
        }
    ]
    assert KEY not in str(registered["one-channel"])


def test_rtp_is_sent_with_what_its_file_says() -> None:
    more = {"url": "rtp://203.0.113.9:5000", "rtp": {"fec": True, "smoothing_ms": 200}}
    registered = build(**{**SRT, **more})
    output = inputs(registered["one-flow-output"])
    assert (output["protocol"], output["smoothingLatency"]) == ("rtp-fec", 200)
    assert "one-not-connected" not in registered


def test_a_flow_sends_to_a_channel_with_error_correction_if_its_file_says_so() -> None:
    registered = build(transport="rtp-fec", redundancy="standard")
    protocols = {
        inputs(registered[f"one-flow-output{suffix}"])["protocol"] for suffix in ("", "-1")
    }
    assert protocols == {"rtp-fec"}
    assert inputs(build()["one-flow-output"])["protocol"] == "rtp"


def test_an_input_that_takes_a_flow_needs_no_output_and_no_security_group() -> None:
    registered, summary = build_and_summarise(input="mediaconnect", schedule=EVENINGS)
    assert inputs(registered["one-flow-input"]) == {
        "name": "lunora-player-test-one",
        "flowArns": [FLOW],
        "roleArn": "arn:role",
        "tags": TAGS,
    }
    types = {request.type.rpartition(":")[2] for request in registered.values()}
    assert not types & {"PushInput", "FlowOutput", "InputSecurityGroup"}
    assert "flowOutputArn" not in summary
    channel = inputs(registered["one-channel"])
    assert [each["InputAttachmentName"] for each in channel["inputAttachments"]] == [
        "lunora-player-test-one"
    ]
    schedules = [r for r in registered.values() if r.type.endswith(":Schedule")]
    given = {"name": "one", "platform": "youtube", "preset": "1080p30", "schedule": EVENINGS}
    spec = DestinationSpec.model_validate({**given, "input": "mediaconnect"})
    assert len(schedules) == len(scheduler_expressions.schedule_names(spec))


def test_each_pipeline_takes_a_flow_of_its_own_in_one_input() -> None:
    both = {"redundancy": "standard", "flow": ["main", "backup"]}
    registered = build(input="mediaconnect", **both)
    assert inputs(registered["one-flow-input"])["flowArns"] == [FLOW, f"{FLOW}-2"]
    assert "one_backup-flow-input" not in registered
    alone = build(input="mediaconnect", flow=["main", "backup"])
    assert inputs(alone["one_backup-flow-input"])["flowArns"] == [f"{FLOW}-2"]
    (first, _) = inputs(alone["one-channel"])["inputAttachments"]
    assert "AutomaticInputFailoverSettings" in first


@pytest.mark.parametrize(("state", "status"), [("running", "ENABLED"), ("stopped", "DISABLED")])
def test_its_flow_outputs_send_while_it_is_declared_running(state: str, status: str) -> None:
    registered = build(state=state, redundancy="standard", flow=["main", "backup"])
    outputs = [r for r in registered.values() if r.type == PARTS["one-flow-output"]]
    assert [inputs(output)["status"] for output in outputs] == [status] * 4


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, None),
        ({"maintenance": {"day": "sun", "start": "10:00"}}, ("SUNDAY", "10:00")),
        ({"default_window": TUESDAY}, ("TUESDAY", "04:00")),
    ],
    ids=["AWS's own", "the file's", "the stack's"],
)
def test_its_channel_has_the_declared_maintenance_window(
    more: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    window = inputs(build(**more)["one-channel"]).get("maintenance")
    members = expected and dict(
        zip(("MaintenanceDay", "MaintenanceStartTime"), expected, strict=True)
    )
    assert window == members


def test_members_of_the_file_are_over_the_generated_ones() -> None:
    attachment = {"InputSettings": {"SourceEndBehavior": "LOOP"}}
    members = {
        "LogLevel": "INFO",
        "ChannelEngineVersion": {"Version": "1"},
        "InputAttachments": [attachment],
        "EncoderSettings": {"GlobalConfiguration": {"InputEndAction": "NONE"}},
    }
    channel = inputs(build(medialive=members)["one-channel"])
    assert channel["logLevel"] == "INFO"
    assert channel["channelEngineVersion"] == {"Version": "1"}
    assert channel["encoderSettings"]["GlobalConfiguration"] == {"InputEndAction": "NONE"}
    assert channel["encoderSettings"]["OutputGroups"][0]["Name"] == "rtmp"
    (attached,) = channel["inputAttachments"]
    assert attached["InputId"] == "one-input-id"
    assert attached["InputSettings"]["SourceEndBehavior"] == "LOOP"


CREDENTIALS = {"username": "lunora", "password": {"config": "one"}}


def test_an_rtmp_password_is_a_parameter_that_each_pipeline_names() -> None:
    registered = build(authentication=CREDENTIALS, redundancy="standard")
    parameter = registered["one-rtmp-password"]
    name = "/lunora-player/test/destinations/one/rtmp-password"
    assert (inputs(parameter)["name"], inputs(parameter)["type"]) == (name, "SecureString")
    assert is_secret(inputs(parameter)["value"])
    for settings in destination(registered["one-channel"])["Settings"]:
        assert (settings["Username"], settings["PasswordParam"]) == ("lunora", name)
        assert settings["StreamName"] == KEY


def test_an_rtmp_password_may_be_an_existing_parameter() -> None:
    credentials = {"username": "lunora", "password": {"ssm": "/existing/password"}}
    registered = build(authentication=credentials)
    assert "one-rtmp-password" not in registered
    (settings,) = destination(registered["one-channel"])["Settings"]
    assert settings["PasswordParam"] == "/existing/password"


VARIANTS: list[dict[str, Any]] = [
    {
        "flow": ["main", "backup"],
        "redundancy": "standard",
        "schedule": EVENINGS,
        "authentication": CREDENTIALS,
    },
    {**SRT, "stream_key": {"config": "one"}, "srt": {"passphrase": {}}, "schedule": EVENINGS},
]


def identities(name: str, variant: dict[str, Any]) -> set[tuple[str, ...]]:
    """Return what has to be unique in a stack: URNs, and names in AWS by type."""
    unique = set[tuple[str, ...]]()
    for logical, request in build(name=name, **variant).items():
        if logical.startswith(name):
            types = f"{request.parent.partition('::')[2]}${request.type}"
            unique.add(("urn", types.partition("::")[2], logical))
            # A policy's name is unique in its role.
            if "name" in inputs(request) and not request.type.endswith("RolePolicy"):
                unique.add(("name", request.type, str(inputs(request)["name"])))
    return unique


def beginnings(identity: tuple[str, ...]) -> set[str]:
    """Return the names of destinations that begin as a name of a part of `one`."""
    parts = identity[-1].removeprefix("lunora-player-test-").split("-")
    return {"-".join(parts[:count]) for count in range(2, min(4, len(parts))) if parts[0] == "one"}


def test_no_name_of_a_destination_meets_a_part_of_another() -> None:
    ours = set().union(*(identities("one", variant) for variant in VARIANTS))
    others = {name for identity in ours for name in beginnings(identity)}
    others = {name for name in others if re.fullmatch(NAME_PATTERN, name)} | {"one-backup"}
    for name in sorted(others):
        assert not ours & {of_another(identity, name) for identity in ours}, name


def of_another(identity: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the identity of the same part of the destination *name* in place of `one`."""
    return tuple(part.replace("one", name, 1) for part in identity)


@pytest.mark.parametrize("name", ["one-backup", "one-schedule-start"])
def test_parts_are_named_alike_in_each_destination(name: str) -> None:
    for variant in VARIANTS:
        same = {of_another(identity, name) for identity in identities("one", variant)}
        assert identities(name, variant) == same


@pytest.mark.parametrize(
    ("destinations", "formers"),
    [((), ["one-backup-input", "old-backup-input"]), (("one-backup",), ["old-backup-input"])],
)
def test_the_parts_of_a_backup_have_former_names(
    destinations: tuple[str, ...], formers: list[str]
) -> None:
    more = {"flow": ["main", "backup"], "previous_names": ["old"]}
    registered = build(destinations=frozenset(destinations), **more)
    aliases = [alias.spec.name for alias in registered["one_backup-input"].aliases]
    assert [name for name in aliases if name.endswith("-backup-input")] == formers


def test_a_channel_with_a_slate_waits_for_the_permission_to_read_it() -> None:
    slate = {"then": "slate", "slate": "s3://slates/back-soon.png"}
    registered = build(on_input_loss=slate)
    policy, channel = registered["medialive-slates"], registered["one-channel"]
    assert json.loads(inputs(policy)["policy"])["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": ["arn:aws:s3:::slates/back-soon.png"],
        }
    ]
    assert any(urn.endswith("::medialive-slates") for urn in channel.dependencies)
    assert "medialive-slates" not in build(on_input_loss={})


def test_a_channel_with_a_logo_shows_it_and_may_read_it() -> None:
    registered = build(picture={"logo": {"image": "s3://logos/show.png", "left_pixels": 8}})
    channel = registered["one-channel"]
    logo, encoder = inputs(channel)["logo"], inputs(channel)["encoderSettings"]
    assert (logo["Image"], logo["ImageX"]) == ({"Uri": "s3ssl://logos/show.png"}, 8)
    assert logo["OutputNames"] == [encoder["OutputGroups"][0]["Outputs"][0]["OutputName"]]
    assert any(urn.endswith("::medialive-slates") for urn in channel.dependencies)
    assert "logo" not in inputs(build()["one-channel"])


def test_a_smart_crop_names_its_feed() -> None:
    feed = "arn:aws:elemental-inference:us-west-2:123456789012:feed/f1a2b3c4d5e6f7g8h9j"
    registered = build(preset="vertical-1080p30", picture={"fit": "smart", "feed": feed})
    assert inputs(registered["one-channel"])["inferenceSettings"] == {"FeedArn": feed}
