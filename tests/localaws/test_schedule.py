"""The schedule of a channel, over the wire: what it takes, shows and does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localaws.clock import Clock, Latency
from localaws.medialive.schedule_rules import MOST_ACTIONS
from localaws.server import EmbeddedAws
from tests.support.clients import connect
from tests.support.medialive import SCHEDULE_FEATURES, channel_request, push_input, settle

Members = dict[str, Any]
NOW: Members = {"ImmediateModeScheduleActionStartSettings": {}}


def pull_input(medialive: Any, name: str, kind: str = "MP4_FILE", path: str = "a.mp4") -> str:
    sources = [{"Url": f"s3ssl://bucket/{number}/{path}"} for number in range(2)]
    made = medialive.create_input(Name=name, Type=kind, Sources=sources)
    input_id: str = made["Input"]["Id"]
    settle(lambda: medialive.describe_input(InputId=input_id)["State"], "DETACHED")
    return input_id


def made(medialive: Any, channel_class: str = "STANDARD") -> str:
    """Make an idle channel with the inputs live, backup, film, trailer and any."""
    attached = {
        "live": push_input(medialive, "live"),
        "backup": push_input(medialive, "backup"),
        "film": pull_input(medialive, "film"),
        "trailer": pull_input(medialive, "trailer"),
        "any": pull_input(medialive, "any", path="$urlPath$"),
    }
    request = channel_request(attached["live"], "one", ChannelClass=channel_class)
    request["InputAttachments"] = [
        {"InputAttachmentName": name, "InputId": item} for name, item in attached.items()
    ]
    request["Destinations"][0]["Settings"] *= 2 if channel_class == "STANDARD" else 1
    request["EncoderSettings"] |= SCHEDULE_FEATURES
    request["EncoderSettings"]["OutputGroups"][0]["Outputs"][0]["OutputName"] = "main"
    channel_id: str = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: state(medialive, channel_id), "IDLE")
    return channel_id


def state(medialive: Any, channel_id: str) -> str:
    return str(medialive.describe_channel(ChannelId=channel_id)["State"])


def started(medialive: Any, channel_id: str) -> None:
    medialive.start_channel(ChannelId=channel_id)
    settle(lambda: state(medialive, channel_id), "RUNNING")


@pytest.fixture
def channel(medialive: Any) -> str:
    """A running channel of two pipelines; returns its id."""
    channel_id = made(medialive)
    started(medialive, channel_id)
    return channel_id


def fixed(embedded: EmbeddedAws, seconds: float) -> Members:
    time = dt.datetime.fromtimestamp(embedded.clock.now() + seconds, dt.UTC)
    text = time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"FixedModeScheduleActionStartSettings": {"Time": text}}


def after(name: str, point: str = "END") -> Members:
    follow = {"ReferenceActionName": name, "FollowPoint": point}
    return {"FollowModeScheduleActionStartSettings": follow}


def action(name: str, start: Members, kind: str, **settings: Any) -> Members:
    return {
        "ActionName": name,
        "ScheduleActionStartSettings": start,
        "ScheduleActionSettings": {f"{kind}Settings": settings},
    }


def switch(name: str, start: Members, to: str, **more: Any) -> Members:
    return action(name, start, "InputSwitch", InputAttachmentNameReference=to, **more)


def create(medialive: Any, channel: str, *actions: Members) -> Any:
    return medialive.batch_update_schedule(
        ChannelId=channel, Creates={"ScheduleActions": list(actions)}
    )


def delete(medialive: Any, channel: str, *names: str) -> Any:
    return medialive.batch_update_schedule(ChannelId=channel, Deletes={"ActionNames": list(names)})


def names(medialive: Any, channel: str) -> list[str]:
    actions = medialive.describe_schedule(ChannelId=channel)["ScheduleActions"]
    return [action["ActionName"] for action in actions]


def pipelines(medialive: Any, channel: str, member: str) -> list[Any]:
    details = medialive.describe_channel(ChannelId=channel)["PipelineDetails"]
    return [detail.get(member) for detail in details]


def active(medialive: Any, channel: str) -> str:
    (name,) = set(pipelines(medialive, channel, "ActiveInputAttachmentName"))
    return str(name)


def refused(call: Callable[[], Any]) -> set[str]:
    """Return the paths of a 422."""
    with pytest.raises(ClientError) as caught:
        call()
    answer: Any = caught.value.response
    assert answer["Error"]["Code"] == "UnprocessableEntityException"
    return {error["ElementPath"] for error in answer["ValidationErrors"]}


SHOWN: list[tuple[str, Members]] = [
    ("HlsId3SegmentTagging", {"Tag": "$dt$-$sn$"}),
    ("HlsTimedMetadata", {"Id3": "SUQz"}),
    ("Id3SegmentTagging", {"Id3": "SUQz"}),
    ("TimedMetadata", {"Id3": "SUQz"}),
    ("InputPrepare", {"InputAttachmentNameReference": "backup"}),
    ("InputPrepare", {"InputAttachmentNameReference": "any", "UrlPath": ["b.mp4"]}),
    ("InputPrepare", {}),
    ("MotionGraphicsImageActivate", {"Url": "https://example.org/a.html", "Duration": 60000}),
    ("MotionGraphicsImageDeactivate", {}),
    ("PauseState", {"Pipelines": [{"PipelineId": "PIPELINE_1"}]}),
    ("Scte35Input", {"Mode": "FOLLOW_ACTIVE"}),
    ("Scte35Input", {"Mode": "FIXED", "InputAttachmentNameReference": "live"}),
    ("Scte35ReturnToNetwork", {"SpliceEventId": 7}),
    ("Scte35SpliceInsert", {"SpliceEventId": 4294967295, "Duration": 8589934591}),
    (
        "Scte35TimeSignal",
        {
            "Scte35Descriptors": [
                {
                    "Scte35DescriptorSettings": {
                        "SegmentationDescriptorScte35DescriptorSettings": {
                            "SegmentationEventId": 1,
                            "SegmentationCancelIndicator": "SEGMENTATION_EVENT_NOT_CANCELED",
                            "SegmentationUpid": "414453",
                        }
                    }
                }
            ]
        },
    ),
    ("StaticImageActivate", {"Image": {"Uri": "s3://bucket/a.png"}, "Layer": 7, "Opacity": 50}),
    ("StaticImageDeactivate", {"Layer": 7, "FadeOut": 1000}),
    (
        "StaticImageOutputActivate",
        {"Image": {"Uri": "s3://bucket/a.png"}, "OutputNames": ["main"]},
    ),
    ("StaticImageOutputDeactivate", {"OutputNames": ["main"]}),
]


@pytest.mark.parametrize("mode", ["immediate", "fixed"])
def test_every_kind_of_action_is_shown_as_it_was_given(
    embedded: EmbeddedAws, medialive: Any, channel: str, mode: str
) -> None:
    start = NOW if mode == "immediate" else fixed(embedded, 60)
    actions = [
        action(f"{index} {kind}", start, kind, **settings)
        for index, (kind, settings) in enumerate(SHOWN)
    ]
    answer = create(medialive, channel, *actions)
    assert answer["Creates"]["ScheduleActions"] == actions
    assert answer["Deletes"]["ScheduleActions"] == []
    assert medialive.describe_schedule(ChannelId=channel)["ScheduleActions"] == actions


def test_a_schedule_is_shown_in_pages_in_the_order_of_its_times(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    channel = made(medialive)
    create(
        medialive,
        channel,
        switch("d", fixed(embedded, 90), "live"),
        switch("a", fixed(embedded, 30), "film"),
        switch("b", after("a"), "trailer"),
        switch("c", after("b"), "backup"),
    )
    assert names(medialive, channel) == ["a", "b", "c", "d"]
    pages = medialive.get_paginator("describe_schedule").paginate(
        ChannelId=channel, PaginationConfig={"PageSize": 3}
    )
    assert [len(page["ScheduleActions"]) for page in pages] == [3, 1]


def test_a_fixed_switch_happens_at_its_time_on_both_pipelines(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    assert active(medialive, channel) == "live"
    create(medialive, channel, switch("over", fixed(embedded, 60), "backup"))
    embedded.advance(59)
    assert active(medialive, channel) == "live"
    embedded.advance(1)
    assert pipelines(medialive, channel, "ActiveInputAttachmentName") == ["backup", "backup"]
    assert pipelines(medialive, channel, "ActiveInputSwitchActionName") == ["over", "over"]


@pytest.mark.parametrize(("channel_class", "delay"), [("STANDARD", 10), ("SINGLE_PIPELINE", 0)])
def test_an_immediate_switch_is_immediate_where_there_is_one_pipeline(
    embedded: EmbeddedAws, medialive: Any, channel_class: str, delay: int
) -> None:
    channel = made(medialive, channel_class)
    started(medialive, channel)
    create(medialive, channel, switch("over", NOW, "backup"))
    assert active(medialive, channel) == ("live" if delay else "backup")
    embedded.advance(delay)
    assert active(medialive, channel) == "backup"


def test_a_chain_follows_the_ends_of_its_files(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    clip = {
        "InputTimecodeSource": "ZEROBASED",
        "StartTimecode": {"Timecode": "00:01:00:00"},
        "StopTimecode": {"Timecode": "00:01:20:00"},
    }
    splice = {"SpliceEventId": 1}
    create(
        medialive,
        channel,
        switch("a", fixed(embedded, 30), "film", InputClippingSettings=clip),
        switch("b", after("a"), "any", UrlPath=["b.mp4"]),
        switch("c", after("b"), "backup"),
        action("splice", after("a", "START"), "Scte35SpliceInsert", **splice),
    )
    seen = []
    for seconds in (30, 19, 1, 59, 1, 3600):
        embedded.advance(seconds)
        seen.append(active(medialive, channel))
    assert seen == ["film", "film", "any", "any", "backup", "backup"]


def test_a_switch_in_the_middle_of_a_file_breaks_its_chain(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    create(
        medialive,
        channel,
        switch("a", fixed(embedded, 30), "film"),
        switch("b", after("a"), "trailer"),
        switch("e", fixed(embedded, 60), "live"),
    )
    embedded.advance(30)
    assert active(medialive, channel) == "film"
    embedded.advance(600)
    assert pipelines(medialive, channel, "ActiveInputSwitchActionName") == ["e", "e"]


def test_a_channel_starts_on_the_input_that_its_schedule_is_at(
    embedded: EmbeddedAws, medialive: Any
) -> None:
    channel = made(medialive)
    create(
        medialive,
        channel,
        switch("x", NOW, "backup"),
        switch("a", fixed(embedded, 60), "film"),
        switch("b", after("a"), "trailer"),
    )
    started(medialive, channel)
    assert active(medialive, channel) == "backup"
    medialive.stop_channel(ChannelId=channel)
    settle(lambda: state(medialive, channel), "IDLE")
    embedded.advance(2 * 3600)
    started(medialive, channel)
    assert active(medialive, channel) == "film", "from its start, however long ago its time was"
    embedded.advance(61)
    assert active(medialive, channel) == "trailer"


def test_pauses_hold_the_named_pipelines_only(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    def paused() -> list[str]:
        return sorted(embedded.medialive().region.channels[channel].conditions)

    def pause(name: str, start: Members, *pipelines: str) -> None:
        named = [{"PipelineId": pipeline} for pipeline in pipelines]
        create(medialive, channel, action(name, start, "PauseState", Pipelines=named))

    pause("both", NOW, "PIPELINE_0", "PIPELINE_1")
    assert paused() == ["paused-0", "paused-1"]
    pause("second", fixed(embedded, 20), "PIPELINE_1")
    embedded.advance(20)
    medialive.describe_channel(ChannelId=channel)
    assert paused() == ["paused-1"]
    delete(medialive, channel, "second")
    assert paused() == ["paused-1"], "deleting an action does not reverse it"
    embedded.trigger("recovers", "one")
    settle(lambda: state(medialive, channel), "RUNNING")
    assert paused() == ["paused-1"]
    pause("none", NOW)
    assert paused() == []
    pause("again", NOW, "PIPELINE_0")
    medialive.stop_channel(ChannelId=channel)
    settle(lambda: state(medialive, channel), "IDLE")
    assert paused() == []
    started(medialive, channel)
    assert paused() == []


def test_motion_graphics_are_shown_until_they_end(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    def graphics(name: str, **more: Any) -> None:
        url = f"https://example.org/{name}"
        create(
            medialive, channel, action(name, NOW, "MotionGraphicsImageActivate", Url=url, **more)
        )

    graphics("long")
    uris = ["https://example.org/long"] * 2
    assert pipelines(medialive, channel, "ActiveMotionGraphicsUri") == uris
    graphics("short", Duration=5000)
    assert pipelines(medialive, channel, "ActiveMotionGraphicsActionName") == ["short", "short"]
    embedded.advance(5)
    assert pipelines(medialive, channel, "ActiveMotionGraphicsActionName") == [None, None]
    graphics("again")
    create(medialive, channel, action("off", NOW, "MotionGraphicsImageDeactivate"))
    assert pipelines(medialive, channel, "ActiveMotionGraphicsUri") == [None, None]


PATH = "creates.scheduleActions[0]"
START = f"{PATH}.scheduleActionStartSettings"
SETTINGS = f"{PATH}.scheduleActionSettings"
REFERENCE = f"{START}.followModeScheduleActionStartSettings.referenceActionName"
POINT = f"{START}.followModeScheduleActionStartSettings.followPoint"
TIME = f"{START}.fixedModeScheduleActionStartSettings.time"
UPID = "segmentationDescriptorScte35DescriptorSettings.segmentationUpid"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        pytest.param(switch("known", NOW, "live"), f"{PATH}.actionName", id="name in use"),
        pytest.param(
            switch("x", NOW, "none"),
            f"{SETTINGS}.inputSwitchSettings.inputAttachmentNameReference",
            id="unknown attachment",
        ),
        pytest.param(
            switch("x", NOW, "any"),
            f"{SETTINGS}.inputSwitchSettings.urlPath",
            id="dynamic input without a path",
        ),
        pytest.param(
            switch(
                "x",
                NOW,
                "film",
                InputClippingSettings={
                    "InputTimecodeSource": "ZEROBASED",
                    "StartTimecode": {"Timecode": "1:00"},
                },
            ),
            f"{SETTINGS}.inputSwitchSettings.inputClippingSettings.startTimecode.timecode",
            id="timecode",
        ),
        pytest.param(
            {**switch("x", NOW, "live"), "ScheduleActionSettings": {}}, SETTINGS, id="no kind"
        ),
        pytest.param(
            {
                **switch("x", NOW, "live"),
                "ScheduleActionSettings": {
                    "InputPrepareSettings": {},
                    "MotionGraphicsImageDeactivateSettings": {},
                },
            },
            SETTINGS,
            id="two kinds",
        ),
        pytest.param(switch("x", {}, "live"), START, id="no start"),
        pytest.param(switch("x", {**NOW, **after("next")}, "live"), START, id="two starts"),
        pytest.param(switch("x", after("none"), "live"), REFERENCE, id="unknown reference"),
        pytest.param(switch("x", after("pause"), "live"), REFERENCE, id="follows no switch"),
        pytest.param(switch("x", after("known"), "live"), REFERENCE, id="follows a live input"),
        pytest.param(switch("x", after("film"), "live"), REFERENCE, id="branch"),
        pytest.param(switch("x", after("next", "START"), "live"), POINT, id="follow point"),
        pytest.param(
            action("x", after("film"), "PauseState"),
            f"{START}.followModeScheduleActionStartSettings",
            id="a pause follows nothing",
        ),
        pytest.param(
            action("x", NOW, "StaticImageOutputDeactivate", OutputNames=["none"]),
            f"{SETTINGS}.staticImageOutputDeactivateSettings.outputNames",
            id="unknown output",
        ),
        pytest.param(
            action("x", NOW, "TimedMetadata", Id3="***"),
            f"{SETTINGS}.timedMetadataSettings.id3",
            id="no base64",
        ),
        pytest.param(
            action("x", NOW, "Scte35Input", Mode="FIXED"),
            f"{SETTINGS}.scte35InputSettings.inputAttachmentNameReference",
            id="fixed SCTE-35 input without a name",
        ),
        pytest.param(
            action(
                "x",
                NOW,
                "Scte35TimeSignal",
                Scte35Descriptors=[
                    {
                        "Scte35DescriptorSettings": {
                            "SegmentationDescriptorScte35DescriptorSettings": {
                                "SegmentationEventId": 1,
                                "SegmentationCancelIndicator": "SEGMENTATION_EVENT_CANCELED",
                                "SegmentationUpid": "ADS",
                            }
                        }
                    }
                ],
            ),
            f"{SETTINGS}.scte35TimeSignalSettings.scte35Descriptors[0].scte35DescriptorSettings.{UPID}",
            id="UPID",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    embedded: EmbeddedAws, medialive: Any, channel: str, given: Members, path: str
) -> None:
    create(
        medialive,
        channel,
        switch("known", fixed(embedded, 60), "live"),
        switch("film", fixed(embedded, 90), "film"),
        switch("next", after("film"), "trailer"),
        action("pause", fixed(embedded, 60), "PauseState"),
    )
    before = names(medialive, channel)
    fine = switch("fine", fixed(embedded, 120), "live")
    assert refused(lambda: create(medialive, channel, given, fine)) == {path}
    assert names(medialive, channel) == before


@pytest.mark.parametrize(
    "time", ["2026-03-02T00:00:15.000Z", "2026-03-02T00:00:15Z", "2026-03-16T00:00:00.000Z"]
)
def test_a_fixed_time_is_taken_from_15_seconds_to_14_days_ahead(medialive: Any, time: str) -> None:
    channel = made(medialive)
    start = {"FixedModeScheduleActionStartSettings": {"Time": time}}
    create(medialive, channel, switch("x", start, "live"))
    assert names(medialive, channel) == ["x"]


@pytest.mark.parametrize(
    "time",
    [
        "2026-03-02T00:00:14.999Z",
        "2026-03-16T00:00:00.001Z",
        "2026-03-03T00:00:00.000+01:00",
        "2026-02-30T00:00:00Z",
        "tomorrow",
    ],
)
def test_any_other_time_is_refused(medialive: Any, time: str) -> None:
    channel = made(medialive)
    start = {"FixedModeScheduleActionStartSettings": {"Time": time}}
    assert refused(lambda: create(medialive, channel, switch("x", start, "live"))) == {TIME}


def test_a_schedule_holds_so_many_actions_and_no_more(medialive: Any) -> None:
    channel = made(medialive, "SINGLE_PIPELINE")
    many = [action(str(number), NOW, "PauseState") for number in range(MOST_ACTIONS)]
    create(medialive, channel, *many)
    one_more = action("x", NOW, "PauseState")
    assert refused(lambda: create(medialive, channel, one_more)) == {"creates.scheduleActions"}
    delete(medialive, channel, "0")
    create(medialive, channel, one_more)


def test_features_have_to_be_enabled(embedded: EmbeddedAws, medialive: Any) -> None:
    channel = made(medialive)
    encoder = medialive.describe_channel(ChannelId=channel)["EncoderSettings"]
    without = {key: value for key, value in encoder.items() if key not in SCHEDULE_FEATURES}
    medialive.update_channel(ChannelId=channel, EncoderSettings=without)
    settle(lambda: state(medialive, channel), "IDLE")
    given = [
        action("a", NOW, "InputPrepare", InputAttachmentNameReference="live"),
        action("b", NOW, "MotionGraphicsImageActivate", Url="https://example.org"),
        action("c", NOW, "StaticImageOutputDeactivate", OutputNames=["main"]),
    ]
    assert refused(lambda: create(medialive, channel, *given)) == {
        f"creates.scheduleActions[{index}].scheduleActionSettings.{kind}Settings"
        for index, kind in enumerate(
            ("inputPrepare", "motionGraphicsImageActivate", "staticImageOutputDeactivate")
        )
    }


def test_a_channel_of_one_pipeline_has_no_second_to_pause(medialive: Any) -> None:
    channel = made(medialive, "SINGLE_PIPELINE")
    second = [{"PipelineId": "PIPELINE_1"}]
    given = action("a", NOW, "PauseState", Pipelines=second)
    path = f"{SETTINGS}.pauseStateSettings.pipelines"
    assert refused(lambda: create(medialive, channel, given)) == {path}


def test_deletes_come_first_so_a_name_can_be_reused(embedded: EmbeddedAws, medialive: Any) -> None:
    channel = made(medialive)
    old, new = (switch("x", fixed(embedded, seconds), "live") for seconds in (60, 90))
    create(medialive, channel, old)
    answer = medialive.batch_update_schedule(
        ChannelId=channel,
        Creates={"ScheduleActions": [new]},
        Deletes={"ActionNames": ["x"]},
    )
    assert answer["Deletes"]["ScheduleActions"] == [old]
    assert medialive.describe_schedule(ChannelId=channel)["ScheduleActions"] == [new]


def test_a_running_channel_keeps_what_it_recovers_with(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    create(
        medialive,
        channel,
        switch("old", fixed(embedded, 20), "backup"),
        switch("a", fixed(embedded, 30), "film"),
        switch("b", after("a"), "trailer"),
        action("ready", fixed(embedded, 20), "InputPrepare", InputAttachmentNameReference="live"),
        switch("e", fixed(embedded, 300), "live"),
        switch("soon", fixed(embedded, 44), "live"),
    )
    embedded.advance(30)
    kept = ["a", "b", "ready", "soon", "none"]
    assert refused(lambda: delete(medialive, channel, *kept)) == {
        f"deletes.actionNames[{index}]" for index in range(len(kept))
    }
    delete(medialive, channel, "old", "e")
    assert set(names(medialive, channel)) == {"a", "b", "ready", "soon"}
    medialive.stop_channel(ChannelId=channel)
    settle(lambda: state(medialive, channel), "IDLE")
    assert refused(lambda: delete(medialive, channel, "a")) == {"deletes.actionNames"}, "an orphan"
    delete(medialive, channel, "a", "b", "ready")
    assert names(medialive, channel) == ["soon"]


def test_what_began_more_than_an_hour_ago_is_gone_and_its_name_free(
    embedded: EmbeddedAws, medialive: Any, channel: str
) -> None:
    create(medialive, channel, action("x", NOW, "PauseState"), switch("over", NOW, "backup"))
    embedded.advance(3599)
    assert names(medialive, channel) == ["x", "over"]
    embedded.advance(15)
    assert names(medialive, channel) == ["over"], "the channel is at it"
    create(medialive, channel, action("x", NOW, "PauseState"))


def test_deleting_the_schedule_leaves_the_channel_as_it_is(medialive: Any, channel: str) -> None:
    create(medialive, channel, action("x", NOW, "MotionGraphicsImageActivate", Url="https://a.org"))
    medialive.delete_schedule(ChannelId=channel)
    assert names(medialive, channel) == []
    assert pipelines(medialive, channel, "ActiveMotionGraphicsActionName") == ["x", "x"]


@pytest.mark.parametrize("operation", ["describe_schedule", "delete_schedule"])
def test_a_channel_that_is_none_has_no_schedule(medialive: Any, operation: str) -> None:
    with pytest.raises(ClientError) as caught:
        getattr(medialive, operation)(ChannelId="999")
    assert caught.value.response["Error"]["Code"] == "NotFoundException"


def test_a_schedule_survives_a_restart_and_acts_after_it(tmp_path: Path) -> None:
    clock = Clock(Latency.named("instant"), now=lambda: 1_800_000_000.0)
    file = tmp_path / "state"
    with EmbeddedAws(state_file=file, clock=clock) as aws:
        medialive = connect(aws.endpoint, "medialive")
        channel = made(medialive)
        started(medialive, channel)
        create(medialive, channel, switch("over", fixed(aws, 60), "backup"))
    with EmbeddedAws(state_file=file, clock=clock) as aws:
        medialive = connect(aws.endpoint, "medialive")
        assert names(medialive, channel) == ["over"]
        aws.advance(60)
        assert active(medialive, channel) == "backup"
