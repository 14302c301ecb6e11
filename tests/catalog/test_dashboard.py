"""The dashboards: one row per destination, the flows on top, and CloudWatch's limits kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog import dashboard, output_groups
from catalog.dashboard import DestinationRow, FlowRow, bodies, pages

GOLDEN = Path(__file__).with_name("dashboard.json")
FLOW = FlowRow("router", "arn:aws:mediaconnect:us-west-2:123456789012:flow:1-a:router", "us-west-2")


def row(name: str, pipelines: int = 1) -> DestinationRow:
    return DestinationRow(
        name, "YouTube, 1080p30", "us-west-2", f"id-of-{name}", pipelines, output_groups.RTMP
    )


def rows(count: int) -> list[DestinationRow]:
    return [row(f"d{number}") for number in range(count)]


def test_a_dashboard_is_as_it_was_agreed() -> None:
    (body,) = bodies([FLOW], [row("one"), row("two", pipelines=2)])
    assert body == json.loads(GOLDEN.read_text(encoding="utf-8"))


def overlaps(widget: Any, other: Any) -> bool:
    return all(
        widget[place] < other[place] + other[size] and other[place] < widget[place] + widget[size]
        for place, size in (("x", "width"), ("y", "height"))
    )


def test_no_widget_covers_another_and_none_leaves_the_grid() -> None:
    (body,) = bodies([FLOW, FLOW], rows(3))
    widgets = body["widgets"]
    for number, widget in enumerate(widgets):
        assert 0 <= widget["x"] <= widget["x"] + widget["width"] <= 24
        assert not [other for other in widgets[number + 1 :] if overlaps(widget, other)]


@pytest.mark.parametrize(("count", "expected"), [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)])
def test_what_one_dashboard_does_not_take_goes_on_the_next(count: int, expected: int) -> None:
    dashboards = bodies([FLOW], rows(count))
    assert len(dashboards) == pages(1, count) == expected
    for body in dashboards:
        assert len(body["widgets"]) <= dashboard.MAX_WIDGETS
        assert "Flow router" in json.dumps(body["widgets"][0]), "the flow is on every page"
    shown = [text for body in dashboards for text in json.dumps(body).split('"') if "### d" in text]
    assert len(shown) == count


def test_a_group_without_a_name_has_no_metrics_of_its_own() -> None:
    """CloudWatch takes no dimension without a value."""
    unnamed = DestinationRow("one", "YouTube", "us-west-2", "1", 1, output_group="")
    (body,) = bodies([FLOW], [unnamed])
    assert "OutputGroupName" not in json.dumps(body)
    assert all(w["properties"].get("metrics", [1]) for w in body["widgets"])
