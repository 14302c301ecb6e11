"""`lunora report` over the wire: an outage, a stop by an operator, and their figures."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import time
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from catalog.names import history_log_group
from lunora.ops import history_log, report_readings
from lunora.ops.desired_state import declared
from tests.support.patrol import Patrol
from tests.support.stage import REGION, Stage, run


class Recorder(Patrol):
    """A watchdog that keeps its history in CloudWatch Logs, on the emulator's clock."""

    def __init__(self, stage: Stage, client: Callable[[str], Any]) -> None:
        super().__init__(stage.stack, lambda: declared(stage.folder / "destinations") or (), client)
        self.stage, self.logs = stage, client("logs")
        self.group = history_log_group("lunora-player", "local")
        self.logs.create_log_group(logGroupName=self.group)

    def _log(self, entries: Any) -> None:
        lines = [(entry.time, entry.document()) for entry in entries]
        history_log.write(self.logs, self.group, "watchdog", lines)

    def after(self, minutes: int) -> None:
        """Let time pass, with an invocation at its end."""
        self.stage.aws.clock.advance(60 * minutes)
        self.now = dt.datetime.now(dt.UTC)
        self.run({"time": self.stage.aws.clock.date().isoformat()}, minutes=0)


@pytest.fixture
def past(stage: Stage, client: Callable[[str], Any]) -> Stage:
    """An hour with an outage of ten minutes and a stop by an operator, then calm."""
    # The history is written on the emulator's clock, which must not be behind the watchdog's.
    stage.aws.clock.catch_up(time.time())
    for flow in stage.aws.regions["mediaconnect", REGION].flows.values():
        # CloudWatch would have months of it.
        flow.history[:] = [dataclasses.replace(flow.history[-1], time=stage.aws.clock.now())]
    stage.destination("show")
    stage.destination("talk")
    stage.declare("talk", "tags: {event: launch}")
    watchdog = Recorder(stage, client)
    watchdog.after(20)
    stage.medialive.stop_channel(ChannelId=stage.ids["show"])
    stage.until("show", "IDLE")
    stage.aws.clock.advance(600)
    watchdog.after(0)
    stage.until("show", "RUNNING")
    watchdog.after(10)
    assert run("stop", "talk", "--yes").exit_code == 0
    watchdog.after(10)
    assert run("start", "talk").exit_code == 0
    watchdog.after(10)
    return stage


def reported(*words: str) -> dict[str, Any]:
    result = run("report", "--since", "3h", "--json", *words)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [text or "" for name, text in attrs if name in {"src", "href"}]


def test_an_hour_with_an_outage_and_a_stop(past: Stage) -> None:
    document = reported()
    (period,) = document["periods"]
    show, talk = period["destinations"]
    assert (show["name"], show["restarts"], len(show["incidents"])) == ("show", 1, 1)
    (outage,) = show["interruptions"]
    assert outage["seconds"] == pytest.approx(600, abs=120)
    assert "although its file says running" in outage["cause"]
    (stop,) = talk["interruptions"]
    assert stop["cause"].startswith("stopped by ")
    assert stop["seconds"] == pytest.approx(600, abs=120)
    # Two hours before there was anything are a gap, and no outage.
    assert show["gap_hours"] == pytest.approx(2, abs=0.2)
    assert show["availability_percent"] == pytest.approx(100 * 47 / 57, abs=5)
    assert show["cost"]["declared_usd"] > show["cost"]["used_usd"] > 0
    assert period["total"]["interruptions"] == 2
    only = reported("--tag", "event=launch")["periods"][0]["destinations"]
    assert [each["name"] for each in only] == ["talk"]
    for form in ("--markdown", "--html"):
        result = run("report", "--since", "3h", form)
        assert result.exit_code == 0
        assert "stopped by" in result.stdout
        assert not [key for key in past.keys.values() if key in result.output]
    parser = _Tags()
    parser.feed(result.stdout)
    assert "svg" in parser.tags
    assert not parser.tags & {"script", "link", "iframe", "img", "object", "form"}
    assert parser.addresses == []


@pytest.mark.parametrize(
    "since", ["456d", "soon", "2026-02-30", "2999-01-01", "2001-01-01", "0d", "0m"]
)
def test_a_begin_that_cannot_be_is_refused(stage: Stage, since: str) -> None:
    result = run("report", "--since", since)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("LUN428: ")


def test_two_forms_exclude_each_other(stage: Stage) -> None:
    assert run("report", "--json", "--html").stderr.startswith("LUN400: ")


NOW = dt.datetime(2026, 12, 31, 12, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("days", "periods"), [(1, [60]), (15, [60, 300]), (30, [60, 300]), (455, [60, 300, 3600])]
)
def test_each_time_is_read_in_the_finest_that_is_kept(days: int, periods: list[int]) -> None:
    begin = NOW - dt.timedelta(days=days)
    tiers = list(report_readings.tiers(begin, NOW, NOW))
    assert [int(period.total_seconds()) for _, _, period in tiers] == periods
    assert tiers[0][1] == NOW
    assert [later[0] for later in tiers[:-1]] == [earlier[1] for earlier in tiers[1:]]
    kept = {60: 15, 300: 63, 3600: 455}
    for start, _, period in tiers:
        assert NOW - start <= dt.timedelta(days=kept[int(period.total_seconds())])
