"""Each reading of a disputed behaviour of MediaLive, over the wire."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from catalog.errors import LunoraError, error_codes
from localaws.__main__ import app
from localaws.medialive.readings import DISPUTED, Readings
from localaws.server import EmbeddedAws
from tests.support.medialive import (
    SCHEDULE_FEATURES,
    channel_request,
    idle_channel,
    push_input,
    settle,
)

Choose = Callable[..., None]


@pytest.fixture
def choose(embedded: EmbeddedAws) -> Choose:
    """Choose a reading for the rest of the test."""

    def choose(name: str, reading: str) -> None:
        embedded.readings.choose({name: reading})

    return choose


def status(call: Callable[[], Any]) -> int:
    try:
        return int(call()["ResponseMetadata"]["HTTPStatusCode"])
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"])


def state(medialive: Any, channel_id: str) -> str:
    return str(medialive.describe_channel(ChannelId=channel_id)["State"])


def started(medialive: Any, channel_id: str) -> None:
    medialive.start_channel(ChannelId=channel_id)
    settle(lambda: state(medialive, channel_id), "RUNNING")


@pytest.mark.parametrize(("reading", "expected"), [("conflict", 409), ("accepted", 200)])
def test_stop_idle(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("stop-idle", reading)
    channel_id = idle_channel(medialive)
    assert status(lambda: medialive.stop_channel(ChannelId=channel_id)) == expected
    assert state(medialive, channel_id) == "IDLE"


@pytest.mark.parametrize(("reading", "kept"), [("gone", ["b"]), ("kept", ["a", "b"])])
def test_image_after_stop(
    embedded: EmbeddedAws, medialive: Any, choose: Choose, reading: str, kept: list[str]
) -> None:
    choose("image-after-stop", reading)
    request = channel_request(push_input(medialive))
    request["EncoderSettings"] |= SCHEDULE_FEATURES
    request["EncoderSettings"]["OutputGroups"][0]["Outputs"][0]["OutputName"] = "main"
    channel_id = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: state(medialive, channel_id), "IDLE")

    def show(name: str, layer: int) -> None:
        image = {"Image": {"Uri": f"s3://bucket/{name}.png"}, "OutputNames": ["main"]}
        action = {
            "ActionName": name,
            "ScheduleActionSettings": {
                "StaticImageOutputActivateSettings": {**image, "Layer": layer}
            },
            "ScheduleActionStartSettings": {"ImmediateModeScheduleActionStartSettings": {}},
        }
        medialive.batch_update_schedule(ChannelId=channel_id, Creates={"ScheduleActions": [action]})

    started(medialive, channel_id)
    show("a", 0)
    medialive.stop_channel(ChannelId=channel_id)
    settle(lambda: state(medialive, channel_id), "IDLE")
    # On an idle channel an action waits for the start.
    show("b", 1)
    embedded.clock.advance(1)
    started(medialive, channel_id)
    embedded.settle()
    images = embedded.medialive().region.schedules[channel_id].images
    assert [images[layer, "main"]["Image"]["Uri"][12:13] for layer, _ in sorted(images)] == kept


@pytest.mark.parametrize(("reading", "expected"), [("unprocessable", 422), ("ignored", 200)])
def test_delete_unknown_action(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("delete-unknown-action", reading)
    channel_id, unknown = idle_channel(medialive), {"ActionNames": ["none"]}
    update = medialive.batch_update_schedule
    assert status(lambda: update(ChannelId=channel_id, Deletes=unknown)) == expected


@pytest.mark.parametrize(("reading", "expected"), [("bad-request", 400), ("empty", 200)])
def test_thumbnails_idle(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("thumbnails-idle", reading)
    about = {"PipelineId": "0", "ThumbnailType": "CURRENT_ACTIVE"}
    channel_id = idle_channel(medialive)
    assert status(lambda: medialive.describe_thumbnails(ChannelId=channel_id, **about)) == expected


@pytest.mark.parametrize(("reading", "expected"), [("conflict", 409), ("accepted", 200)])
def test_delete_stopping(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("delete-stopping", reading)
    channel_id = idle_channel(medialive)
    started(medialive, channel_id)
    assert status(lambda: medialive.delete_channel(ChannelId=channel_id)) == 409
    medialive.stop_channel(ChannelId=channel_id)
    assert status(lambda: medialive.delete_channel(ChannelId=channel_id)) == expected
    assert state(medialive, channel_id) == ("DELETING" if expected == 200 else "STOPPING")


@pytest.mark.parametrize(("reading", "expected"), [("conflict", 409), ("accepted", 200)])
def test_start_running(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("start-running", reading)
    channel_id = idle_channel(medialive)
    medialive.start_channel(ChannelId=channel_id)
    assert status(lambda: medialive.start_channel(ChannelId=channel_id)) == expected
    settle(lambda: state(medialive, channel_id), "RUNNING")
    assert status(lambda: medialive.start_channel(ChannelId=channel_id)) == expected
    assert state(medialive, channel_id) == "RUNNING"


@pytest.mark.parametrize("reading", ["kept", "removed"])
def test_role_omitted(
    medialive: Any, client: Callable[[str], Any], choose: Choose, reading: str
) -> None:
    choose("role-omitted", reading)
    trust = (
        '{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",'
        ' "Principal": {"Service": "medialive.amazonaws.com"}}]}'
    )
    made = client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)
    role = made["Role"]["Arn"]
    channel_id = idle_channel(medialive, RoleArn=role)
    medialive.update_channel(ChannelId=channel_id, Name="renamed", RoleArn=role)
    settle(lambda: state(medialive, channel_id), "IDLE")
    assert medialive.describe_channel(ChannelId=channel_id)["RoleArn"] == role
    medialive.update_channel(ChannelId=channel_id, Name="again")
    kept = medialive.describe_channel(ChannelId=channel_id).get("RoleArn")
    assert kept == (role if reading == "kept" else None)


@pytest.mark.parametrize(
    ("reading", "expected"), [("deleted", 201), ("conflict", 409), ("new", 201)]
)
def test_repeated_request(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("repeated-request", reading)
    request = channel_request(push_input(medialive), RequestId="same")
    first = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: state(medialive, first), "IDLE")
    medialive.delete_channel(ChannelId=first)
    settle(lambda: state(medialive, first), "DELETED")
    assert status(lambda: medialive.create_channel(**request)) == expected
    shown = medialive.list_channels()["Channels"]
    assert len(shown) == (1 if reading == "new" else 0)


@pytest.mark.parametrize(
    ("reading", "idle", "running"),
    [("checked", 200, 200), ("idle-only", 200, 409), ("refused", 400, 400)],
)
def test_update_dry_run(
    medialive: Any, choose: Choose, reading: str, idle: int, running: int
) -> None:
    choose("update-dry-run", reading)
    channel_id = idle_channel(medialive)
    about = {"ChannelId": channel_id, "Name": "renamed", "DryRun": True}
    assert status(lambda: medialive.update_channel(**about)) == idle
    started(medialive, channel_id)
    assert status(lambda: medialive.update_channel(**about)) == running
    shown = medialive.describe_channel(ChannelId=channel_id)
    assert (shown["State"], shown["Name"]) == ("RUNNING", "one")


@pytest.mark.parametrize(("reading", "expected"), [("accepted", 200), ("conflict", 409)])
def test_maintenance_on_air(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("maintenance-on-air", reading)
    channel_id = idle_channel(medialive)
    window = {"MaintenanceDay": "TUESDAY", "MaintenanceStartTime": "04:00"}
    about = {"ChannelId": channel_id, "Maintenance": window}
    assert status(lambda: medialive.update_channel(**about)) == 200
    settle(lambda: state(medialive, channel_id), "IDLE")
    started(medialive, channel_id)
    assert status(lambda: medialive.update_channel(**about)) == expected


@pytest.mark.parametrize(("reading", "expected"), [("conflict", 409), ("bad-request", 400)])
def test_input_busy(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("input-busy", reading)
    idle_channel(medialive)
    (item,) = medialive.list_inputs()["Inputs"]
    assert status(lambda: medialive.delete_input(InputId=item["Id"])) == expected


@pytest.mark.parametrize(("reading", "expected"), [("conflict", 409), ("bad-request", 400)])
def test_group_in_use(medialive: Any, choose: Choose, reading: str, expected: int) -> None:
    choose("group-in-use", reading)
    (group,) = medialive.describe_input(InputId=push_input(medialive))["SecurityGroups"]
    about = {"InputSecurityGroupId": group}
    assert status(lambda: medialive.delete_input_security_group(**about)) == expected


@pytest.mark.parametrize("reading", ["as-given", "filled"])
def test_empty_lists(medialive: Any, choose: Choose, reading: str) -> None:
    choose("empty-lists", reading)
    shown = medialive.describe_channel(ChannelId=idle_channel(medialive))
    settings = shown["InputAttachments"][0]["InputSettings"]
    output = shown["EncoderSettings"]["OutputGroups"][0]["Outputs"][0]
    expected: list[Any] | None = [] if reading == "filled" else None
    assert settings.get("CaptionSelectors") == expected
    assert output.get("CaptionDescriptionNames") == expected
    assert output["AudioDescriptionNames"] == ["audio"]


@pytest.mark.parametrize("reading", ["as-given", "filled"])
def test_input_settings_and_restart_delay(medialive: Any, choose: Choose, reading: str) -> None:
    choose("input-settings", reading)
    choose("restart-delay", reading)
    shown = medialive.describe_channel(ChannelId=idle_channel(medialive))
    settings = shown["InputAttachments"][0]["InputSettings"]
    group = shown["EncoderSettings"]["OutputGroups"][0]["OutputGroupSettings"]
    filled = reading == "filled"
    assert settings.get("InputFilter") == ("AUTO" if filled else None)
    assert group["RtmpGroupSettings"].get("RestartDelay") == (15 if filled else None)


@pytest.mark.parametrize("reading", ["as-given", "filled"])
def test_m2ts_settings(medialive: Any, choose: Choose, reading: str) -> None:
    choose("m2ts-settings", reading)
    request = channel_request(push_input(medialive))
    (group,) = request["EncoderSettings"]["OutputGroups"]
    group["OutputGroupSettings"] = {
        "ArchiveGroupSettings": {"Destination": {"DestinationRefId": "rtmp"}}
    }
    request["Destinations"][0]["Settings"] = [{"Url": "s3://recordings/one"}]
    group["Outputs"][0]["OutputSettings"] = {
        "ArchiveOutputSettings": {"ContainerSettings": {"M2tsSettings": {"RateMode": "VBR"}}}
    }
    made = medialive.create_channel(**request)["Channel"]
    (shown,) = made["EncoderSettings"]["OutputGroups"]
    m2ts = shown["Outputs"][0]["OutputSettings"]["ArchiveOutputSettings"]["ContainerSettings"]
    archive = shown["OutputGroupSettings"]["ArchiveGroupSettings"]
    filled = reading == "filled"
    assert (m2ts["M2tsSettings"]["RateMode"], m2ts["M2tsSettings"]["VideoPid"]) == ("VBR", "481")
    assert m2ts["M2tsSettings"].get("Arib") == ("DISABLED" if filled else None)
    assert archive.get("RolloverInterval") == (300 if filled else None)


@pytest.mark.parametrize(
    ("reading", "name"), [("emptied", None), ("whole", "one"), ("gone", "one")]
)
def test_deleted_shown(
    embedded: EmbeddedAws, medialive: Any, choose: Choose, reading: str, name: str | None
) -> None:
    choose("deleted-shown", reading)
    about = {"InputId": push_input(medialive)}
    before = medialive.describe_input(**about)
    group = {"InputSecurityGroupId": before["SecurityGroups"][0]}
    medialive.delete_input(**about)
    settle(lambda: medialive.describe_input(**about)["State"], "DELETED")
    medialive.delete_input_security_group(**group)
    assert medialive.describe_input_security_group(**group)["State"] == "DELETED"
    shown = medialive.describe_input(**about)
    assert (shown.get("Name"), shown["AttachedChannels"]) == (name, [])
    assert medialive.list_tags_for_resource(ResourceArn=before["Arn"])["Tags"] == {}
    embedded.advance(60.0)
    for call in (
        lambda: medialive.describe_input(**about),
        lambda: medialive.describe_input_security_group(**group),
        lambda: medialive.delete_input(**about),
        lambda: medialive.list_tags_for_resource(ResourceArn=before["Arn"]),
    ):
        assert status(call) == (404 if reading == "gone" else 200)


def test_every_behaviour_is_tried_in_every_reading() -> None:
    text = "".join(name.removeprefix("test_").replace("_", "-") for name in globals())
    # tests/media tries what takes real video.
    without_video = [n for n, item in DISPUTED.items() if "real video" not in item["about"]]
    assert [name for name in without_video if name not in text] == []


def test_the_constructor_takes_readings_and_reset_returns_to_them() -> None:
    with EmbeddedAws(readings={"role-omitted": "removed"}) as aws:
        aws.readings.choose({"role-omitted": "kept", "stop-idle": "accepted"})
        aws.reset()
        in_force = aws.readings.in_force()
    assert (in_force["role-omitted"], in_force["stop-idle"]) == ("removed", "conflict")


@pytest.mark.parametrize("chosen", [{"weather": "fine"}, {"stop-idle": "maybe"}])
def test_an_unknown_reading_is_refused(chosen: dict[str, str]) -> None:
    with pytest.raises(LunoraError, match=r"^LUN514"):
        Readings(chosen)


def test_each_default_is_one_of_its_readings() -> None:
    for behaviour in DISPUTED.values():
        assert behaviour["default"] in behaviour["readings"]
        assert behaviour["sources"].keys() <= set(behaviour["readings"])


@pytest.fixture
def put(embedded: EmbeddedAws) -> Iterator[Callable[[Any], tuple[int, dict[str, str]]]]:
    """Put readings at the control address."""

    def put(body: Any) -> tuple[int, dict[str, str]]:
        request = urllib.request.Request(  # noqa: S310 - http on loopback
            f"{embedded.endpoint}/_localaws/readings",
            method="PUT",
            data=json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310 - http on loopback
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    yield put
    embedded.readings.reset()


def test_readings_are_chosen_at_the_control_address(put: Any, medialive: Any) -> None:
    code, in_force = put({"stop-idle": "accepted"})
    assert (code, in_force["stop-idle"]) == (200, "accepted")
    channel_id = idle_channel(medialive)
    assert status(lambda: medialive.stop_channel(ChannelId=channel_id)) == 200
    code, refusal = put({"stop-idle": "maybe"})
    assert (code, refusal["message"].partition(":")[0]) == (400, "LUN514")
    assert put([])[0] == 400


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["serve", "--port", "0", "--reading", "stop-idle=maybe"], "LUN514"),
        (["serve", "--port", "0", "--reading", "weather=fine"], "LUN514"),
        (["serve", "--port", "0", "--quota", "chanels=20"], "LUN514"),
        (["serve", "--port", "0", "--quota", "channels=many"], "LUN514"),
        (["serve", "--port", "0", "--latency", "dawdling"], "LUN514"),
        (["serve", "--port", "0", "--faults", "none.yaml"], "LUN513"),
        (["faults", "none.yaml"], "LUN513"),
        (["trigger", "dies", "*", "--port", "1"], "LUN511"),
        (["faults", "--port", "1"], "LUN511"),
    ],
)
def test_a_command_refuses_nonsense_by_its_code(words: list[str], code: str) -> None:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == error_codes()[code].exit_code
    assert result.stderr.startswith(f"{code}: ")


def test_a_taken_port_has_a_code(embedded: EmbeddedAws) -> None:
    result = CliRunner().invoke(app, ["serve", "--port", embedded.endpoint.rpartition(":")[2]])
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("LUN510: ")


@pytest.mark.parametrize(
    ("words", "code"), [(("dies", "nobody"), "LUN518"), (("boredom", "*"), "LUN514")]
)
def test_a_trigger_without_effect_has_a_code(
    embedded: EmbeddedAws, words: tuple[str, str], code: str
) -> None:
    port = embedded.endpoint.rpartition(":")[2]
    result = CliRunner().invoke(app, ["trigger", *words, "--port", port])
    assert result.exit_code == 1
    assert json.loads(result.stderr)["message"].startswith(f"{code}: ")
