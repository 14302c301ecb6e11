"""CloudWatch metrics follow from the history of channels and flows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.support.alarms import ALARM
from tests.support.medialive import channel_request, idle_channel, push_input, settle

MINUTES = 3


@pytest.fixture
def channel(embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any) -> str:
    """A running channel that the flow feeds; returns its id."""
    made = idle_channel(medialive)
    (item,) = medialive.list_inputs()["Inputs"]
    (flow,) = client("mediaconnect").list_flows()["Flows"]
    client("mediaconnect").add_flow_outputs(
        FlowArn=flow["FlowArn"],
        Outputs=[
            {
                "Name": "one",
                "Protocol": "rtp",
                "Destination": item["Destinations"][0]["Ip"],
                "Port": 5000,
            }
        ],
    )
    medialive.start_channel(ChannelId=made)
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "RUNNING")
    return made


@pytest.fixture
def measured(client: Callable[[str], Any]) -> Callable[..., list[float]]:
    """Ask GetMetricData for one metric of the last minutes, the oldest first."""

    def ask(name: str, stat: str = "Average", **dimensions: str) -> list[float]:
        return values(client("cloudwatch"), name, stat, dimensions)

    return ask


def values(cloudwatch: Any, name: str, stat: str, dimensions: dict[str, str]) -> list[float]:
    now = dt.datetime.now(dt.UTC)
    flow = "FlowARN" in dimensions
    metric = {
        "Namespace": "AWS/MediaConnect" if flow else "AWS/MediaLive",
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
    }
    query = {"Id": "one", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[query],
        StartTime=now - dt.timedelta(minutes=MINUTES),
        EndTime=now + dt.timedelta(seconds=1),
        ScanBy="TimestampAscending",
    )
    return list(answer["MetricDataResults"][0]["Values"])


def test_a_paused_pipeline_takes_in_and_puts_out_nothing(
    embedded: EmbeddedAws, medialive: Any, channel: str, measured: Callable[..., list[float]]
) -> None:
    pause = {"PauseStateSettings": {"Pipelines": [{"PipelineId": "PIPELINE_0"}]}}
    action = {
        "ActionName": "pause",
        "ScheduleActionStartSettings": {"ImmediateModeScheduleActionStartSettings": {}},
        "ScheduleActionSettings": pause,
    }
    medialive.batch_update_schedule(ChannelId=channel, Creates={"ScheduleActions": [action]})
    embedded.clock.advance(MINUTES * 60 + 30)
    about = {"ChannelId": channel, "Pipeline": "0"}
    assert set(measured("NetworkIn", **about)) == {8.0}
    assert set(measured("ActiveOutputs", OutputGroupName="0", **about)) == {0.0}
    assert max(measured("NetworkOut", **about)) < 0.1
    assert measured("FillMsec", **about) == []


def test_only_the_active_input_is_measured(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    medialive: Any,
    measured: Callable[..., list[float]],
) -> None:
    fed, silent = push_input(medialive), push_input(medialive, "silent")
    mediaconnect = client("mediaconnect")
    (end,) = medialive.describe_input(InputId=fed)["Destinations"][:1]
    mediaconnect.add_flow_outputs(
        FlowArn=flow_arn(client),
        Outputs=[{"Name": "one", "Protocol": "rtp", "Destination": end["Ip"], "Port": 5000}],
    )
    request = channel_request(silent)
    (first,) = request["InputAttachments"]
    second = {**first, "InputAttachmentName": "second", "InputId": fed}
    request["InputAttachments"].append(second)
    made = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "IDLE")
    medialive.start_channel(ChannelId=made)
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "RUNNING")
    about = {"ChannelId": made, "Pipeline": "0"}

    def latest() -> tuple[float, ...]:
        embedded.advance(120)
        names = ("NetworkIn", "InputVideoFrameRate", "FillMsec")
        return tuple(measured(name, "Maximum", **about)[-1] for name in names)

    def switch(name: str) -> None:
        action = {
            "ActionName": f"to-{name}",
            "ScheduleActionStartSettings": {"ImmediateModeScheduleActionStartSettings": {}},
            "ScheduleActionSettings": {
                "InputSwitchSettings": {"InputAttachmentNameReference": name}
            },
        }
        medialive.batch_update_schedule(ChannelId=made, Creates={"ScheduleActions": [action]})

    assert latest() == (0, 0, 60000)
    switch("second")
    assert latest() == (8, 30, 0)
    assert measured("InputLossSeconds", "Sum", **about)[-1] == 0
    switch("in")
    assert latest() == (0, 0, 60000)


def test_an_alarm_follows_a_switch_that_comes_due_by_itself(
    embedded: EmbeddedAws, client: Callable[[str], Any], medialive: Any, channel: str
) -> None:
    """Nobody calls the API when a scheduled switch leads to an input that nothing feeds."""
    (first,) = medialive.describe_channel(ChannelId=channel)["InputAttachments"]
    silent = {"InputAttachmentName": "silent", "InputId": push_input(medialive, "silent")}
    medialive.stop_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "IDLE")
    medialive.update_channel(ChannelId=channel, InputAttachments=[first, {**first, **silent}])
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "IDLE")
    medialive.start_channel(ChannelId=channel)
    settle(lambda: medialive.describe_channel(ChannelId=channel)["State"], "RUNNING")
    start = embedded.clock.date() + dt.timedelta(minutes=30)
    switch = {
        "ActionName": "to-silent",
        "ScheduleActionStartSettings": {
            "FixedModeScheduleActionStartSettings": {"Time": f"{start:%Y-%m-%dT%H:%M:%S.000Z}"}
        },
        "ScheduleActionSettings": {
            "InputSwitchSettings": {"InputAttachmentNameReference": "silent"}
        },
    }
    medialive.batch_update_schedule(ChannelId=channel, Creates={"ScheduleActions": [switch]})
    pipeline = {"ChannelId": channel, "Pipeline": "0"}
    client("cloudwatch").put_metric_alarm(
        AlarmName="no-input",
        **{**ALARM, "MetricName": "NetworkIn"},
        Dimensions=[{"Name": name, "Value": value} for name, value in pipeline.items()],
    )

    def state() -> str:
        (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=["no-input"])["MetricAlarms"]
        return str(alarm["StateValue"])

    embedded.advance(20 * 60)
    assert state() == "OK"
    embedded.advance(15 * 60)
    assert state() == "ALARM"


def test_an_alarm_waits_for_outputs_that_are_dropped_after_minutes(
    embedded: EmbeddedAws, client: Callable[[str], Any], channel: str
) -> None:
    settings = embedded.regions["medialive", "us-west-2"].channels[channel].members
    encoder = settings["EncoderSettings"]
    encoder["GlobalConfiguration"] = {"InputLossBehavior": {"RepeatFrameMsec": 600_000}}
    (group,) = encoder["OutputGroups"]
    group["OutputGroupSettings"] = {"SrtGroupSettings": {"InputLossAction": "DROP_TS"}}
    about = {"ChannelId": channel, "Pipeline": "0", "OutputGroupName": "0"}
    dimensions = [{"Name": name, "Value": value} for name, value in about.items()]
    client("cloudwatch").put_metric_alarm(AlarmName="no-output", **ALARM, Dimensions=dimensions)

    def state() -> str:
        (alarm,) = client("cloudwatch").describe_alarms(AlarmNames=["no-output"])["MetricAlarms"]
        return str(alarm["StateValue"])

    embedded.advance(600)
    embedded.trigger("source-lost", "*")
    embedded.advance(500)
    assert state() == "OK"
    embedded.advance(400)
    assert state() == "ALARM"


def listed_metrics(cloudwatch: Any, only: dict[str, str]) -> list[dict[str, Any]]:
    answer = cloudwatch.list_metrics(Namespace="AWS/MediaLive", Dimensions=[only])
    metrics: list[dict[str, Any]] = answer["Metrics"]
    return metrics


def flow_arn(client: Callable[[str], Any]) -> str:
    return str(client("mediaconnect").list_flows()["Flows"][0]["FlowArn"])


def test_a_running_channel_is_measured_by_its_settings(
    embedded: EmbeddedAws, channel: str, measured: Callable[..., list[float]]
) -> None:
    embedded.clock.advance(MINUTES * 60 + 30)
    about = {"ChannelId": channel, "Pipeline": "0"}
    assert set(measured("InputVideoFrameRate", **about)) == {30.0}
    assert set(measured("NetworkIn", **about)) == {8.0}
    assert set(measured("NetworkOut", **about)) == {3.0}
    assert set(measured("ActiveOutputs", "Minimum", OutputGroupName="0", **about)) == {1.0}
    for name in ("ActiveAlerts", "DroppedFrames", "FillMsec", "InputLossSeconds"):
        assert set(measured(name, "Maximum", **about)) == {0.0}


def test_a_channel_that_does_not_run_has_no_data(
    embedded: EmbeddedAws, medialive: Any, measured: Callable[..., list[float]]
) -> None:
    channel = idle_channel(medialive)
    embedded.clock.advance(600)
    assert measured("ActiveAlerts", "Maximum", ChannelId=channel, Pipeline="0") == []


def test_a_stopped_channel_has_data_up_to_its_stop(
    embedded: EmbeddedAws,
    medialive: Any,
    channel: str,
    measured: Callable[..., list[float]],
) -> None:
    embedded.clock.advance(90)
    medialive.stop_channel(ChannelId=channel)
    embedded.clock.advance(90)
    samples = measured("NetworkOut", "SampleCount", ChannelId=channel, Pipeline="0")
    assert 8 <= sum(samples) <= 10, "one every ten seconds of a minute and a half"


def test_a_lost_source_starves_the_channel(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    channel: str,
    measured: Callable[..., list[float]],
) -> None:
    flow = flow_arn(client)
    embedded.clock.advance(120)
    assert embedded.trigger("source-lost", "*-srt-router") == ["lunora-player-local-srt-router"]
    embedded.clock.advance(100)
    about = {"ChannelId": channel, "Pipeline": "0"}
    assert measured("FillMsec", "Maximum", **about)[-1] == 60000
    assert measured("InputVideoFrameRate", "Minimum", **about)[-1] == 0
    assert measured("NetworkIn", "Minimum", **about)[-1] == 0
    assert 90 <= sum(measured("InputLossSeconds", "Sum", **about)) <= 100
    assert measured("SourceBitRate", FlowARN=flow)[-1] == 0
    assert measured("SourceConnected", FlowARN=flow)[-1] == 0
    assert measured("NetworkOut", **about)[-1] == 3.0, "it sends its slate"
    group = {**about, "OutputGroupName": "0"}
    assert measured("ActiveOutputs", "Minimum", **group)[-1] == 1, "it sends its slate"
    embedded.trigger("source-back", "*")
    embedded.clock.advance(120)
    assert measured("FillMsec", "Maximum", **about)[-1] == 0
    assert measured("SourceBitRate", FlowARN=flow)[-1] == 8_000_000


@pytest.mark.parametrize(
    ("kind", "action", "outputs", "mbps"),
    [
        ("Rtmp", "PAUSE_OUTPUT", 0, 0.02),
        ("Rtmp", "EMIT_OUTPUT", 1, 3.0),
        ("Hls", "PAUSE_OUTPUT", 0, 0.02),
        ("Srt", "DROP_PROGRAM", 0, 0.02),
        ("Srt", "DROP_TS", 0, 0.02),
        ("Srt", "EMIT_PROGRAM", 1, 3.0),
    ],
)
def test_a_group_that_drops_its_output_sends_nothing_without_a_source(
    embedded: EmbeddedAws,
    channel: str,
    measured: Callable[..., list[float]],
    kind: str,
    action: str,
    outputs: float,
    mbps: float,
) -> None:
    settings = embedded.regions["medialive", "us-west-2"].channels[channel].members
    (group,) = settings["EncoderSettings"]["OutputGroups"]
    group["OutputGroupSettings"] = {f"{kind}GroupSettings": {"InputLossAction": action}}
    pipeline = {"ChannelId": channel, "Pipeline": "0"}
    about = {**pipeline, "OutputGroupName": "0"}
    embedded.clock.advance(120)
    assert measured("ActiveOutputs", "Minimum", **about)[-1] == 1
    embedded.trigger("source-lost", "*")
    embedded.clock.advance(100)
    assert measured("ActiveOutputs", "Minimum", **about)[-1] == outputs
    assert measured("NetworkOut", "Minimum", **pipeline)[-1] == mbps


def test_a_channel_may_run_and_send_nothing(
    embedded: EmbeddedAws,
    medialive: Any,
    channel: str,
    measured: Callable[..., list[float]],
) -> None:
    about = {"ChannelId": channel, "Pipeline": "0"}
    assert embedded.trigger("output-lost", "one") == ["one"]
    assert embedded.trigger("output-lost", "one") == [], "it is lost already"
    embedded.clock.advance(60)
    assert medialive.describe_channel(ChannelId=channel)["State"] == "RUNNING"
    assert measured("ActiveOutputs", "Minimum", OutputGroupName="0", **about)[-1] == 0
    # MediaLive user guide: "Even when a channel is not delivering output, there will be some
    # traffic".
    assert measured("NetworkOut", "Maximum", **about)[-1] == 0.02
    embedded.trigger("output-back", "one")
    embedded.clock.advance(120)
    assert measured("ActiveOutputs", "Minimum", OutputGroupName="0", **about)[-1] == 1


def test_dropped_frames_lost_packets_and_alerts_are_counted(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    channel: str,
    measured: Callable[..., list[float]],
) -> None:
    about = {"ChannelId": channel, "Pipeline": "0"}
    for mishap in ("drops-frames", "alert", "loses-packets"):
        assert len(embedded.trigger(mishap, "*")) == 1
    embedded.clock.advance(180)
    assert measured("DroppedFrames", "Sum", **about)[1] == 60
    assert measured("ActiveAlerts", "Maximum", **about)[1] == 1
    assert measured("SourceNotRecoveredPackets", "Sum", FlowARN=flow_arn(client))[1] > 0
    assert measured("SourcePacketLossPercent", FlowARN=flow_arn(client))[1] == pytest.approx(2)
    for mishap in ("frames-back", "alert-cleared", "packets-back"):
        assert len(embedded.trigger(mishap, "*")) == 1
    embedded.clock.advance(180)
    assert measured("DroppedFrames", "Sum", **about)[1] == 0
    assert measured("ActiveAlerts", "Maximum", **about)[1] == 0
    assert measured("SourceNotRecoveredPackets", "Sum", FlowARN=flow_arn(client))[1] == 0


def test_both_pipelines_of_a_standard_channel_are_measured(
    embedded: EmbeddedAws,
    client: Callable[[str], Any],
    medialive: Any,
    measured: Callable[..., list[float]],
) -> None:
    request = channel_request(push_input(medialive), ChannelClass="STANDARD")
    first = request["Destinations"][0]["Settings"][0]
    request["Destinations"][0]["Settings"].append({**first, "Url": "rtmp://b.example.org/app"})
    made = medialive.create_channel(**request)["Channel"]["Id"]
    settle(lambda: medialive.describe_channel(ChannelId=made)["State"], "IDLE")
    medialive.start_channel(ChannelId=made)
    embedded.clock.advance(120)
    for pipeline in ("0", "1"):
        fill = measured("FillMsec", "Maximum", ChannelId=made, Pipeline=pipeline)
        assert fill[-1] == 60000, "no flow feeds it"


def test_metrics_are_listed_and_asked_one_by_one(
    embedded: EmbeddedAws, client: Callable[[str], Any], channel: str
) -> None:
    embedded.clock.advance(120)
    cloudwatch = client("cloudwatch")
    only = {"Name": "ChannelId", "Value": channel}
    listed = listed_metrics(cloudwatch, only)
    assert {metric["MetricName"] for metric in listed} >= {"ActiveOutputs", "FillMsec", "NetworkIn"}
    of_flow = [{"Name": "FlowARN", "Value": flow_arn(client)}]
    rates = cloudwatch.list_metrics(MetricName="SourceBitRate")["Metrics"]
    assert [rate["Dimensions"][0]["Name"] for rate in rates] == ["FlowARN", "SourceARN"]
    (rate,) = cloudwatch.list_metrics(MetricName="SourceBitRate", Dimensions=of_flow)["Metrics"]
    assert rate["Dimensions"] == of_flow
    now = dt.datetime.now(dt.UTC)
    fill = next(metric for metric in listed if "Fill" in str(metric))
    answer = cloudwatch.get_metric_statistics(
        **fill,
        StartTime=now - dt.timedelta(minutes=1),
        EndTime=now,
        Period=60,
        Statistics=["Maximum"],
    )
    # MediaLive user guide, output metrics, Fill msec: "Units: Count".
    assert {datapoint["Unit"] for datapoint in answer["Datapoints"]} == {"Count"}
    answer = cloudwatch.get_metric_statistics(
        **rate,
        StartTime=now - dt.timedelta(minutes=1),
        EndTime=now,
        Period=60,
        Statistics=["Average"],
    )
    assert {(datapoint["Average"], datapoint["Unit"]) for datapoint in answer["Datapoints"]} == {
        (8_000_000, "Bits/Second")
    }


@pytest.mark.parametrize(
    ("days", "unit"), [(1, 60), (14.9, 60), (15.1, 300), (62.9, 300), (63.1, 3600)]
)
def test_the_start_of_a_request_is_rounded_down(
    embedded: EmbeddedAws, client: Callable[[str], Any], channel: str, days: float, unit: int
) -> None:
    embedded.clock.advance(days * 86400 + 2 * 3600)
    start = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    dimensions = [
        {"Name": "ChannelId", "Value": channel},
        {"Name": "Pipeline", "Value": "0"},
    ]
    metric = {"Namespace": "AWS/MediaLive", "MetricName": "NetworkIn", "Dimensions": dimensions}
    answer = client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": "one", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Average"}}
        ],
        StartTime=start,
        EndTime=start + dt.timedelta(hours=1),
        ScanBy="TimestampAscending",
    )
    first, *_ = answer["MetricDataResults"][0]["Timestamps"]
    assert first.timestamp() == start.timestamp() // unit * unit


def test_metrics_of_ones_own_are_untouched(client: Callable[[str], Any]) -> None:
    cloudwatch = client("cloudwatch")
    cloudwatch.put_metric_data(Namespace="Own", MetricData=[{"MetricName": "One", "Value": 4}])
    metric = {"Namespace": "Own", "MetricName": "One"}
    now = dt.datetime.now(dt.UTC)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {"Id": "own", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        ],
        StartTime=now - dt.timedelta(minutes=1),
        EndTime=now + dt.timedelta(minutes=1),
    )
    assert answer["MetricDataResults"][0]["Values"] == [4]


def test_a_flow_tells_what_its_source_carries(
    embedded: EmbeddedAws, client: Callable[[str], Any]
) -> None:
    mediaconnect, flow = client("mediaconnect"), flow_arn(client)
    metadata = mediaconnect.describe_flow_source_metadata(FlowArn=flow)
    (program,) = metadata["TransportMediaInfo"]["Programs"]
    assert [stream["Codec"] for stream in program["Streams"]] == ["AVC", "AAC"]
    assert metadata["Messages"] == []
    embedded.trigger("source-lost", "*")
    metadata = mediaconnect.describe_flow_source_metadata(FlowArn=flow)
    assert metadata["TransportMediaInfo"]["Programs"] == []
    assert [message["ResourceName"] for message in metadata["Messages"]] == ["srt"]
