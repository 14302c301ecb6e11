"""Actions of a schedule happen at their times, however rarely anybody looks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from localaws.clock import Clock, Latency
from localaws.medialive.backend import MediaLive
from localaws.medialive.service import Region
from localaws.quotas import Quotas
from tests.support.medialive import channel_request

Members = dict[str, Any]
INPUTS = ("live", "film", "trailer")
END = 400


def fixed(seconds: int) -> Members:
    time = dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"FixedModeScheduleActionStartSettings": {"Time": time}}


SETTINGS = st.one_of(
    st.builds(
        lambda name: {"InputSwitchSettings": {"InputAttachmentNameReference": name}},
        st.sampled_from(INPUTS),
    ),
    st.builds(
        lambda numbers: {
            "PauseStateSettings": {"Pipelines": [{"PipelineId": f"PIPELINE_{n}"} for n in numbers]}
        },
        st.sets(st.sampled_from([0, 1])),
    ),
    st.builds(
        lambda seconds: {"MotionGraphicsImageActivateSettings": {"Duration": seconds * 1000}},
        st.integers(0, 60),
    ),
    st.just({"MotionGraphicsImageDeactivateSettings": {}}),
    st.builds(
        lambda layer, seconds: {
            "StaticImageActivateSettings": {
                "Image": {"Uri": "s3://bucket/a.png"},
                "Layer": layer,
                "Duration": seconds * 1000,
            }
        },
        st.integers(0, 1),
        st.integers(0, 60),
    ),
    st.builds(lambda layer: {"StaticImageDeactivateSettings": {"Layer": layer}}, st.integers(0, 1)),
)
# The second of each action; what is due at the same time happens in the order of creation.
ACTIONS = st.lists(st.tuples(st.integers(15, 300), SETTINGS), max_size=8)
FOLLOWS = st.booleans()


def started(now: list[float]) -> tuple[MediaLive, str]:
    clock = Clock(Latency.named("instant"), now=lambda: now[0])
    medialive = MediaLive(Region("us-west-2", clock, Quotas(), lambda _: None))
    attached = []
    for name in INPUTS:
        url = f"https://example.org/{name}"
        item = medialive.create_input(
            {"Name": name, "Type": "MP4_FILE", "Sources": [{"Url": url}, {"Url": url}]}
        )["Input"]["Id"]
        medialive.describe_input({"InputId": item})
        attached.append({"InputAttachmentName": name, "InputId": item})
    request = channel_request(attached[0]["InputId"], ChannelClass="STANDARD")
    request["InputAttachments"] = attached
    request["Destinations"][0]["Settings"] *= 2
    request["EncoderSettings"]["MotionGraphicsConfiguration"] = {
        "MotionGraphicsInsertion": "ENABLED",
        "MotionGraphicsSettings": {},
    }
    channel = medialive.create_channel(request)["Channel"]["Id"]
    about = {"ChannelId": channel}
    for act in ("describe", "describe", "start", "describe", "describe"):
        getattr(medialive, f"{act}_channel")(about)
    return medialive, channel


def outcome(actions: list[Members], step: int) -> Any:
    """Return all that has happened by the end, to who looks every *step* seconds."""
    now = [0.0]
    medialive, channel = started(now)
    medialive.batch_update_schedule({"ChannelId": channel, "Creates": {"ScheduleActions": actions}})
    for second in range(step, END + 1, step):
        now[0] = float(second)
        medialive.region.settle(looking=False)
    region = medialive.region
    return (
        medialive.describe_channel({"ChannelId": channel})["PipelineDetails"],
        [change for _, change in region.switched],
        region.channels[channel].history,
        region.schedules[channel].images,
    )


@given(ACTIONS, FOLLOWS)
def test_what_happens_does_not_depend_on_who_looks(
    chosen: list[tuple[int, Members]],
    follows: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    actions = [
        {
            "ActionName": str(number),
            "ScheduleActionStartSettings": fixed(second),
            "ScheduleActionSettings": settings,
        }
        for number, (second, settings) in enumerate(chosen)
    ]
    switches = [
        action for action in actions if "InputSwitchSettings" in action["ScheduleActionSettings"]
    ]
    if follows and switches:
        follow = {"ReferenceActionName": switches[0]["ActionName"], "FollowPoint": "END"}
        actions.append(
            {
                "ActionName": "next",
                "ScheduleActionStartSettings": {"FollowModeScheduleActionStartSettings": follow},
                "ScheduleActionSettings": {
                    "InputSwitchSettings": {"InputAttachmentNameReference": "trailer"}
                },
            }
        )
    often, rarely = outcome(actions, 16), outcome(actions, END)
    assert often == rarely
    times = [moment.time for moment in rarely[2]]
    assert times == sorted(times)
