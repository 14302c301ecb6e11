"""Cost of a destination by its resources, encoding, traffic and hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from catalog import alarms, cost
from catalog.cost import SharedAlarms
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from catalog.presets import Encoding, presets
from catalog.price import Price
from catalog.prices import Prices, prices
from tests.support.import_manifest import billed_settings

WEST = prices("us-west-2")
SOURCE = FlowSource(mbps=8)


def spec(preset: str = "1080p30", **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": "one", "platform": "twitch", "preset": preset, **more}
    )


ALARMS = {
    state: cost.metrics(alarms.channel_alarms(spec(state=state)).values())
    for state in ("running", "stopped")
}


class OneDollar(dict[str, Price]):
    """Prices everything at a dollar, so that quantities show."""

    def __missing__(self, key: str) -> Price:
        return Price(
            usd=1, unit="hour", origin="estimate", source="a test", date=dt.date(2030, 1, 1)
        )

    def __contains__(self, key: object) -> bool:
        return True


DOLLARS = Prices.model_construct(region="us-west-2", stale_after_days=90, figures=OneDollar())


def quantities(estimated: cost.Cost) -> dict[str, float]:
    return {line.what: round(line.quantity, 2) for line in estimated.lines}


def test_a_running_destination_is_billed_for_what_runs_all_month() -> None:
    estimated = cost.estimate(spec(), DOLLARS, SOURCE)
    assert quantities(estimated) == {
        "running input": 730,
        "running output": 730,
        "flow output data": 2447.52,
        "internet egress": 1415.89,
        "alarms": ALARMS["running"],
        "composite alarm": 1,
        "parameter": 1,
    }
    assert estimated.running_hours == 730
    assert estimated.monthly_usd == estimated.always_on_usd
    assert estimated.saving_percent == 0


def test_a_stopped_destination_is_billed_for_what_idles_alone() -> None:
    estimated = cost.estimate(spec(state="stopped"), DOLLARS, SOURCE)
    assert quantities(estimated) == {
        "idle channel": 730,
        "idle push input": 730,
        "alarms": ALARMS["stopped"],
        "composite alarm": 1,
        "parameter": 1,
    }
    assert estimated.always_on_usd == cost.estimate(spec(), DOLLARS, SOURCE).monthly_usd


def test_a_backup_flow_has_an_input_that_idles_too() -> None:
    amounts = quantities(
        cost.estimate(spec(state="stopped", flow=["main", "backup"]), DOLLARS, SOURCE)
    )
    assert amounts["idle push input"] == 2 * 730


def test_an_output_that_medialive_makes_sends_while_the_channel_is_stopped() -> None:
    amounts = quantities(
        cost.estimate(spec(state="stopped", input="mediaconnect"), DOLLARS, SOURCE)
    )
    assert amounts["flow output data"] == 2447.52
    assert "idle push input" not in amounts


def test_two_pipelines_take_a_flow_each_into_one_input() -> None:
    both: dict[str, Any] = {"redundancy": "standard", "flow": ["main", "backup"]}
    youtube = {"platform": "youtube", "input": "mediaconnect", **both}
    amounts = quantities(cost.estimate(spec(**youtube), DOLLARS, SOURCE))
    assert (amounts["running input"], amounts["flow output data"]) == (730, 4895.03)


def test_hours_on_air_split_the_month() -> None:
    amounts = quantities(cost.estimate(spec(), DOLLARS, SOURCE, hours=100))
    assert (amounts["running input"], amounts["running output"]) == (100, 100)
    assert (amounts["idle channel"], amounts["idle push input"]) == (630, 630)
    assert amounts["flow output data"] == pytest.approx(2447.52 * 100 / 730, abs=0.01)
    assert amounts["internet egress"] == round(1415.89 * 100 / 730, 2)


@pytest.mark.parametrize(
    ("windows", "weekly_hours"),
    [
        ([{"days": ["mon", "fri"], "start": "09:00", "stop": "17:30"}], 17),
        ([{"days": ["sat"], "start": "23:00", "stop": "01:00"}], 2),
        ([{"days": ["sun"], "start": "10:00", "stop": "10:03"}], 10 / 60),
    ],
)
def test_a_schedule_is_billed_for_its_windows(windows: Any, weekly_hours: float) -> None:
    scheduled = spec(schedule={"timezone": "UTC", "windows": windows})
    hours = weekly_hours * 730 / 168
    assert cost.running_hours(scheduled) == pytest.approx(hours)
    estimated = cost.estimate(scheduled, DOLLARS, SOURCE)
    assert quantities(estimated)["idle channel"] == pytest.approx(730 - hours, abs=0.01)
    assert estimated.always_on_usd == cost.estimate(spec(), DOLLARS, SOURCE).monthly_usd


def test_what_is_stopped_has_no_schedule_to_pay() -> None:
    windows = [{"days": ["mon"], "start": "09:00", "stop": "17:30"}]
    stopped = spec(state="stopped", schedule={"timezone": "UTC", "windows": windows})
    assert cost.running_hours(stopped) == 0


def test_no_month_has_more_hours_than_a_month() -> None:
    assert cost.estimate(spec(), DOLLARS, SOURCE, hours=10_000).running_hours == 730


def test_a_second_pipeline_takes_and_sends_everything_twice() -> None:
    single, double = (
        cost.estimate(spec(redundancy=class_), DOLLARS, SOURCE) for class_ in ("single", "standard")
    )
    for what in ("flow output data", "internet egress"):
        assert quantities(double)[what] == pytest.approx(2 * quantities(single)[what], abs=0.02)
    assert quantities(double)["running input"] == 730
    assert quantities(double)["alarms"] == 2 * quantities(single)["alarms"]
    assert {key.rpartition(".")[2] for key in double.keys if ".input." in key} == {"standard"}


def test_a_backup_flow_is_an_input_and_its_data_more() -> None:
    single, double = (
        cost.estimate(spec(flow=flow), DOLLARS, SOURCE) for flow in ("main", ["main", "backup"])
    )
    assert quantities(double)["running input"] == 2 * quantities(single)["running input"]
    data = "flow output data"
    assert quantities(double)[data] == pytest.approx(2 * quantities(single)[data], abs=0.02)
    assert quantities(double)["running output"] == quantities(single)["running output"]


def test_an_existing_parameter_is_not_ours_to_pay() -> None:
    estimated = cost.estimate(spec(stream_key={"ssm": "/existing"}), DOLLARS, SOURCE)
    assert "parameter" not in quantities(estimated)


def test_an_hour_on_air_is_the_share_of_a_month_always_on() -> None:
    estimated = cost.estimate(spec(state="stopped"), WEST, SOURCE)
    assert estimated.hourly_usd * 730 == pytest.approx(estimated.always_on_usd)


@pytest.mark.parametrize("preset", presets())
def test_every_preset_has_a_price(preset: str) -> None:
    for class_ in ("single", "standard"):
        assert cost.estimate(spec(preset, redundancy=class_), WEST, FlowSource()).monthly_usd > 0


@pytest.mark.parametrize("redundancy", ["single", "standard"])
def test_loudness_normalization_is_an_add_on_of_a_running_channel(redundancy: str) -> None:
    loud: dict[str, Any] = {"audio": {"loudness": {"target_lkfs": -23}}, "redundancy": redundancy}
    lines = {line.key: line for line in cost.estimate(spec(**loud), WEST, SOURCE).lines}
    assert lines["medialive.audio-normalization"].quantity == pytest.approx(730)
    off = cost.estimate(spec(state="stopped", **loud), WEST, SOURCE)
    assert "medialive.audio-normalization" not in {line.key for line in off.lines}
    assert "medialive.audio-normalization" not in cost.estimate(spec(), WEST, SOURCE).keys


@given(hours=some.floats(0, 730), more=some.floats(0, 730))
def test_more_hours_never_cost_less(hours: float, more: float) -> None:
    few, many = sorted((hours, more))
    less = cost.estimate(spec(), WEST, SOURCE, hours=few)
    assert less.monthly_usd <= cost.estimate(spec(), WEST, SOURCE, hours=many).monthly_usd + 1e-6
    assert 0 <= round(less.saving_percent, 6) <= 100


@pytest.mark.parametrize(
    ("codec", "resolution", "mbps", "key"),
    [
        ("AVC", "SD", 10, "medialive.input.avc.sd.under-10-mbps.single"),
        ("AVC", "HD", 20, "medialive.input.avc.hd.10-20-mbps.single"),
        ("HEVC", "UHD", 21, "medialive.input.hevc.uhd.over-20-mbps.single"),
    ],
)
def test_an_input_is_billed_by_what_is_declared(
    codec: Any, resolution: Any, mbps: int, key: str
) -> None:
    assert cost.input_key(FlowSource(codec=codec, resolution=resolution, mbps=mbps)) == key


@pytest.mark.parametrize(
    ("width", "height", "fps", "kbps", "tail"),
    [
        (854, 480, 30, 1500, "sd.up-to-30-fps.under-10-mbps"),
        (1280, 720, 31, 9999, "hd.30-60-fps.under-10-mbps"),
        (1920, 1080, 60, 10000, "hd.30-60-fps.10-20-mbps"),
        (1080, 1920, 24, 20000, "hd.up-to-30-fps.10-20-mbps"),
        (3840, 2160, 30, 20001, "uhd.up-to-30-fps.over-20-mbps"),
    ],
)
def test_an_output_is_billed_by_size_rate_and_bitrate(
    width: int, height: int, fps: int, kbps: int, tail: str
) -> None:
    profile = Encoding(
        width=width, height=height, frames_per_second=fps, video_kbps=kbps, audio_kbps=128
    )
    assert cost.output_key(profile) == f"medialive.output.avc.{tail}.single"


def test_enhanced_quality_is_billed_as_an_output_of_its_own() -> None:
    encoding = presets()["1080p59.94"].model_copy(update={"quality": "enhanced"})
    key = "medialive.output.avc-enhanced.hd.30-60-fps.under-10-mbps.standard"
    assert cost.output_key(encoding, pipelines=2) == key
    standard = spec(preset="1080p30")
    enhanced = spec(preset="1080p30", encoding={"quality": "enhanced"})
    costs = [cost.estimate(each, WEST, SOURCE).monthly_usd for each in (standard, enhanced)]
    assert costs[0] < costs[1]


def test_sound_alone_is_an_output_of_its_own() -> None:
    assert cost.output_key(presets()["audio-only"]) == "medialive.output.audio-only.single"


@pytest.mark.parametrize(
    ("minutes", "hours"),
    [([], 0), ([0.5], 10 / 60), ([10], 10 / 60), ([10.2], 11 / 60), ([5, 5], 20 / 60), ([90], 1.5)],
)
def test_each_run_is_billed_by_the_minute_from_ten_on(minutes: list[float], hours: float) -> None:
    assert cost.billed_hours(minutes) == pytest.approx(hours)


def test_what_is_shared_is_billed_by_the_piece() -> None:
    watches, none = [*alarms.flow_alarms([spec()]).values()], SharedAlarms()
    lines = cost.shared_lines(DOLLARS, SharedAlarms(watches, 1), none, dashboards=0)
    assert [(line.what, line.quantity) for line in lines] == [
        ("alarms", cost.metrics(watches)),
        ("composite alarm", 1),
    ]
    (dashboards,) = cost.shared_lines(DOLLARS, none, none, dashboards=2)
    assert (dashboards.what, dashboards.quantity) == ("dashboards", 2)


def test_an_alarm_is_billed_for_every_metric_it_looks_at() -> None:
    watches = alarms.channel_alarms(spec()).values()
    looked_at = [name for watch in watches for name in watch.metrics]
    assert cost.metrics(watches) == len(looked_at) >= len(watches)


def test_a_source_that_may_be_silent_saves_the_alarm_on_its_sound() -> None:
    def alarms_of(source: FlowSource) -> float:
        lines = cost.estimate(spec(), DOLLARS, source).lines
        return next(line.quantity for line in lines if line.what == "alarms")

    assert alarms_of(FlowSource()) - alarms_of(FlowSource(sound=False)) == 1


def test_nothing_saves_nothing() -> None:
    assert cost.saving_percent(0, 0) == 0


def test_the_items_of_hours_are_those_of_an_estimate_of_them() -> None:
    billed = billed_settings(1280, 720, 30, video_kbps=2000, mbps=20)
    estimated = cost.estimate(spec(), DOLLARS, SOURCE, hours=100, billed=billed, measured_mbps=5)
    given = cost.lines(spec(), DOLLARS, SOURCE, hours=100, billed=billed, measured_mbps=5)
    assert given == estimated.lines
    assert given != cost.lines(spec(), DOLLARS, SOURCE, hours=100)
