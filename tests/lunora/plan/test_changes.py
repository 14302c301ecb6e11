"""Steps become what happens to destinations, and what their viewers notice of it."""

from __future__ import annotations

from typing import Any

import pytest

from lunora.plan.changes import changes
from lunora.plan.impact import Impact
from lunora.plan.preview import PreviewFormatError, parse
from provider import interruption
from provider.channel_inputs import ChannelInputs
from tests.lunora.plan.previews import (
    CHANNEL,
    DESTINATION,
    INPUT,
    OUTPUT,
    deployed,
    destination,
    document,
    said,
    step,
    urn,
)

RUNNING, STOPPED, SCHEDULED = ({"state": s} for s in ("running", "stopped", "scheduled"))
BITRATE = "encoderSettings.VideoDescriptions[0].CodecSettings.H264Settings.Bitrate"


def video(height: int, fps: int = 30, kbps: int = 4500, *, per: int = 1) -> dict[str, Any]:
    h264 = {"FramerateNumerator": fps, "FramerateDenominator": per, "Bitrate": kbps * 1000}
    size = {"Width": height * 16 // 9, "Height": height}
    described = {**size, "CodecSettings": {"H264Settings": h264}}
    return {**RUNNING, "encoderSettings": {"VideoDescriptions": [described]}}


def channel(
    *paths: str, was: Any = RUNNING, will: Any = RUNNING, op: str = "update"
) -> dict[str, Any]:
    return step(CHANNEL, "one-channel", op, of="one", paths=paths, old=was, new=will)


def push_input(*paths: str) -> dict[str, Any]:
    return step(INPUT, "one-input", "update", of="one", paths=paths)


def stack(state: str, **more: Any) -> dict[str, Any]:
    """A stack that is deployed with the destination in this state."""
    return deployed(destinations={"one": {"state": state, **more}})


def output(
    was: str, will: str, *paths: str, protocol: str = "rtp", op: str = "update"
) -> dict[str, Any]:
    old, new = ({"status": status, "protocol": protocol} for status in (was, will))
    return step(OUTPUT, "one-flow-output", op, of="one", old=old, new=new, paths=paths)


def direct(*paths: str, status: str = "ENABLED", op: str = "update") -> dict[str, Any]:
    return output(status, status, *paths, protocol="rtmp-push", op=op)


RESTART, REPLACEMENT = 128, 143


def restart(*because: str) -> Impact:
    return Impact("restarts", because, interrupts=True, seconds=RESTART)


def reconnects(*because: str) -> Impact:
    return Impact("reconnects", because, interrupts=True, seconds=0)


LOGO = {**RUNNING, "logo": {"Image": {"Uri": "s3ssl://logos/a.png"}}}
FEATURE = "encoderSettings.FeatureActivations"


def hides_logo() -> dict[str, Any]:
    made = channel("logo", FEATURE, was=LOGO, will=RUNNING)
    made["detailedDiff"][FEATURE] = {"kind": "delete"}
    return made


EFFECTS = {
    "another logo": (
        [channel("logo.ImageX", was=LOGO, will=LOGO)],
        Impact("shows another logo", ("its file says",), interrupts=False),
    ),
    "the first logo": ([channel("logo", FEATURE, will=LOGO)], restart("its first logo")),
    "no logo any more": (
        [hides_logo()],
        Impact("hides its logo", ("its file says",), interrupts=False),
    ),
    "a preset": (
        [channel(BITRATE, was=video(1080), will=video(720, 60))],
        restart("video 1920x1080 at 30 fps and 4500 kb/s becomes 1280x720 at 60 fps and 4500 kb/s"),
    ),
    "a broken frame rate": (
        [channel(BITRATE, was=video(1080, 30000, per=1001), will=video(1080))],
        restart(
            "video 1920x1080 at 29.97 fps and 4500 kb/s becomes 1920x1080 at 30 fps and 4500 kb/s"
        ),
    ),
    "a bitrate that was changed by hand": (
        [channel(BITRATE, was=video(1080), will=video(1080))],
        restart("video encoding (Bitrate)"),
    ),
    "other defaults of the program": (
        [
            channel(
                *(
                    f"encoderSettings.VideoDescriptions[0].CodecSettings.H264Settings.{member}"
                    for member in ("BufSize", "NumRefFrames", "BufFillPct", "GopNumBFrames")
                ),
                "encoderSettings.VideoDescriptions[0].CodecSettings.H264Settings"
                ".ColorSpaceSettings.Rec709Settings",
                "encoderSettings.OutputGroups[0].OutputGroupSettings.RtmpGroupSettings"
                ".IncludeFillerNalUnits",
                was=video(1080),
                will=video(1080),
            )
        ],
        restart(
            "retry or output settings",
            "video encoding (BufFillPct, BufSize, ColorSpaceSettings and 2 more)",
        ),
    ),
    "video of a channel that was kept as found": (
        [channel("encoderSettings", was=RUNNING, will=video(1080))],
        restart("encoding"),
    ),
    "several things, each said once, and tags not at all": (
        [
            channel(
                "tags.Owner",
                "destinations[0].Settings[0].Url",
                "destinations[0].Settings[1].Url",
                "encoderSettings.AudioDescriptions[0].CodecSettings.AacSettings.Bitrate",
                "encoderSettings.OutputGroups[0].Name",
                "encoderSettings.OutputGroups[0].Outputs[0].OutputName",
                "logLevel",
            ),
        ],
        restart("ingest", "audio encoding", "retry or output settings", "settings"),
    ),
    "a key": ([channel("destinations[0].Settings[0].StreamName")], restart("stream key")),
    "a key that is not known yet": ([channel("destinations")], restart("ingest")),
    "a stream id": ([channel("destinations[0].SrtSettings[0].StreamId")], restart("stream key")),
    "a passphrase": ([channel("secretVersions[0]")], restart("its passphrase")),
    "a recording": (
        [channel("destinations[1]", "encoderSettings.OutputGroups[1]")],
        restart("its recording"),
    ),
    "callers": ([channel("channelSecurityGroups[0]")], restart("the group of its callers")),
    "another role": ([channel("roleArn")], restart("the channels' role")),
    "redundancy": ([channel("channelClass")], restart("redundancy")),
    "another time of failover": (
        [channel("inputAttachments[0].AutomaticInputFailoverSettings.ErrorClearTimeMsec")],
        restart("failover"),
    ),
    "another transport": (
        [stack("running", channelId="1"), output("ENABLED", "ENABLED", "protocol")],
        Impact("is fed anew", ("its transport",), interrupts=True, seconds=0),
    ),
    "maintenance": (
        [channel("maintenance.MaintenanceDay")],
        restart("its maintenance window"),
    ),
    "a slate": (
        [
            channel(
                "encoderSettings.GlobalConfiguration",
                "encoderSettings.OutputGroups[0].OutputGroupSettings.RtmpGroupSettings"
                ".InputLossAction",
            )
        ],
        restart("what it sends without a source"),
    ),
    "another audio of both inputs": (
        [
            channel(
                "inputAttachments[0].InputSettings.AudioSelectors[0].SelectorSettings",
                "inputAttachments[1].InputSettings.AudioSelectors[0].SelectorSettings",
            )
        ],
        restart("audio selection"),
    ),
    "another flow": (
        [push_input("securityGroupIds[0]"), channel("inputSpecification.Resolution")],
        restart("the flow that feeds it", "what the flow carries"),
    ),
    "another flow that carries the same": (
        [stack("running", channelId="1"), push_input("securityGroupIds[0]")],
        restart("the flow that feeds it"),
    ),
    "another name of its input": (
        [stack("running", channelId="1"), push_input("name")],
        restart("the name of its input"),
    ),
    "another flow of what is stopped": (
        [stack("stopped", channelId="1"), push_input("securityGroupIds[0]")],
        None,
    ),
    "tags of an input": ([stack("running", channelId="1"), push_input("tags.Owner")], None),
    "a replacement": (
        [
            channel(op="delete-replaced"),
            channel("vpc", op="create-replacement"),
        ],
        Impact("is replaced", ("settings",), interrupts=True, seconds=REPLACEMENT),
    ),
    "a channel that was deleted by hand": (
        [channel(op="delete-replaced"), channel("arn", op="create-replacement")],
        Impact("is created again", ("it is gone",), interrupts=False),
    ),
    "a scheduled channel": (
        [channel("roleArn", was=SCHEDULED, will=SCHEDULED)],
        Impact("restarts, if on air", ("the channels' role",), interrupts=True, seconds=RESTART),
    ),
    "a stop": (
        [channel("state", will=STOPPED)],
        Impact("stops", ("it was declared running",), interrupts=True),
    ),
    "a stop with other settings": (
        [channel("roleArn", "state", will=STOPPED)],
        Impact("stops", ("it was declared running",), interrupts=True),
    ),
    "a start": (
        [channel("state", was=STOPPED)],
        Impact("is running", ("it was declared stopped",), interrupts=False),
    ),
    "a schedule": (
        [channel("state", "schedule", will=SCHEDULED)],
        Impact("is scheduled", ("it was declared running",), interrupts=True, by_hours=True),
    ),
    "a schedule of what is stopped": (
        [channel("state", "schedule", was=STOPPED, will=SCHEDULED)],
        Impact("is scheduled", ("it was declared stopped",), interrupts=False),
    ),
    "somebody stopped it by hand": (
        [channel("state")],
        Impact("starts", ("it is declared running, but does not run",), interrupts=False),
    ),
    "a flow that sends by itself is stopped": (
        [output("ENABLED", "DISABLED", "status", protocol="rtmp-push")],
        Impact("stops", ("it was declared running",), interrupts=True),
    ),
    "somebody disabled its flow output": (
        [output("ENABLED", "ENABLED", "status")],
        Impact("is fed again", ("its flow output is disabled",), interrupts=False),
    ),
    "somebody enabled the flow output of a stopped channel": (
        [output("DISABLED", "DISABLED", "status")],
        Impact("stops", ("its flow output is enabled",), interrupts=False),
    ),
    "somebody enabled a stopped one that needs no channel": (
        [output("DISABLED", "DISABLED", "status", protocol="rtmp-push")],
        Impact("stops", ("its flow output is enabled",), interrupts=True),
    ),
    "another description of its flow output": (
        [output("ENABLED", "ENABLED", "description")],
        None,
    ),
    "another ingest of a stream without a channel": (
        [direct("destination", "port", "rtmpPush", "tags.Owner")],
        reconnects("ingest", "ingest or stream key"),
    ),
    "another latency, stream id or passphrase": (
        [direct("srt.minLatency", "srt.passphrase.version")],
        reconnects("its SRT settings"),
    ),
    "another protocol of a stream without a channel": (
        [direct("protocol", "smoothingLatency")],
        reconnects("its protocol", "its RTP settings"),
    ),
    "another ingest of what is stopped": ([direct("destination", status="DISABLED")], None),
    "another ingest of what follows a schedule": (
        [direct("destination", "schedule.windows[0].stop", status="SCHEDULED")],
        Impact("reconnects, if on air", ("ingest",), interrupts=True, seconds=0),
    ),
    "other hours of a stream without a channel": (
        [direct("schedule.windows[0].stop", status="SCHEDULED")],
        Impact("follows other hours", ("its schedule",), interrupts=True, by_hours=True),
    ),
    "tags and margin of a stream without a channel": (
        [direct("tags.Owner", "description", "marginMinutes", "existingId")],
        None,
    ),
    "an output that cannot lose its stream id": (
        [direct(op="delete-replaced"), direct("srt.streamId", op="create-replacement")],
        Impact("is replaced", ("its SRT settings",), interrupts=True, seconds=0),
    ),
    "another flow of a stream without a channel": (
        [direct(op="delete-replaced"), direct("flowArn", op="create-replacement")],
        Impact("is replaced", ("the flow that sends it",), interrupts=True, seconds=0),
    ),
    "a channel for a stream that had none": (
        [direct("protocol", "rtmpPush"), channel(op="create", was=None)],
        Impact("is encoded by a channel", ("another route",), interrupts=True, seconds=83),
    ),
    "a channel for what was stopped": (
        [direct("protocol", status="DISABLED"), channel(op="create", was=None)],
        None,
    ),
    "somebody started it by hand": (
        [channel("state", was=STOPPED, will=STOPPED)],
        Impact("stops", ("it is declared stopped, but may run",), interrupts=True),
    ),
    "a preset of what is stopped": ([channel(BITRATE, was=STOPPED, will=STOPPED)], None),
    "other hours": (
        [channel("schedule.windows[0].stop", was=SCHEDULED, will=SCHEDULED)],
        Impact("follows other hours", ("its schedule",), interrupts=True, by_hours=True),
    ),
    "tags": ([channel("tags.Owner")], None),
    "a route without its channel": (
        [channel(op="delete", will=None)],
        Impact("is removed", ("another route",), interrupts=True),
    ),
    "a route without a channel": ([stack("running"), push_input("name")], None),
}


@pytest.mark.parametrize("case", EFFECTS)
def test_viewers_notice(case: str) -> None:
    steps, expected = EFFECTS[case]
    plan = changes(parse(document(destination("one", "same"), *steps)))
    assert [(destination.name, destination.kind) for destination in plan.destinations] == [
        ("one", "changed")
    ]
    assert plan.destinations[0].impact == expected
    interrupts = expected is not None and expected.interrupts
    assert [destination.name for destination in plan.interrupted] == (["one"] if interrupts else [])


def test_every_property_of_a_channel_stops_it_but_those_that_the_provider_names() -> None:
    properties = {field.alias for field in ChannelInputs.model_fields.values()}
    assert properties > interruption.WITHOUT_A_STOP
    for name in properties:
        (change,) = changes(parse(document(channel(f"{name}.any[0]")))).destinations
        interrupts = change.impact is not None and change.impact.interrupts
        assert interrupts is (name not in interruption.WITHOUT_A_STOP), name


@pytest.mark.parametrize(("op", "kind"), [("create", "created"), ("delete", "removed")])
def test_a_whole_destination_comes_or_goes(op: str, kind: Any) -> None:
    plan = changes(
        parse(document(step(CHANNEL, "one-channel", op, of="one"), destination("one", op)))
    )
    (changed,) = plan.of_kind(kind)
    assert [(part.what, part.kind) for part in changed.parts] == [("channel", kind)]
    assert changed.impact is None
    assert plan.interrupted == ()


def test_what_stays_is_left_out() -> None:
    plan = changes(parse(document(destination("one", "same"), channel(op="same"))))
    assert (plan.destinations, plan.others) == ((), ())


def test_a_resource_deep_in_a_destination_is_its_own() -> None:
    alarms = step("lunora:index:Alarms", "one-alarms", "same", of="one")
    alarm = step("aws:cloudwatch/metricAlarm:MetricAlarm", "one-input-lost", "create")
    alarm["newState"]["parent"] = alarms["urn"]
    (changed,) = changes(parse(document(destination("one", "same"), alarms, alarm))).destinations
    assert [(part.what, part.name) for part in changed.parts] == [("alarm", "one-input-lost")]


@pytest.mark.parametrize(
    ("component", "suffix"),
    [("lunora:index:StreamAlarms", "alarms"), ("lunora:index:StreamSchedule", "schedule")],
)
def test_a_resource_whose_parent_does_not_change_belongs_to_its_destination(
    component: str, suffix: str
) -> None:
    alarm = step("aws:cloudwatch/metricAlarm:MetricAlarm", "input-lost", "update")
    alarm["newState"]["parent"] = urn(component, f"one-{suffix}", DESTINATION)
    planned = changes(parse(document(alarm)))
    assert [change.name for change in planned.destinations] == ["one"]
    assert planned.others == ()


@pytest.mark.parametrize("name", ["alarms-input-channel", "the-alarms-x", "no-signal"])
@pytest.mark.parametrize(
    ("types", "part"),
    [
        ("livestream:index:Channel", "-channel"),
        ("livestream:index:PushInput", "-input"),
        ("livestream:index:PushInput", "_backup-input"),
        ("livestream:index:FlowOutput", "_backup-flow-output-1"),
        ("aws:secretsmanager/secretVersion:SecretVersion", "-passphrase-version"),
        (
            "lunora:index:StreamAlarms$aws:cloudwatch/metricAlarm:MetricAlarm",
            "-alarms-0-no-signal",
        ),
    ],
)
def test_a_resource_in_no_step_belongs_to_the_destination_in_its_name(
    name: str, types: str, part: str
) -> None:
    assert parse(document()).destination_of(urn(types, f"{name}{part}", DESTINATION)) == name


def test_a_provider_of_a_region_is_no_change_in_aws() -> None:
    planned = changes(parse(document(step("pulumi:providers:aws", "aws-eu-west-1", "create"))))
    assert (planned.destinations, planned.others) == ((), ())


def test_a_destination_whose_resources_exist_is_adopted() -> None:
    existing = channel(op="create", was=None, will={**RUNNING, "existingId": "1234567"})
    planned = changes(parse(document(destination("one", "create"), existing)))
    ((part,),) = [change.parts for change in planned.of_kind("adopted")]
    assert (part.what, part.kind) == ("channel", "adopted")
    assert planned.of_kind("created") == ()


@pytest.mark.parametrize(
    ("will", "paths", "kind"),
    [
        (SCHEDULED, ["state", "schedule"], "scheduled"),
        (STOPPED, ["schedule.windows[0].stop"], "scheduled"),
        (STOPPED, ["state"], "stopped"),
        (RUNNING, ["state", "schedule"], "started"),
        (SCHEDULED, ["schedule", "roleArn"], "changed"),
    ],
)
def test_a_channel_whose_hours_change_is_scheduled(will: Any, paths: list[str], kind: str) -> None:
    planned = changes(parse(document(channel(*paths, was=SCHEDULED, will=will))))
    ((part,),) = [change.parts for change in planned.destinations]
    assert part.kind == kind


def test_what_is_shared_is_listed_apart_from_what_goes_without_saying() -> None:
    topic = "aws:sns/topic:Topic"
    plan = changes(
        parse(
            document(
                step("livestream:index:DestinationSet", "destinations", "update"),
                step(topic, "alerts", "update"),
            )
        )
    )
    assert plan.destinations == ()
    assert [(part.what, part.kind) for part in plan.others] == [("Topic", "changed")]


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"steps": 1}'])
def test_what_is_no_preview_is_one_sentence(text: str) -> None:
    with pytest.raises(PreviewFormatError):
        parse(text)


@pytest.mark.parametrize(("severity", "failed"), [("error", True), ("warning", False)])
def test_an_error_makes_a_preview_fail(severity: str, failed: Any) -> None:
    assert parse(document(diagnostics=[said(severity, "something")])).failed is failed


@pytest.mark.parametrize(
    ("will", "paths", "kind"),
    [
        ("DISABLED", ["status"], "disabled"),
        ("ENABLED", ["status", "schedule.windows[0].start", "marginMinutes"], "enabled"),
        ("SCHEDULED", ["status", "schedule"], "scheduled"),
        ("DISABLED", ["status", "port"], "changed"),
        ("ENABLED", ["tags.Owner"], "changed"),
    ],
)
def test_a_flow_output_is_enabled_and_disabled_with_its_channel(
    will: str, paths: list[str], kind: str
) -> None:
    plan = changes(parse(document(destination("one", "same"), output("ENABLED", will, *paths))))
    ((part,),) = [destination.parts for destination in plan.destinations]
    assert (part.what, part.kind) == ("flow output", kind)


ALARMS = "lunora:index:StreamAlarms"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@pytest.mark.parametrize("name", ["one", "one-alarms", "one-schedule"])
def test_a_part_of_an_unchanged_component_is_its_destination_s(name: str) -> None:
    """A preview's document leaves unchanged resources out, components among them."""
    parent = f"urn:pulumi:test::p::{DESTINATION}${ALARMS}::{name}-alarms"
    alarm = {
        "op": "update",
        "urn": f"urn:pulumi:test::p::{DESTINATION}${ALARMS}${ALARM}::{name}-alarms-0-no-signal",
        "newState": {"type": ALARM, "parent": parent},
    }
    listed = changes(parse(document(alarm)))
    assert [(change.name, change.kind) for change in listed.destinations] == [(name, "changed")]
    assert listed.others == ()


SET = "livestream:index:DestinationSet"


def test_protection_that_comes_and_goes_is_told() -> None:
    names = {"destinations": ["one", "three", "two"]}
    new = {"destinations": ["one", "two", "zero"], "protected": ["two", "zero"]}
    old = {**names, "protected": ["one", "three"]}
    listed = changes(parse(document(step(SET, "destinations", "update", old=old, new=new))))
    assert (listed.protected, listed.unprotected) == (("two",), ("one",))
    assert (listed.destinations, listed.others) == ((), ())
