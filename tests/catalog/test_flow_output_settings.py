"""`route: flow`: what its file may say, what the flow is told, what it costs and saves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from catalog import cost, flow_output_settings
from catalog.diagnostics import DestinationValidationError
from catalog.flow_source import FlowSource
from catalog.loader import load
from catalog.model import DestinationSpec
from catalog.prices import prices
from catalog.rules.flow import source_fits
from catalog.rules.per_file import check_route_has_its_keys

REGION = "us-west-2"


def passed_on(**more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": "twitch", "route": "flow", **more}
    return DestinationSpec.model_validate(given)


def encoded(name: str = "one", **more: Any) -> DestinationSpec:
    given = {"name": name, "platform": "twitch", "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def test_a_file_without_channel_needs_no_preset(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("platform: twitch\nroute: flow\n")
    (spec,) = load(tmp_path, today=dt.date(2026, 1, 1)).specs
    assert (spec.route, spec.preset) == ("flow", None)
    with pytest.raises(ValueError, match="no channel"):
        assert spec.effective_encoding


def test_a_file_with_a_channel_still_does(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("platform: twitch\n")
    with pytest.raises(DestinationValidationError, match=r"\bLUN101\b: preset: "):
        load(tmp_path)


@pytest.mark.parametrize(
    "more",
    [
        {"preset": "1080p30"},
        {"encoding": {"bitrate_kbps": 5000}},
        {"retry": {"attempts": 3}},
        {"redundancy": "standard"},
        {"backup_url": "rtmp://host/app"},
    ],
)
def test_what_only_a_channel_does_is_refused(more: dict[str, Any]) -> None:
    (finding,) = check_route_has_its_keys(passed_on(**more))
    assert (finding.code, [finding.key]) == ("LUN121", list(more))


def test_a_backup_needs_a_channel() -> None:
    (finding,) = check_route_has_its_keys(passed_on(flow=["main", "backup"]))
    assert (finding.code, finding.key) == ("LUN121", "flow")
    assert list(check_route_has_its_keys(encoded(flow=["main", "backup"]))) == []


@pytest.mark.parametrize(
    ("url", "address", "settings"),
    [
        ("rtmp://live.example.org/app", ("live.example.org", 1935), ("app", False)),
        ("rtmps://live.example.org/app", ("live.example.org", 443), ("app", True)),
        ("rtmps://live.example.org:444/app", ("live.example.org", 444), ("app", True)),
    ],
)
def test_the_flow_is_told_the_parts_of_the_ingest(
    url: str, address: tuple[str, int], settings: tuple[str, bool]
) -> None:
    spec = passed_on(platform="custom", url=url)
    assert flow_output_settings.address(spec) == address
    assert flow_output_settings.rtmp_push(spec, stream_key="made-up") == {
        "application": settings[0],
        "streamName": "made-up",
        "tls": settings[1],
    }


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        (FlowSource(mbps=8), "Twitch takes 6000 kb/s"),
        (FlowSource(codec="HEVC", mbps=6), "RTMP carries AVC"),
    ],
)
def test_the_source_has_to_be_what_the_platform_takes(source: FlowSource, limit: str) -> None:
    assert source_fits(passed_on(), FlowSource(mbps=6)) is None
    error = source_fits(passed_on(), source)
    assert error is not None
    assert error.code == "LUN256"
    assert limit in error.message


def test_it_costs_what_it_sends_and_nothing_while_it_does_not() -> None:
    source = FlowSource(mbps=6)
    running = cost.estimate(passed_on(), prices(REGION), source)
    assert {line.what for line in running.lines} <= {"internet egress", "parameter"}
    assert running.monthly_usd < cost.estimate(encoded(), prices(REGION), source).monthly_usd
    stopped = cost.estimate(passed_on(state="stopped"), prices(REGION), source)
    assert "internet egress" not in {line.what for line in stopped.lines}
