"""`lunora doctor` and `lunora backup`: what is found, what is removed, what is kept."""

from __future__ import annotations

import datetime as dt
import json
import stat
import tarfile
from pathlib import Path
from typing import Any

import pytest

from catalog import alarms, cost, encoder, import_manifest, names
from catalog.channel_members import channel_members
from catalog.encoder import DestinationSecrets
from catalog.errors import ExitCode
from catalog.flow_source import FlowSource
from catalog.loader import load
from catalog.prices import prices
from localaws.faults import FaultPlan
from lunora import pulumi_cli
from lunora.ops.backup import STATE, backup
from lunora.ops.inventory.managed_resource import ManagedResource
from lunora.ops.orphans import Orphan, orphans
from tests.support.alarms import ALARM
from tests.support.import_manifest import entry_with
from tests.support.medialive import idle_channel
from tests.support.stage import TAGS, Stage, run

OF = ("lunora-player", "local")
ROLE = "lunora-player-local-medialive"
SECRET = {
    "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
    "ciphertext": "v1:made:up",
}


class Pulumi:
    """A Pulumi CLI that answers what it is told to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.says("version", "v3.276.0\n")
        self.says("plugin", '[{"name": "aws", "kind": "resource", "version": "7.1.0"}]')
        self.holds()
        program = folder / "pulumi"
        program.write_text(f'#!/bin/sh\ncat "{folder}/$1.out"\n')
        program.chmod(0o755)

    def says(self, verb: str, text: str) -> None:
        (self._folder / f"{verb}.out").write_text(text)

    def holds(self, *resources: dict[str, Any]) -> None:
        self.says("stack", json.dumps({"version": 3, "deployment": {"resources": resources}}))

    def breaks(self, sentence: str) -> None:
        (self._folder / "pulumi").write_text(f'#!/bin/sh\necho "error: {sentence}" >&2\nexit 255\n')


@pytest.fixture
def pulumi(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Pulumi:
    folder = tmp_path_factory.mktemp("bin")
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return Pulumi(folder)


@pytest.fixture
def healthy(stage: Stage, pulumi: Pulumi) -> Stage:
    """One live stream with everything the doctor wants."""
    plugin = stage.folder / "provider/pulumi-resource-livestream"
    plugin.parent.mkdir()
    plugin.touch()
    stage.destination("main-stage")
    put_parameter(stage, "main-stage")
    stage.stack.aws().client("iam").create_role(
        RoleName=ROLE, AssumeRolePolicyDocument=trusting("medialive.amazonaws.com")
    )
    put_monitoring(stage, "main-stage")
    stage.aws.clock.advance(600)
    return stage


def put_monitoring(stage: Stage, name: str) -> None:
    """Create the alarms of the channel of *name*."""
    (spec,) = load(stage.folder / "destinations").specs
    origin = names.physical_name(*OF, name)
    cloudwatch = stage.stack.aws().client("cloudwatch")
    own_tags = [
        {"Key": key, "Value": value} for key, value in {**TAGS, "Destination": name}.items()
    ]
    for alarm in sorted(alarms.channel_alarm_names(origin, spec, alarms.OWN_NAMES)):
        cloudwatch.put_metric_alarm(AlarmName=alarm, **ALARM, Tags=own_tags)
    cloudwatch.put_composite_alarm(AlarmName=origin, AlarmRule="FALSE", Tags=own_tags)
    for alarm in ("flow-main-source-lost", *alarms.function_alarms("watchdog")):
        shared = [{"Key": key, "Value": value} for key, value in TAGS.items()]
        cloudwatch.put_metric_alarm(AlarmName=names.physical_name(*OF, alarm), **ALARM, Tags=shared)


def put_parameter(stage: Stage, name: str) -> str:
    """Store the key of the destination *name*; returns the name of the parameter."""
    parameter, tags = names.parameter_name(*OF, name), {**TAGS, "Destination": name}
    stage.stack.aws().client("ssm").put_parameter(
        Name=parameter,
        Value=stage.keys[name],
        Type="SecureString",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    return parameter


def trusting(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def diagnosed(*, exit_code: int = 0) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Return what `lunora doctor --json` says: checks by what they are about, and orphans."""
    result = run("doctor", "--json")
    assert result.exit_code == exit_code, result.output
    document = json.loads(result.stdout)
    assert list(document) == ["checks", "orphans"]
    return {check["about"]: check for check in document["checks"]}, document["orphans"]


def test_everything_is_looked_at(healthy: Stage) -> None:
    checks, left = diagnosed()
    assert set(checks) == {
        "python",
        "pulumi",
        "plugin aws",
        "plugin livestream",
        "credentials",
        "region",
        "role",
        "quota",
        "flow",
        "drift main-stage",
        "output main-stage",
        "monitoring main-stage",
        "monitoring flow main",
        "monitoring us-west-2",
        "redundancy main-stage",
    }
    assert left == []
    assert not [check for check in checks.values() if check["severity"] == "critical"]


def test_a_destination_that_is_always_on_with_one_pipeline_is_named_with_a_price(
    healthy: Stage,
) -> None:
    healthy.declare(
        "at-night",
        "schedule: {timezone: UTC, windows: [{days: [mon], start: '20:00', stop: '22:00'}]}",
    )
    healthy.declare("off", "state: stopped")
    url = "backup_url: rtmp://two.example.org/live"
    healthy.declare("twice", "redundancy: standard", url)
    checks, _ = diagnosed(exit_code=1)
    named = [about for about in checks if about.startswith("redundancy")]
    assert named == ["redundancy main-stage"]
    specs = {spec.name: spec for spec in load(healthy.folder / "destinations").specs}
    single, standard = (
        cost.estimate(specs[name], prices("us-west-2"), FlowSource()).monthly_usd
        for name in ("main-stage", "twice")
    )
    assert f" for ${standard - single:,.2f} a month" in checks[named[0]]["finding"]


def test_a_wrong_file_does_not_hide_the_checks_of_the_account(healthy: Stage) -> None:
    (healthy.folder / "destinations/broken.yaml").write_text("platform: nowhere\n")
    result = run("doctor", "--json", "--remove", "--yes")
    assert result.exit_code == ExitCode.INVALID_INPUT
    assert "LUN110" in result.stderr
    diagnosis = json.loads(result.stdout)
    subjects = {check["about"] for check in diagnosis["checks"]}
    assert {"credentials", "role", "flow", "quota"} <= subjects
    assert not [about for about in subjects if about.startswith(("drift", "output"))]
    assert diagnosis["orphans"] is None
    assert "left over" not in run("doctor").stdout
    assert healthy.medialive.list_channels()["Channels"]


def test_people_see_a_line_for_each_check(healthy: Stage) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert ["role", "ok", f"{ROLE} trusts medialive.amazonaws.com"] in [
        [word.strip() for word in line] for line in lines
    ]
    assert result.stdout.endswith("nothing is left over\n")


def test_an_old_engine_or_none_is_told(healthy: Stage, pulumi: Pulumi) -> None:
    pulumi.says("version", "v3.100.0\n")
    assert diagnosed(exit_code=1)[0]["pulumi"]["finding"] == (
        "3.100.0 is too old; install 3.276 or newer"
    )
    pulumi.breaks("no such thing")
    checks, _ = diagnosed(exit_code=1)
    assert "LUN410" in checks["pulumi"]["finding"]
    assert "LUN410" in checks["state"]["finding"]


def test_without_a_cli_the_doctor_still_looks_at_the_rest(
    healthy: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    checks, _ = diagnosed(exit_code=1)
    assert checks["pulumi"]["finding"].startswith("LUN411: ")
    assert checks["flow"]["severity"] == "ok"


def test_a_plugin_that_is_not_installed_is_a_warning(healthy: Stage, pulumi: Pulumi) -> None:
    pulumi.says("plugin", "[]")
    assert diagnosed()[0]["plugin aws"]["severity"] == "warning"


def test_a_warning_fails_only_a_strict_look(healthy: Stage, pulumi: Pulumi) -> None:
    pulumi.says("plugin", "[]")
    assert run("doctor").exit_code == 0
    assert run("doctor", "--strict").exit_code == 1


def test_a_plugin_of_ours_that_is_not_there_is_told(healthy: Stage) -> None:
    (healthy.folder / "provider/pulumi-resource-livestream").unlink()
    assert diagnosed(exit_code=1)[0]["plugin livestream"]["severity"] == "critical"


def test_a_role_that_medialive_may_not_assume_is_told(healthy: Stage) -> None:
    iam = healthy.stack.aws().client("iam")
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=trusting("ec2.amazonaws.com"))
    assert "does not trust" in diagnosed(exit_code=1)[0]["role"]["finding"]
    iam.delete_role(RoleName=ROLE)
    assert "does not exist" in diagnosed(exit_code=1)[0]["role"]["finding"]


def test_a_full_quota_is_a_warning(healthy: Stage) -> None:
    for number in range(4):
        idle_channel(healthy.medialive, f"other-{number}")
    checks, _ = diagnosed()
    assert checks["quota"]["severity"] == "warning"
    assert "are taken; ask for more in Service Quotas" in checks["quota"]["finding"]


def test_a_lost_source_is_told(healthy: Stage) -> None:
    healthy.aws.trigger("source-lost", "*-srt-router")
    healthy.aws.clock.advance(150)
    assert "no source arrives" in diagnosed(exit_code=1)[0]["flow"]["finding"]


def test_a_check_that_aws_refuses_says_so_and_keeps_none_of_the_others(
    healthy: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    broken = {"operation": "medialive:DescribeChannel", "fault": "error"}
    healthy.aws.load_faults(FaultPlan.model_validate({"calls": [broken]}))
    checks, _ = diagnosed(exit_code=1)
    assert checks["drift"]["finding"].startswith("DescribeChannel answered InternalServer")
    assert checks["flow"]["severity"] == "ok"


def drift() -> tuple[str, str]:
    """Return severity and finding of the check of the destination."""
    checks = {
        check["about"]: check for check in json.loads(run("doctor", "--json").stdout)["checks"]
    }
    check = checks["drift main-stage"]
    return check["severity"], check["finding"]


def as_declared(stage: Stage, **more: Any) -> None:
    """Give the channel the settings of its file, *more* of them otherwise."""
    (spec,) = load(stage.folder / "destinations").specs
    channel_id, name = stage.ids["main-stage"], f"lunora-player-local-{spec.name}"
    live = stage.medialive.describe_channel(ChannelId=channel_id)
    input_id = live["InputAttachments"][0]["InputId"]
    settings = {
        "RoleArn": f"arn:aws:iam::123456789012:role/{ROLE}",
        "Destinations": encoder.destinations(spec, DestinationSecrets(stage.keys[spec.name])),
        **channel_members(spec, {name: input_id}, FlowSource()),
    }
    stage.medialive.stop_channel(ChannelId=channel_id)
    stage.until("main-stage", "IDLE")
    stage.medialive.update_channel(ChannelId=channel_id, **{**settings, **more})
    stage.until("main-stage", "IDLE")


def test_a_channel_as_its_file_says_is_none(healthy: Stage) -> None:
    as_declared(healthy)
    assert drift() == ("ok", "it is as its file says")


def test_a_setting_that_was_changed_by_hand_is_named_with_its_path(healthy: Stage) -> None:
    specification = {"Codec": "HEVC", "Resolution": "HD", "MaximumBitrate": "MAX_20_MBPS"}
    as_declared(healthy, InputSpecification=specification)
    assert drift() == (
        "warning",
        "InputSpecification.Codec is HEVC and should be AVC; run `pulumi up`",
    )


def test_members_that_a_file_declares_are_compared_as_it_declares_them(healthy: Stage) -> None:
    generated = {"Codec": "AVC", "Resolution": "HD", "MaximumBitrate": "MAX_20_MBPS"}
    healthy.declare(
        "main-stage",
        "medialive:",
        "  LogLevel: DEBUG",
        "  InputSpecification: {Codec: HEVC}",
        "  InputAttachments: [{InputSettings: {DeblockFilter: ENABLED}}]",
    )
    as_declared(healthy)
    assert drift() == ("ok", "it is as its file says")
    healthy.medialive.update_channel(
        ChannelId=healthy.ids["main-stage"], LogLevel="ERROR", InputSpecification=generated
    )
    healthy.until("main-stage", "IDLE")
    severity, finding = drift()
    assert (severity, finding.endswith(" and 1 more; run `pulumi up`")) == ("warning", True)
    assert finding.startswith("InputSpecification.Codec is AVC and should be HEVC")


def test_a_maintenance_window_is_compared_where_one_is_declared(healthy: Stage) -> None:
    as_declared(healthy, Maintenance={"MaintenanceDay": "FRIDAY", "MaintenanceStartTime": "01:00"})
    assert drift() == ("ok", "it is as its file says")
    configuration = healthy.folder / "Pulumi.local.yaml"
    configuration.write_text(
        f'{configuration.read_text()}  lunora-player:maintenance: {{day: fri, start: "02:00"}}\n'
    )
    assert drift() == (
        "warning",
        "Maintenance.MaintenanceStartTime is 01:00 and should be 02:00; run `pulumi up`",
    )


def test_another_ingest_is_named_without_its_address(healthy: Stage) -> None:
    other = {"Url": "rtmp://ingest.example.org/app/key-in-a-url", "StreamName": "made-up"}
    as_declared(healthy, Destinations=[{"Id": "rtmp", "Settings": [other]}])
    assert drift() == ("warning", "it streams to another address; run `pulumi up`")
    assert "key-in-a-url" not in run("doctor").output


def test_another_stream_key_is_nothing_that_the_doctor_can_tell(healthy: Stage) -> None:
    (spec,) = load(healthy.folder / "destinations").specs
    as_declared(healthy, Destinations=encoder.destinations(spec, DestinationSecrets("another")))
    assert drift() == ("ok", "it is as its file says")


def test_parts_that_somebody_deleted_are_named(healthy: Stage) -> None:
    name = "lunora-player-local-main-stage"
    channel_id = healthy.ids["main-stage"]
    live = healthy.medialive.describe_channel(ChannelId=channel_id)
    healthy.medialive.stop_channel(ChannelId=channel_id)
    healthy.until("main-stage", "IDLE")
    healthy.medialive.delete_channel(ChannelId=channel_id)
    healthy.until("main-stage", "DELETED")
    assert drift() == ("critical", f"channel {name} missing; run `pulumi up`")
    healthy.medialive.delete_input(InputId=live["InputAttachments"][0]["InputId"])
    described = healthy.mediaconnect.describe_flow(FlowArn=healthy.flow_arn)["Flow"]
    (arn,) = (output["OutputArn"] for output in described["Outputs"])
    healthy.mediaconnect.remove_flow_output(FlowArn=healthy.flow_arn, OutputArn=arn)
    parameter = names.parameter_name(*OF, "main-stage")
    healthy.stack.aws().client("ssm").delete_parameter(Name=parameter)
    parts = f"channel {name}, input {name}, flow output {name} of main, parameter {parameter}"
    assert drift() == ("critical", f"{parts} missing; run `pulumi up --refresh`")


def test_alarms_that_somebody_deleted_are_named(healthy: Stage) -> None:
    origin = "lunora-player-local-main-stage"
    deleted = [origin, f"{origin}-0-no-signal"]
    healthy.stack.aws().client("cloudwatch").delete_alarms(AlarmNames=deleted)
    check = diagnosed()[0]["monitoring main-stage"]
    assert (check["severity"], check["finding"]) == (
        "warning",
        f"{', '.join(deleted)} missing; run `pulumi up --refresh`",
    )


def test_missing_alarms_of_flows_and_functions_are_named(healthy: Stage) -> None:
    cloudwatch = healthy.stack.aws().client("cloudwatch")
    flow = "lunora-player-local-flow-main"
    cloudwatch.delete_alarms(AlarmNames=[f"{flow}-source-lost"])
    cloudwatch.delete_alarms(AlarmNames=["lunora-player-local-watchdog-slow"])
    checks = diagnosed()[0]
    assert checks["monitoring flow main"]["severity"] == "warning"
    assert checks["monitoring flow main"]["finding"] == (
        f"{flow}-source-lost missing; run `pulumi up --refresh`"
    )
    assert checks["monitoring us-west-2"]["finding"] == (
        "lunora-player-local-watchdog-slow missing; run `pulumi up --refresh`"
    )
    healthy.analyse_content()
    analysed = diagnosed()[0]["monitoring flow main"]["finding"]
    parts = [f"{flow}-{name}" for name in ("black", "frozen", "silent")]
    missing = [flow, *(f"{part}-source" for part in parts), f"{flow}-source-lost"]
    assert analysed == f"{', '.join(sorted(missing))} missing; run `pulumi up --refresh`"


def test_alarms_of_schedules_and_of_srt_without_a_channel_are_looked_at(healthy: Stage) -> None:
    window = "{days: [mon], start: '20:00', stop: '22:00'}"
    healthy.declare("main-stage", f"schedule: {{timezone: UTC, windows: [{window}]}}")
    prefix = "lunora-player-local"
    assert diagnosed(exit_code=1)[0]["monitoring us-west-2"]["finding"] == (
        f"{prefix}-schedule-dropped, {prefix}-schedule-refused missing; run `pulumi up --refresh`"
    )
    (healthy.folder / "destinations/main-stage.yaml").write_text(
        "platform: custom\nroute: flow\nurl: srt://203.0.113.8:5000\n"
    )
    assert diagnosed()[0]["monitoring main-stage"]["finding"] == (
        f"{prefix}-main-stage-not-connected missing; run `pulumi up --refresh`"
    )


def test_a_channel_whose_audio_is_not_known_needs_no_alarm_on_it(healthy: Stage) -> None:
    (spec,) = load(healthy.folder / "destinations").specs
    unnamed = entry_with(spec, output_group="")
    text = import_manifest.text({"main-stage": unnamed})
    (healthy.folder / "adopted.local.json").write_text(text)
    alarm = "lunora-player-local-main-stage-0-silent-output"
    healthy.stack.aws().client("cloudwatch").delete_alarms(AlarmNames=[alarm])
    assert diagnosed(exit_code=1)[0]["monitoring main-stage"]["severity"] == "ok"


def test_a_change_by_hand_of_a_channel_as_found_is_told(healthy: Stage) -> None:
    (spec,) = load(healthy.folder / "destinations").specs
    live = healthy.medialive.describe_channel(ChannelId=healthy.ids["main-stage"])
    (target,) = live["Destinations"]
    named = {"name": live["Name"]}
    adopted = entry_with(
        spec,
        **named,
        destination=target["Id"],
        urls=tuple(setting["Url"] for setting in target["Settings"]),
        settings={"EncoderSettings": {"TimecodeConfig": {"Source": "ZEROBASED"}}},
    )
    parts = {
        "input": adopted.input.model_copy(update=named),
        "outputs": tuple(output.model_copy(update=named) for output in adopted.outputs),
    }
    text = import_manifest.text({"main-stage": adopted.model_copy(update=parts)})
    (healthy.folder / "adopted.local.json").write_text(text)
    difference = "EncoderSettings.TimecodeConfig.Source is SYSTEMCLOCK and should be ZEROBASED"
    assert drift() == ("warning", f"{difference}; run `pulumi up`")


def test_a_file_that_was_never_deployed_is_named(healthy: Stage) -> None:
    healthy.declare("second", "stream_key: {ssm: /elsewhere/key}")
    finding = diagnosed(exit_code=1)[0]["drift second"]["finding"]
    assert finding.startswith("channel lunora-player-local-second, input lunora-player-local-seco")
    assert finding.endswith("parameter /elsewhere/key missing; run `pulumi up --refresh`")


def test_what_sends_by_itself_has_an_output_alone(healthy: Stage) -> None:
    (healthy.folder / "destinations/main-stage.yaml").write_text(
        "platform: custom\nroute: flow\nurl: rtp://203.0.113.8:5000\n"
    )
    assert drift() == ("ok", "it is as its file says")


def test_a_broken_import_file_is_said(healthy: Stage) -> None:
    (healthy.folder / "adopted.local.json").write_text("[]")
    finding = diagnosed(exit_code=1)[0]["drift"]["finding"]
    assert finding.startswith("adopted.local.json: LUN150: ")


def test_a_schedule_that_is_missing_is_told(healthy: Stage) -> None:
    healthy.declare(
        "main-stage",
        'schedule: {timezone: UTC, windows: [{days: [mon], start: "00:00", stop: "23:00"}]}',
    )
    check = diagnosed(exit_code=1)[0]["schedule main-stage"]
    assert check["finding"] == (
        "main-stage-disable-2301, main-stage-enable-2359, main-stage-start-0000,"
        " main-stage-stop-2300 missing; run `pulumi up --refresh`"
    )
    role = (
        healthy.stack.aws()
        .client("iam")
        .create_role(
            RoleName="starts", AssumeRolePolicyDocument=trusting("scheduler.amazonaws.com")
        )["Role"]["Arn"]
    )
    scheduler = healthy.stack.aws().client("scheduler")
    scheduler.create_schedule_group(Name="lunora-player-local")
    for name in ("start-0000", "stop-2300", "enable-2359", "disable-2301"):
        scheduler.create_schedule(
            Name=f"main-stage-{name}",
            GroupName="lunora-player-local",
            ScheduleExpression="cron(0 0 ? * MON *)",
            FlexibleTimeWindow={"Mode": "OFF"},
            State="DISABLED" if name.startswith("stop") else "ENABLED",
            Target={"Arn": "arn:aws:scheduler:::aws-sdk:medialive:startChannel", "RoleArn": role},
        )
    check = diagnosed(exit_code=1)[0]["schedule main-stage"]
    assert check["finding"].startswith("main-stage-stop-2300 should be ENABLED")
    healthy.declare("main-stage", "state: running")
    assert "schedule main-stage" not in diagnosed()[0]


def leftover(stage: Stage) -> dict[str, str]:
    """Make a destination with all its parts that no file names; returns ids by kind."""
    channel_id = stage.destination("left-over", file=False)
    tags = {**TAGS, "Destination": "left-over"}
    channel = stage.medialive.describe_channel(ChannelId=channel_id)
    input_id = channel["InputAttachments"][0]["InputId"]
    described = stage.medialive.describe_input(InputId=input_id)
    group_id = described["SecurityGroups"][0]
    group = stage.medialive.describe_input_security_group(InputSecurityGroupId=group_id)
    stage.medialive.create_tags(ResourceArn=described["Arn"], Tags=tags)
    stage.medialive.create_tags(ResourceArn=group["Arn"], Tags=TAGS)
    name = put_parameter(stage, "left-over")
    outputs = stage.mediaconnect.describe_flow(FlowArn=stage.flow_arn)["Flow"]["Outputs"]
    (arn,) = (output["OutputArn"] for output in outputs if output["Name"].endswith("-left-over"))
    return {
        "channel": channel_id,
        "flow output": arn,
        "input": input_id,
        "input security group": group_id,
        "parameter": name,
    }


def test_what_is_in_no_file_and_no_state_is_an_orphan(healthy: Stage) -> None:
    ids = leftover(healthy)
    _, left = diagnosed(exit_code=1)
    assert [(orphan["resource"]["kind"], orphan["resource"]["id"]) for orphan in left] == list(
        ids.items()
    )
    running, *others = [orphan["monthly_usd"] for orphan in left]
    assert others == [0.0, 7.3, 0.0, 0.0]
    # The cheapest running channel there is, of the prices as they are in the file.
    figures = prices("us-west-2").figures
    least = [
        min(
            price.usd
            for key, price in figures.items()
            if key.startswith(f"medialive.{part}.") and not key.endswith(".reserved")
        )
        for part in ("input", "output")
    ]
    assert running == pytest.approx(sum(least) * 730)
    healthy.medialive.stop_channel(ChannelId=ids["channel"])
    healthy.until("left-over", "IDLE")
    assert diagnosed(exit_code=1)[1][0]["monthly_usd"] == pytest.approx(7.3)


def test_without_prices_an_orphan_has_none() -> None:
    thing = ManagedResource("input", "1", "one", "moon", "one")
    assert orphans([thing], (), ()) == (Orphan(thing, None),)


def test_what_is_in_the_state_is_none(healthy: Stage, pulumi: Pulumi) -> None:
    pulumi.holds(*({"id": resource_id} for resource_id in leftover(healthy).values()))
    assert diagnosed()[1] == []


def test_orphans_are_removed_in_an_order_that_works(healthy: Stage) -> None:
    ids = leftover(healthy)
    result = run("doctor", "--remove", "--yes")
    assert result.exit_code == 0, result.output
    gone = [line.split(" ")[1] for line in result.stderr.splitlines() if "removed" in line]
    assert gone == ["channel", "flow", "input", "input", "parameter"]
    assert diagnosed()[1] == []
    assert healthy.state("main-stage") == "RUNNING"
    assert ids["channel"] not in {
        channel["Id"] for channel in healthy.medialive.list_channels()["Channels"]
    }
    assert healthy.keys["left-over"] not in result.output


def test_removing_asks(healthy: Stage) -> None:
    leftover(healthy)
    result = run("doctor", "--remove", stdin="n\n")
    assert result.exit_code == 3
    assert "LUN403: " in result.stderr
    assert len(diagnosed(exit_code=1)[1]) == 5


def test_without_the_state_nothing_is_removed(healthy: Stage, pulumi: Pulumi) -> None:
    leftover(healthy)
    pulumi.breaks("no state")
    result = run("doctor", "--remove", "--yes")
    assert result.exit_code == 3
    assert result.stderr.startswith("LUN404: ")
    # What destinations share is in no file, so without the state it cannot be told from ours.
    kinds = {orphan["resource"]["kind"] for orphan in diagnosed(exit_code=1)[1]}
    assert kinds == {"channel", "flow output", "input", "parameter"}


def test_what_others_own_is_never_an_orphan(healthy: Stage) -> None:
    idle_channel(healthy.medialive, "other", Tags={**TAGS, "Stack": "prod", "Destination": "x1"})
    output = {"Name": "lunora-player-local-of-others", "Protocol": "rtp", "Port": 5000}
    healthy.mediaconnect.add_flow_outputs(
        FlowArn=healthy.flow_arn, Outputs=[{**output, "Destination": "198.51.100.9"}]
    )
    assert diagnosed()[1] == []


def test_the_doctor_needs_the_files(healthy: Stage) -> None:
    (healthy.folder / "destinations/main-stage.yaml").unlink()
    (healthy.folder / "destinations").rmdir()
    assert run("doctor").exit_code == 2


def test_a_backup_holds_state_configuration_and_files(healthy: Stage, pulumi: Pulumi) -> None:
    pulumi.holds({"id": "one", "outputs": {"destinations": SECRET}})
    result = run("backup")
    assert result.exit_code == 0
    path = Path(result.stdout.strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with tarfile.open(path) as archive:
        assert archive.getnames() == [
            STATE,
            "Pulumi.yaml",
            "Pulumi.local.yaml",
            "destinations/main-stage.yaml",
        ]
        member = archive.extractfile(STATE)
        assert member is not None
        assert json.load(member)["deployment"]["resources"][0]["id"] == "one"


def test_a_backup_holds_the_import_file_where_there_is_one(healthy: Stage) -> None:
    imports = healthy.folder / "adopted.local.json"
    imports.write_text("{}")
    now = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    with tarfile.open(backup(healthy.folder, "local", "{}", healthy.folder / "b", now)) as archive:
        assert imports.name in archive.getnames()


def test_a_state_that_shows_secrets_is_not_kept(healthy: Stage, pulumi: Pulumi) -> None:
    shown = {**SECRET, "plaintext": '"sk-shown"'}
    pulumi.holds({"id": "one", "outputs": {"destinations": [shown]}})
    result = run("backup")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("LUN412: ")
    assert not (healthy.folder / "backups").exists()


def test_an_export_that_is_none_is_one_sentence(healthy: Stage, pulumi: Pulumi) -> None:
    pulumi.says("stack", "no state here")
    result = run("backup")
    assert result.exit_code == 1
    assert result.stderr.startswith("LUN410: ")


def test_a_backup_never_overwrites_one(healthy: Stage) -> None:
    now = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    path = backup(healthy.folder, "local", "{}", healthy.folder / "kept", now)
    assert path.name == "local-20260102T030405Z.tar.gz"
    with pytest.raises(FileExistsError):
        backup(healthy.folder, "local", "{}", healthy.folder / "kept", now)


def test_a_backup_that_cannot_be_written_is_one_sentence(healthy: Stage) -> None:
    (healthy.folder / "taken").touch()
    result = run("backup", "--to", "taken")
    assert result.exit_code == 2
    assert result.stderr.startswith("LUN402: ")


@pytest.mark.parametrize(
    ("installed", "enough"),
    [("3.276.0", True), ("3.275.9", False), ("4.0.0", True), ("dev", False)],
)
def test_versions_are_compared_as_numbers(installed: str, enough: bool) -> None:  # noqa: FBT001 - a row
    assert pulumi_cli.at_least(installed, (3, 276)) is enough


def test_an_output_that_contradicts_its_file_is_a_warning(stage: Stage) -> None:
    # Without the channels' role, something is critical all the time.
    stage.destination("main-stage")
    stage.destination("second-stage", runs=False)
    assert diagnosed(exit_code=1)[0]["output main-stage"]["severity"] == "ok"
    stage.switch("main-stage", "DISABLED")
    stage.switch("second-stage", "ENABLED")
    checks = diagnosed(exit_code=1)[0]
    for name, finding in (
        ("main-stage", "DISABLED and should be ENABLED; run `lunora start main-stage`"),
        ("second-stage", "ENABLED and should be DISABLED; run `lunora stop second-stage`"),
    ):
        check = checks[f"output {name}"]
        assert (check["severity"], check["finding"]) == ("warning", finding)
