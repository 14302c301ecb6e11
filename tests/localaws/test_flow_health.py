"""Loss of a flow's sources, failover between them, and the quality of their content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from localaws.server import EmbeddedAws
from tests.support.flows import FAILOVER, SECOND, SOURCE, active_flow

PRIMARY = {**FAILOVER, "SourcePriority": {"PrimarySource": "main"}}
MERGE = {**FAILOVER, "FailoverMode": "MERGE"}


@pytest.fixture
def measured(embedded: EmbeddedAws, client: Callable[[str], Any]) -> Callable[..., float | None]:
    """Return the last value of a metric, half a minute from now."""

    def ask(name: str, **dimensions: str) -> float | None:
        embedded.advance(30)
        now = dt.datetime.now(dt.UTC)
        points = client("cloudwatch").get_metric_statistics(
            Namespace="AWS/MediaConnect",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=now - dt.timedelta(seconds=20),
            EndTime=now + dt.timedelta(seconds=1),
            Period=10,
            Statistics=["Average"],
        )["Datapoints"]
        ordered = sorted(points, key=lambda point: point["Timestamp"])
        return float(ordered[-1]["Average"]) if ordered else None

    return ask


def source_arns(mediaconnect: Any, arn: str) -> list[str]:
    flow = mediaconnect.describe_flow(FlowArn=arn)["Flow"]
    return [source["SourceArn"] for source in flow["Sources"]]


@pytest.mark.parametrize(
    ("failover", "while_lost", "when_back"),
    [(FAILOVER, [0, 1], [0, 1]), (PRIMARY, [0, 1], [1, 0]), (MERGE, [0, 1], [1, 1])],
    ids=["equal", "primary", "merge"],
)
def test_the_other_source_takes_over(
    embedded: EmbeddedAws,
    mediaconnect: Any,
    measured: Callable[..., float | None],
    failover: dict[str, Any],
    while_lost: list[int],
    when_back: list[int],
) -> None:
    arn = active_flow(mediaconnect, Sources=[SOURCE, SECOND], SourceFailoverConfig=failover)
    arns = source_arns(mediaconnect, arn)

    def active() -> list[float | None]:
        return [measured("SourceMergeActive", SourceARN=source) for source in arns]

    assert active() == ([1, 1] if failover is MERGE else [1, 0])
    assert embedded.trigger("source-lost", "venue/main") == ["venue/main"]
    assert active() == while_lost
    assert measured("SourceConnected", SourceARN=arns[0]) == 0
    assert measured("SourceBitRate", SourceARN=arns[1]) == 8_000_000
    assert measured("SourceConnected", FlowARN=arn) == 1
    about = {"FlowArn": arn}
    metadata = mediaconnect.describe_flow_source_metadata(**about)
    assert [message["ResourceName"] for message in metadata["Messages"]] == ["main"]
    assert len(metadata["TransportMediaInfo"]["Programs"]) == 1
    embedded.trigger("source-lost", "venue/backup")
    assert measured("SourceConnected", FlowARN=arn) == 0
    assert mediaconnect.describe_flow_source_metadata(**about)["TransportMediaInfo"] == {
        "Programs": []
    }
    embedded.trigger("source-back", "venue/backup")
    assert active() == while_lost
    embedded.trigger("source-back", "venue/main")
    assert active() == when_back


def test_health_events_name_the_source_and_the_switch(
    embedded: EmbeddedAws, mediaconnect: Any, events_of: Callable[[str], list[Any]]
) -> None:
    arn = active_flow(mediaconnect, Sources=[SOURCE, SECOND], SourceFailoverConfig=PRIMARY)
    main, backup = source_arns(mediaconnect, arn)
    embedded.advance(1)
    embedded.trigger("source-lost", "venue/main")
    (health,) = events_of("MediaConnect Source Health")
    assert health["resources"] == [arn, main]
    assert (health["detail"]["unhealthy"], health["detail"]["current"]["state"]) == (
        True,
        "DISCONNECTED",
    )
    (switch,) = events_of("MediaConnect Flow Health")
    assert (switch["resources"], switch["detail"]["unhealthy"]) == ([arn], False)
    assert switch["detail"]["current"]["failover_switch"]
    assert switch["detail"]["current"]["source_state"] == "CONNECTED"
    embedded.advance(1)
    embedded.trigger("source-lost", "venue")
    (health,) = events_of("MediaConnect Source Health")
    assert health["resources"] == [arn, backup]
    (lost,) = events_of("MediaConnect Flow Health")
    assert lost["detail"]["unhealthy"]
    assert not lost["detail"]["current"]["failover_switch"]
    assert lost["detail"]["previous"]["source_state"] == "CONNECTED"


def test_a_second_source_rescues_a_flow_whose_first_is_lost(
    embedded: EmbeddedAws, mediaconnect: Any, measured: Callable[..., float | None]
) -> None:
    arn = active_flow(mediaconnect, SourceFailoverConfig=FAILOVER)
    embedded.trigger("source-lost", "venue")
    assert measured("SourceConnected", FlowARN=arn) == 0
    mediaconnect.add_flow_sources(FlowArn=arn, Sources=[SECOND])
    assert measured("SourceConnected", FlowARN=arn) == 1
    mediaconnect.remove_flow_source(FlowArn=arn, SourceArn=source_arns(mediaconnect, arn)[1])
    assert measured("SourceConnected", FlowARN=arn) == 0


def test_content_quality_is_measured_where_it_is_enabled(
    embedded: EmbeddedAws,
    mediaconnect: Any,
    measured: Callable[..., float | None],
    events_of: Callable[[str], list[Any]],
) -> None:
    arn = active_flow(mediaconnect)
    names = ("BlackFramesBreaching", "FrozenFramesBreaching", "SilentAudioBreaching")
    assert [measured(name, FlowARN=arn) for name in names] == [None] * 3
    config = {"ContentQualityAnalysisState": "ENABLED"}
    mediaconnect.update_flow(FlowArn=arn, SourceMonitoringConfig=config)
    missing = ("AudioStreamMissing", "VideoStreamMissing")
    assert [measured(name, FlowARN=arn) for name in (*names, *missing)] == [0.0] * 5
    embedded.trigger("black-frames", "venue")
    embedded.advance(29)
    assert events_of("MediaConnect Flow Content Quality") == []
    embedded.advance(1)
    (event,) = events_of("MediaConnect Flow Content Quality")
    assert event["resources"] == [arn]
    streams = [{"black_frames_duration_breaching": True}]
    assert event["detail"] == {"impacted": True, "streams": streams}
    assert [measured(name, FlowARN=arn) for name in names] == [1.0, 0.0, 0.0]
    embedded.trigger("content-back", "venue")
    (event,) = events_of("MediaConnect Flow Content Quality")
    assert event["detail"] == {"impacted": False, "streams": []}
    embedded.trigger("source-lost", "venue")
    (event,) = events_of("MediaConnect Flow Content Quality")
    assert event["detail"]["streams"] == [{"audio_missing": True}, {"video_missing": True}]
    assert [measured(name, FlowARN=arn) for name in missing] == [1.0, 1.0]


def test_a_single_analysis_is_measured_alone_and_none_above_ten_outputs(
    embedded: EmbeddedAws, mediaconnect: Any, measured: Callable[..., float | None]
) -> None:
    settings = [{"SilentAudio": {"State": "ENABLED", "ThresholdSeconds": 10}}]
    config = {"ContentQualityAnalysisState": "ENABLED", "AudioMonitoringSettings": settings}
    arn = active_flow(mediaconnect, SourceMonitoringConfig=config)
    embedded.trigger("silent-audio", "venue")
    assert measured("SilentAudioBreaching", FlowARN=arn) == 1.0
    assert measured("BlackFramesBreaching", FlowARN=arn) is None
    assert measured("VideoStreamMissing", FlowARN=arn) is None
    output = {"Protocol": "rtp", "Destination": "198.51.100.1"}
    outputs = [{**output, "Port": 5000 + number} for number in range(11)]
    mediaconnect.add_flow_outputs(FlowArn=arn, Outputs=outputs)
    assert measured("SilentAudioBreaching", FlowARN=arn) is None


def test_a_switched_off_metric_is_silent(
    mediaconnect: Any, measured: Callable[..., float | None]
) -> None:
    arn = active_flow(
        mediaconnect, SourceMonitoringConfig={"ContentQualityAnalysisState": "ENABLED"}
    )
    frozen = [{"BlackFrames": {"State": "DISABLED"}, "FrozenFrames": {"State": "ENABLED"}}]
    mediaconnect.update_flow(
        FlowArn=arn, SourceMonitoringConfig={"VideoMonitoringSettings": frozen}
    )
    assert measured("BlackFramesBreaching", FlowARN=arn) is None
    assert measured("FrozenFramesBreaching", FlowARN=arn) == 0.0
