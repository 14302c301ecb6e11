"""Steps become what happens to destinations, and what their viewers notice of it."""

from __future__ import annotations

from typing import Any

import pytest

from lunora.plan.changes import changes
from lunora.plan.effect import Effect
from lunora.plan.preview import NoPreview, parse
from tests.lunora.plan.previews import CHANNEL, INPUT, STATE, destination, document, said, step

RUNNING, STOPPED, SCHEDULED = ({"state": s} for s in ("running", "stopped", "scheduled"))


def video(height: int, fps: int = 30, kbps: int = 4500, **more: Any) -> dict[str, Any]:
    h264 = {"framerateNumerator": fps, "framerateDenominator": 1, "bitrate": kbps * 1000, **more}
    one = {"width": height * 16 // 9, "height": height, "codecSettings": {"h264Settings": h264}}
    return {"encoderSettings": {"videoDescriptions": [one]}}


def channel(*paths: str, op: str = "update", **more: Any) -> dict[str, Any]:
    return step(CHANNEL, "one-channel", op, of="one", paths=paths, **more)


def run_state(was: Any, will: Any, *paths: str, op: str = "update") -> dict[str, Any]:
    return step(STATE, "one-state", op, of="one", old=was, new=will, paths=paths)


RESTART, REPLACEMENT = 128, 143

EFFECTS = {
    "a preset": (
        [
            channel("encoderSettings.videoDescriptions", old=video(1080), new=video(720, 60)),
            run_state(RUNNING, RUNNING, "revision"),
        ],
        Effect(
            "restarts",
            ("video 1920x1080 at 30 fps and 4500 kb/s becomes 1280x720 at 60 fps and 4500 kb/s",),
            interrupts=True,
            seconds=RESTART,
        ),
    ),
    "a detail of the video": (
        [
            channel("encoderSettings.videoDescriptions", old=video(1080), new=video(1080, gop=3)),
            run_state(RUNNING, RUNNING, "revision"),
        ],
        Effect("restarts", ("video encoding",), interrupts=True, seconds=RESTART),
    ),
    "video of another form": (
        [
            channel("encoderSettings.videoDescriptions[0]", old={}, new=video(1080)),
            run_state(RUNNING, RUNNING, "revision"),
        ],
        Effect("restarts", ("video encoding",), interrupts=True, seconds=RESTART),
    ),
    "several things, each said once, and tags not at all": (
        [
            channel(
                "tags.Owner",
                "destinations[0].settings",
                "encoderSettings.audioDescriptions[0]",
                "encoderSettings.outputGroups[0]",
                "encoderSettings.outputGroups[1]",
                "logLevel",
            ),
            run_state(RUNNING, RUNNING, "revision"),
        ],
        Effect(
            "restarts",
            ("ingest or stream key", "audio encoding", "retry or output settings", "settings"),
            interrupts=True,
            seconds=RESTART,
        ),
    ),
    "a key that shows nowhere": (
        [run_state(RUNNING, RUNNING, "revision")],
        Effect("restarts", ("its settings or its key",), interrupts=True, seconds=RESTART),
    ),
    "another flow": (
        [
            step(INPUT, "one-input", "update", of="one", paths=["securityGroupIds[0]"]),
            run_state(RUNNING, RUNNING, "revision"),
        ],
        Effect("restarts", ("the flow that feeds it",), interrupts=True, seconds=RESTART),
    ),
    "a replacement": (
        [
            channel(op="delete-replaced", old={}),
            channel("channelClass", op="create-replacement", old={}, new={}),
            run_state(RUNNING, None, op="delete-replaced"),
            run_state(None, RUNNING, op="create-replacement"),
        ],
        Effect("is replaced", ("redundancy",), interrupts=True, seconds=REPLACEMENT),
    ),
    "a scheduled channel": (
        [channel("roleArn"), run_state(SCHEDULED, SCHEDULED, "revision")],
        Effect("restarts, if on air", ("the channels' role",), interrupts=True, seconds=RESTART),
    ),
    "a stop": (
        [run_state(RUNNING, STOPPED, "state")],
        Effect("stops", ("it was declared running",), interrupts=True),
    ),
    "a start": (
        [run_state(STOPPED, RUNNING, "state")],
        Effect("is running", ("it was declared stopped",), interrupts=False),
    ),
    "a schedule": (
        [run_state(RUNNING, SCHEDULED, "state", "schedule")],
        Effect("is scheduled", ("it was declared running",), interrupts=True),
    ),
    "somebody stopped it by hand": (
        [run_state(RUNNING, RUNNING, "state")],
        Effect("starts", ("it is declared running, but does not run",), interrupts=False),
    ),
    "a preset of what is stopped": (
        [channel("encoderSettings"), run_state(STOPPED, STOPPED, "revision")],
        None,
    ),
    "tags": ([channel("tags.Owner")], None),
}


@pytest.mark.parametrize("case", EFFECTS)
def test_viewers_notice(case: str) -> None:
    steps, expected = EFFECTS[case]
    found = changes(parse(document(destination("one", "same"), *steps)))
    assert [(one.name, one.kind) for one in found.destinations] == [("one", "changed")]
    assert found.destinations[0].effect == expected
    interrupts = expected is not None and expected.interrupts
    assert [one.name for one in found.interrupted] == (["one"] if interrupts else [])


@pytest.mark.parametrize(("op", "kind"), [("create", "created"), ("delete", "removed")])
def test_a_whole_destination_comes_or_goes(op: str, kind: Any) -> None:
    found = changes(parse(document(step(STATE, "one-state", op, of="one"), destination("one", op))))
    (one,) = found.of_kind(kind)
    assert [(part.what, part.kind) for part in one.parts] == [("run state", kind)]
    assert one.effect is None
    assert found.interrupted == ()


def test_what_stays_is_left_out() -> None:
    found = changes(parse(document(destination("one", "same"), channel(op="same"))))
    assert (found.destinations, found.others) == ((), ())


def test_a_resource_deep_in_a_destination_is_its_own() -> None:
    alarms = step("lunora:index:Alarms", "one-alarms", "same", of="one")
    alarm = step("aws:cloudwatch/metricAlarm:MetricAlarm", "one-input-lost", "create")
    alarm["newState"]["parent"] = alarms["urn"]
    (one,) = changes(parse(document(destination("one", "same"), alarms, alarm))).destinations
    assert [(part.what, part.name) for part in one.parts] == [("alarm", "one-input-lost")]


def test_what_is_shared_is_listed_apart_from_what_goes_without_saying() -> None:
    topic = "aws:sns/topic:Topic"
    found = changes(
        parse(
            document(
                step("livestream:index:Roster", "roster", "update"),
                step(topic, "alerts", "update"),
            )
        )
    )
    assert found.destinations == ()
    assert [(part.what, part.kind) for part in found.others] == [("Topic", "changed")]


@pytest.mark.parametrize("text", ["", "no json", "[]", '{"steps": 1}'])
def test_what_is_no_preview_is_one_sentence(text: str) -> None:
    with pytest.raises(NoPreview, match="this is no document of `pulumi preview --json`"):
        parse(text)


@pytest.mark.parametrize(("severity", "failed"), [("error", True), ("warning", False)])
def test_an_error_makes_a_preview_fail(severity: str, failed: Any) -> None:
    assert parse(document(diagnostics=[said(severity, "something")])).failed is failed
