"""Maintenance windows: what they are in MediaLive, and which schedules they disturb."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from catalog import import_manifest
from catalog.diagnostics import DestinationValidationError
from catalog.loader import load
from catalog.maintenance import MaintenanceWindow
from catalog.model import DestinationSpec
from catalog.schedule import Schedule
from catalog.stack_settings import StackSettings
from tests.support.import_manifest import entry

TODAY = dt.date(2026, 6, 15)
TUESDAY = MaintenanceWindow(day="tue", start="04:00")
EVENING = "schedule: {timezone: UTC, windows: [{days: [tue], start: '05:00', stop: '20:00'}]}\n"
MINIMAL = "platform: restream\npreset: 1080p30\n"


def spec(**more: Any) -> DestinationSpec:
    given = {"name": "one", "platform": "restream", "preset": "1080p30", **more}
    return DestinationSpec.model_validate(given)


def disturbs(window: MaintenanceWindow, timezone: str, *hours: str) -> bool:
    """Tell whether *window* disturbs *hours*, for example `tue 05:00 20:00`."""
    windows = [
        {"days": [day], "start": start, "stop": stop}
        for day, start, stop in (text.split() for text in hours)
    ]
    schedule = Schedule.model_validate({"timezone": timezone, "windows": windows})
    return window.conflict(schedule, TODAY) is not None


def test_its_members_are_those_of_create_channel() -> None:
    assert TUESDAY.members == {"MaintenanceDay": "TUESDAY", "MaintenanceStartTime": "04:00"}
    assert str(TUESDAY) == "tue 04:00 to tue 06:00 UTC"


@pytest.mark.parametrize(
    ("window", "hours", "expected"),
    [
        (("tue", "04:00"), "tue 06:00 20:00", False),
        (("tue", "04:00"), "tue 05:59 20:00", True),
        (("tue", "04:00"), "tue 00:00 04:00", False),
        (("tue", "04:00"), "tue 00:00 04:01", True),
        (("tue", "04:00"), "tue 00:00 24:00", True),
        (("tue", "04:00"), "wed 04:00 06:00", False),
        (("sun", "23:00"), "mon 00:30 02:00", True),
        (("mon", "00:00"), "sun 22:00 01:00", True),
        (("sun", "23:00"), "mon 01:00 02:00", False),
    ],
)
def test_an_overlap_of_a_minute_counts(
    window: tuple[str, str], hours: str, *, expected: bool
) -> None:
    day, start = window
    maintenance = MaintenanceWindow.model_validate({"day": day, "start": start})
    assert disturbs(maintenance, "UTC", hours) == expected


@pytest.mark.parametrize(
    ("timezone", "hours", "expected"),
    [
        pytest.param("Europe/Berlin", "tue 08:00 20:00", False, id="05-07 in winter, 06-08"),
        pytest.param("Europe/Berlin", "tue 07:30 20:00", True, id="summer alone"),
        pytest.param("Europe/Berlin", "tue 00:00 05:30", True, id="winter alone"),
        pytest.param("America/Los_Angeles", "mon 20:30 21:00", True, id="the day before"),
        pytest.param("Asia/Kolkata", "tue 11:30 12:00", False, id="half an hour"),
        pytest.param("Asia/Kolkata", "tue 11:29 12:00", True, id="half an hour and a minute"),
    ],
)
def test_summer_and_winter_both_count(timezone: str, hours: str, *, expected: bool) -> None:
    assert disturbs(TUESDAY, timezone, hours) == expected


def test_the_window_of_the_file_precedes_that_of_the_stack() -> None:
    own = MaintenanceWindow(day="sun", start="10:00")
    declared = spec(maintenance=own.model_dump())
    assert import_manifest.maintenance(None, declared, TUESDAY) == own
    assert import_manifest.maintenance(None, spec(), TUESDAY) == TUESDAY
    assert import_manifest.maintenance(None, spec(), None) is None


def test_an_adopted_channel_keeps_its_own_until_its_file_declares_one() -> None:
    adopted, own = entry(spec()), TUESDAY.model_dump()
    assert import_manifest.maintenance(adopted, spec(), TUESDAY) is None
    assert import_manifest.maintenance(adopted, spec(maintenance=own), None) == TUESDAY
    assert import_manifest.maintenance(adopted, spec(preset="720p30"), TUESDAY) == TUESDAY


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("maintenance: {day: tue, start: '04:30'}\n", "LUN103"),
            ("maintenance: {day: tue, start: '24:00'}\n", "LUN103"),
            ("maintenance: {day: Tuesday, start: '04:00'}\n", "LUN103"),
            ("maintenance: {day: tue}\n", "LUN101"),
            ("maintenance: tue\n", "LUN102"),
            (f"maintenance: {{day: tue, start: '04:00'}}\n{EVENING}", "LUN128"),
        ],
    )
    def test_a_wrong_window_is_refused(self, tmp_path: Path, text: str, code: str) -> None:
        (tmp_path / "one.yaml").write_text(MINIMAL + text)
        with pytest.raises(DestinationValidationError) as refusal:
            load(tmp_path, today=TODAY)
        assert refusal.value.code == code

    def test_the_window_of_the_stack_is_refused_at_the_schedule(self, tmp_path: Path) -> None:
        (tmp_path / "one.yaml").write_text(MINIMAL + EVENING)
        assert load(tmp_path, today=TODAY).specs
        with pytest.raises(DestinationValidationError) as refusal:
            load(tmp_path, today=TODAY, maintenance=TUESDAY)
        (diagnostic,) = refusal.value.diagnostics
        assert (diagnostic.code, diagnostic.key, diagnostic.where.line) == ("LUN128", "schedule", 3)

    @pytest.mark.parametrize(
        "text",
        [
            f"{MINIMAL}{EVENING}maintenance: {{day: wed, start: '04:00'}}\n",
            f"platform: custom\nroute: flow\nurl: rtmp://example.org/app\n{EVENING}",
        ],
        ids=["it has its own", "it has no channel"],
    )
    def test_the_window_of_the_stack_counts_where_it_is_used(
        self, tmp_path: Path, text: str
    ) -> None:
        (tmp_path / "one.yaml").write_text(text)
        assert load(tmp_path, today=TODAY, maintenance=TUESDAY).specs

    def test_a_flow_output_has_no_window(self, tmp_path: Path) -> None:
        text = "platform: custom\nroute: flow\nurl: rtmp://example.org/app\n"
        (tmp_path / "one.yaml").write_text(f"{text}maintenance: {{day: tue, start: '04:00'}}\n")
        with pytest.raises(DestinationValidationError) as refusal:
            load(tmp_path, today=TODAY)
        assert refusal.value.code == "LUN121"


def test_the_setting_of_a_stack() -> None:
    values = {"aws:region": "us-west-2", "lunora-player:maintenance": TUESDAY.model_dump_json()}
    assert StackSettings.parse(values).maintenance == TUESDAY
