"""Alarms: metrics, thresholds and the treatment of missing data."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import alarms, encoder, output_groups
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from tests.support.import_manifest import entry_with

SCHEDULE = {
    "timezone": "UTC",
    "windows": [{"days": ["mon"], "start": "09:00", "stop": "10:00"}],
}
DIMENSIONS = {"ChannelId": "1", "Pipeline": "0"}


def spec(**more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "youtube", "preset": "1080p30", **more}
    )


def settings(name: str) -> dict[str, Any]:
    definition = alarms.channel_alarms(spec())[name]
    return alarms.settings(definition, alarms.MEDIALIVE, DIMENSIONS)


def test_a_channel_is_watched_by_these() -> None:
    assert list(alarms.channel_alarms(spec())) == [
        "channel-alert",
        "not-running",
        "no-signal",
        "frames-lost",
        "silent-output",
    ]


def test_a_channel_without_video_is_watched_by_what_comes_in() -> None:
    radio = spec(platform="custom", url="rtmp://ingest.example.org/app", preset="audio-only")
    measured = {
        name: [*alarms.channel_alarms(made)["no-signal"].metrics]
        for name, made in (("tv", spec()), ("radio", radio))
    }
    assert measured == {
        "tv": ["measured", "frames", "outputs"],
        "radio": ["measured", "received", "outputs"],
    }


def test_a_backup_that_carries_the_stream_is_told_where_there_is_one() -> None:
    two = alarms.channel_alarms(spec(flow=["main", "backup"]))
    assert two.keys() - alarms.channel_alarms(spec()).keys() == {"on-backup"}


@pytest.mark.parametrize("more", [{"state": "stopped"}, {"schedule": SCHEDULE}])
def test_only_what_has_to_run_all_the_time_is_missed(more: dict[str, Any]) -> None:
    assert alarms.channel_alarms(spec()).keys() - alarms.channel_alarms(spec(**more)).keys() == {
        "not-running"
    }


def test_a_channel_without_data_alarms_only_where_it_has_to_run() -> None:
    missing = {
        name: definition.missing for name, definition in alarms.channel_alarms(spec()).items()
    }
    assert {name for name, mode in missing.items() if mode == "breaching"} == {"not-running"}


@pytest.mark.parametrize(
    ("fed", "missing"),
    [
        ([{}], "breaching"),
        ([{}, {"state": "stopped"}], "breaching"),
        ([{"state": "stopped"}], "notBreaching"),
        ([{"schedule": SCHEDULE}], "notBreaching"),
    ],
)
def test_a_flow_may_rest_while_nothing_has_to_run(fed: list[dict[str, Any]], missing: str) -> None:
    definitions = alarms.flow_alarms(spec(**more) for more in fed)
    assert {name: definition.missing for name, definition in definitions.items()} == {
        "source-lost": missing
    }


def test_an_alarm_on_a_metric() -> None:
    alarm = settings("channel-alert")
    assert alarm.pop("alarm_description").startswith("MediaLive has raised an alert")
    assert alarm == {
        "namespace": "AWS/MediaLive",
        "metric_name": "ActiveAlerts",
        "statistic": "Maximum",
        "period": 60,
        "dimensions": DIMENSIONS,
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 0,
        "datapoints_to_alarm": 2,
        "evaluation_periods": 3,
        "treat_missing_data": "notBreaching",
    }


def test_an_alarm_on_an_expression_asks_for_its_metrics_and_returns_one_result() -> None:
    alarm = settings("no-signal")
    assert (alarm["comparison_operator"], alarm["threshold"]) == ("GreaterThanThreshold", 0)
    *metrics, result = alarm["metric_queries"]
    assert [query["id"] for query in metrics] == ["measured", "frames", "outputs"]
    assert all(query["id"] in result["expression"] for query in metrics)
    returned = [query.get("return_data", False) for query in alarm["metric_queries"]]
    assert returned == [False, False, False, True]
    measured, _, outputs = (query["metric"] for query in metrics)
    assert measured == {
        "namespace": "AWS/MediaLive",
        "metric_name": "ActiveAlerts",
        "period": 60,
        "dimensions": DIMENSIONS,
        "stat": "SampleCount",
    }
    assert outputs["stat"] == "Minimum"
    assert result == {
        "id": "result",
        "expression": "IF(measured > 0 AND (FILL(frames, 0) < 1 OR FILL(outputs, 0) < 1), 1, 0)",
        "label": alarms.alarm_definitions().channel["no-signal"].summary,
        "return_data": True,
    }
    assert outputs["dimensions"] == {**DIMENSIONS, "OutputGroupName": output_groups.RTMP}
    assert "metric_name" not in alarm
    assert "statistic" not in alarm


def test_one_of_several_bounds_is_enough() -> None:
    alarm = settings("frames-lost")
    assert alarm["metric_queries"][-1]["expression"] == (
        "IF(FILL(dropped, 0) > 30 OR FILL(lost, 0) > 60, 1, 0)"
    )


def test_the_output_group_that_is_watched_is_the_one_that_is_built() -> None:
    (group,) = encoder.encoder_settings(spec())["OutputGroups"]
    assert group["Name"] == output_groups.RTMP


ALL = {
    **alarms.alarm_definitions().channel,
    **alarms.alarm_definitions().flow,
    **alarms.alarm_definitions().schedule,
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_alarm_says_what_to_do_and_why_at_this_threshold(name: str) -> None:
    definition = ALL[name]
    assert definition.summary.endswith(".")
    assert definition.remediation.endswith(".")
    assert definition.reason
    assert definition.source
    assert len(f"{definition.summary} {definition.remediation}") <= 1024, (
        "CloudWatch's limit of a description"
    )
    needed, of = definition.minutes
    assert 1 <= needed <= of
    assert (definition.breach.above is None) != (definition.breach.below is None)
    assert (definition.expression is None) == (len(definition.metrics) == 1)


def test_a_group_without_a_name_has_no_alarm_of_its_own() -> None:
    """CloudWatch takes no dimension without a value."""
    parts = alarms.MetricNames(output_group="", audio="")
    without = alarms.channel_alarms(spec(), parts)
    assert alarms.channel_alarms(spec()).keys() - without.keys() == {"silent-output"}
    assert [*without["no-signal"].metrics] == ["measured", "frames"]
    for definition in without.values():
        settings = str(alarms.settings(definition, alarms.MEDIALIVE, DIMENSIONS, parts))
        assert "OutputGroupName" not in settings
        assert "AudioDescriptionName" not in settings


class TestNames:
    ADOPTED = entry_with(spec(), output_group="theirs")

    def test_an_adopted_channels_audio_is_unknown_while_it_keeps_its_settings(self) -> None:
        source = FlowSource()
        assert alarms.metric_names(None, spec(), source) == alarms.OWN_NAMES
        assert alarms.metric_names(self.ADOPTED, spec(), source) == alarms.MetricNames("theirs", "")
        edited = spec(preset="720p30")
        assert alarms.metric_names(self.ADOPTED, edited, source) == alarms.OWN_NAMES

    def test_a_source_that_may_be_silent_is_not_listened_to(self) -> None:
        silent = FlowSource(sound=False)
        assert alarms.metric_names(None, spec(), silent).audio == ""
        (group,) = {definition.sound for definition in alarms.source_definitions(silent).values()}
        assert group is False

    def test_the_audio_that_is_watched_is_the_one_that_is_built(self) -> None:
        (audio,) = encoder.encoder_settings(spec())["AudioDescriptions"]
        assert audio["Name"] == alarms.OWN_NAMES.audio
        assert settings("silent-output")["dimensions"] == {
            **DIMENSIONS,
            "AudioDescriptionName": audio["Name"],
        }


class TestSources:
    EVERY = ("BlackFrames", "FrozenFrames", "SilentAudio")

    def names(self, source: FlowSource = FlowSource(), **more: Any) -> list[str]:  # noqa: B008
        return [*alarms.flow_alarms([spec(**more)], source, self.EVERY)]

    def test_content_is_watched_where_the_flow_analyses_it(self) -> None:
        assert self.names() == ["source-lost", "black-source", "frozen-source", "silent-source"]
        assert [*alarms.flow_alarms([spec()], FlowSource(), ["BlackFrames"])] == [
            *("source-lost", "black-source"),
        ]

    def test_a_flow_that_may_rest_may_show_anything(self) -> None:
        assert self.names(FlowSource(minimum_mbps=4), state="stopped") == ["source-lost"]

    def test_a_bitrate_is_low_below_what_is_declared(self) -> None:
        definition = alarms.flow_alarms([spec()], FlowSource(minimum_mbps=4.5))["low-bitrate"]
        made = alarms.settings(definition, alarms.MEDIACONNECT, {"FlowARN": "arn"})
        assert (made["threshold"], made["statistic"]) == (4_500_000, "Average")
        assert "low-bitrate" not in self.names()

    def test_a_bound_that_nobody_declared_is_no_bound(self) -> None:
        with pytest.raises(ValueError, match="minimumMbps"):
            alarms.alarm_definitions().flow["low-bitrate"].breach.is_crossed(1)


class TestRules:
    def test_one_alarm_of_several_is_enough(self) -> None:
        assert alarms.any_of(["a", "b"]) == 'ALARM("a") OR ALARM("b")'

    def test_silence_is_explained_by_a_silent_source(self) -> None:
        rule = alarms.destination_rule(["x-0-no-signal", "x-0-silent-output"], "silent-source")
        assert rule == (
            'ALARM("x-0-no-signal") OR (ALARM("x-0-silent-output") AND NOT ALARM("silent-source"))'
        )
        assert "NOT" not in alarms.destination_rule(["x-0-silent-output"], None)


def test_several_alarms_of_a_flow_have_one_that_notifies() -> None:
    definitions = alarms.source_definitions(FlowSource())
    name, first = next(iter(definitions.items()))
    expected = {"p-s-main", *(f"p-s-main-{each}" for each in definitions)}
    assert len(definitions) > 1
    assert alarms.flow_alarm_names("p-s-main", definitions) == expected
    assert alarms.flow_alarm_names("p-s-main", {name: first}) == {f"p-s-main-{name}"}
    assert alarms.flow_alarm_names("p-s-main", {}) == frozenset()
