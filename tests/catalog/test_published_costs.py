"""The model of cost gives the figures that somebody published."""

from __future__ import annotations

from typing import Any

import pytest

from catalog import cost
from catalog.flow_source import FlowSource
from catalog.model import DestinationSpec
from catalog.presets import Encoding
from catalog.prices import prices

EAST = prices("us-east-1")


def output(width: int, height: int, kbps: int, fps: int = 30) -> Encoding:
    return Encoding(
        width=width, height=height, frames_per_second=fps, video_kbps=kbps, audio_kbps=128
    )


def hour(source: FlowSource, outputs: list[Encoding], pipelines: int) -> float:
    """Return an hour of a channel of one input and *outputs*."""
    keys = [cost.input_key(source, pipelines)]
    keys += [cost.output_key(encoding, pipelines) for encoding in outputs]
    return sum(EAST.figure(key).usd for key in keys)


SD = [output(*size) for size in ((512, 288, 400), (640, 360, 800), (768, 432, 1200))]
SD += [output(960, 540, 1800)]
HD = [output(1280, 720, 2700), output(1920, 1080, 4100)]


@pytest.mark.parametrize(("outputs", "usd"), [(SD, 1.71), (SD + HD, 3.11)])
def test_the_examples_of_aws_solutions(outputs: list[Encoding], usd: float) -> None:
    """Live Streaming on AWS with Amazon S3, cost examples 1 and 2, tables 2 and 7."""
    assert hour(FlowSource(mbps=20), outputs, 2) == pytest.approx(usd, abs=0.005)


@pytest.mark.parametrize(("pipelines", "usd"), [(1, 1.1952), (2, 1.992)])
def test_the_ladder_of_a_project(pipelines: int, usd: float) -> None:
    """wbm99/aws-channel-with-terraform, docs/cost-estimate.md: an hour of 1080p, 720p and 480p."""
    ladder = [output(1920, 1080, 5000), output(1280, 720, 3000), output(854, 480, 1500)]
    assert hour(FlowSource(mbps=10), ladder, pipelines) == pytest.approx(usd)


def test_the_classes_of_the_pricing_page() -> None:
    """The example of the pricing page: 2.37 an hour with one pipeline, 3.94 with two."""
    single, standard = (hour(FlowSource(mbps=10), HD, pipelines) for pipelines in (1, 2))
    assert single / standard == pytest.approx(2.37 / 3.94, abs=0.005)


@pytest.mark.parametrize(
    ("minutes", "billed"), [(3, 10), (10, 10), (10.2, 11), (15, 15), (59.1, 60)]
)
def test_the_minimum_of_the_pricing_page(minutes: float, billed: float) -> None:
    """Rounded up to the nearest minute, above a 10-minute minimum."""
    assert cost.billed_hours([minutes]) * 60 == pytest.approx(billed)


def spec(**more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": "restream", "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def lines(of: DestinationSpec, mbps: int = 8, hours: float | None = None) -> dict[str, float]:
    estimate = cost.estimate(of, EAST, FlowSource(mbps=mbps), hours=hours)
    return {line.what: line.usd for line in estimate.lines}


def test_a_running_channel_has_no_charge_of_its_own() -> None:
    """MediaLive user guide, pricing: idle charges are those of channels that do not run."""
    assert not {"idle channel", "idle push input"} & lines(spec()).keys()
    assert {"idle channel", "idle push input"} <= lines(spec(state="stopped")).keys()


def test_an_attached_input_is_billed_even_if_another_is_active() -> None:
    """MediaLive user guide, pricing."""
    plain, backed = lines(spec()), lines(spec(flow=["main", "backup"]))
    assert backed["running input"] == pytest.approx(2 * plain["running input"])
    assert backed["running output"] == plain["running output"]


def test_the_data_from_a_flow_to_a_channel() -> None:
    """wbm99: about 0.03 an hour for a source of 6.4 Mb/s, at 0.01 per GB."""
    per_hour = lines(spec(), mbps=6, hours=100)["flow output data"] / 100
    assert per_hour * 6.4 / 6 == pytest.approx(0.03, abs=0.005)


def test_a_disabled_flow_output_carries_no_data() -> None:
    """MediaConnect user guide, document history of 12 July 2024."""
    assert not {"flow output data", "internet egress"} & lines(spec(state="stopped")).keys()


def test_a_reservation_may_pay_from_180_hours() -> None:
    """MediaLive pricing page; the discount is the largest that a page of AWS names."""
    price = EAST.figure("medialive.output.avc.hd.up-to-30-fps.under-10-mbps.single.reserved")
    on_demand = EAST.figure("medialive.output.avc.hd.up-to-30-fps.under-10-mbps.single")
    assert cost.HOURS_PER_MONTH * price.low / on_demand.usd == pytest.approx(180, abs=5)
