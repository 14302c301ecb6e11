"""Cheaper ways: what each saves is what its patch makes of the files."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from catalog import strict_yaml
from catalog.flow_source import FlowFacts, FlowSource
from catalog.model import DestinationSpec
from catalog.price import Price
from catalog.prices import Prices, prices
from catalog.pricing import Pricing
from catalog.savings import (
    DestinationFile,
    StackFile,
    Suggestion,
    smaller_inputs,
    suggestions,
)
from tests.support.import_manifest import billed_settings, entry_with

REGION = "us-west-2"
FLOWS = {
    "main": FlowFacts(REGION, FlowSource(mbps=6)),
    "rich": FlowFacts(REGION, FlowSource(mbps=20)),
    "backup": FlowFacts(REGION, FlowSource(mbps=6)),
}
PRICING = Pricing(FLOWS, {REGION: prices(REGION)}, {})
COMMON = "# Main show\nplatform: custom\nurl: rtmp://a.example.org/app\npreset: 1080p30\n"


def parsed(name: str, text: str) -> DestinationSpec:
    return DestinationSpec.model_validate({**strict_yaml.parse(text).content, "name": name})


def file(name: str = "one", more: str = "", common: str = COMMON) -> DestinationFile:
    return DestinationFile(parsed(name, common + more), f"destinations/{name}.yaml", common + more)


def ways(of: DestinationFile, pricing: Pricing = PRICING) -> dict[str, Suggestion]:
    return {each.way: each for each in suggestions([of], pricing)}


def applied(suggestion: Suggestion, text: str, path: str, folder: Path) -> str | None:
    """Return *text* after the patch of *suggestion*, applied by git."""
    target = folder / path
    target.parent.mkdir(exist_ok=True)
    target.write_text(text)
    subprocess.run(
        ["git", "apply", "-"],  # noqa: S607 - the git that people use
        input=suggestion.patch.encode(),
        cwd=folder,
        check=True,
    )
    return target.read_text() if target.exists() else None


FILES = [
    file(),
    file(more="encoding: {bitrate_kbps: 11000}\nretry:\n  attempts: 3\n"),
    file(more="flow: [main, backup]  # both\n"),
    file(more="redundancy: standard\nbackup_url: rtmp://b.example.org/app\n"),
    file(more="redundancy: single\n"),
    file(more="state: stopped"),
    file(
        more="schedule:\n  timezone: UTC\n  windows: [{days: [mon], start: '09:00', stop: '10:00'}]"
    ),
]


@pytest.mark.parametrize("of", FILES, ids=range(len(FILES)))
def test_a_patch_applies_and_costs_what_is_said(of: DestinationFile, tmp_path: Path) -> None:
    cheaper = suggestions([of], PRICING)
    assert cheaper
    for suggestion in cheaper:
        assert suggestion.before_usd == PRICING.cost(of.spec).monthly_usd
        assert suggestion.saving_usd > 0
        if suggestion.patch:
            text = applied(suggestion, of.text, of.path, tmp_path)
            after = 0 if text is None else PRICING.cost(parsed("one", text)).monthly_usd
            assert suggestion.after_usd == pytest.approx(after)
            assert text is None or "# Main show" in text


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (FILES[0], {"route: flow", "schedule", "reservation"}),
        (FILES[1], {"route: flow", "less than 10 Mb/s", "schedule", "reservation"}),
        (FILES[2], {"one flow", "schedule", "reservation"}),
        (FILES[3], {"one pipeline", "schedule", "reservation"}),
        (FILES[5], {"route: flow", "no file"}),
        (FILES[6], {"route: flow"}),
        (
            file(more="flow: rich\n", common=COMMON.replace("custom", "twitch")),
            {"schedule", "reservation"},
        ),
        (
            file(more="encoding: {quality: enhanced, frames_per_second: 29.97}\n"),
            {"route: flow", "standard quality", "schedule", "reservation"},
        ),
        (file(more="state: stopped\nprotected: true\n"), {"route: flow"}),
        (file(more="route: flow\n", common=COMMON.replace("preset: 1080p30\n", "")), {"schedule"}),
    ],
    ids=range(10),
)
def test_each_destination_has_the_ways_that_its_file_allows(
    of: DestinationFile, expected: set[str]
) -> None:
    assert ways(of).keys() == expected


def test_what_keeps_the_request_comes_first_and_the_cheapest_of_it() -> None:
    cheaper = suggestions([FILES[0]], PRICING)
    assert [each.way for each in cheaper] == ["route: flow", "reservation", "schedule"]
    assert [each.keeps for each in cheaper] == [True, True, False]


ASKING = """\
input: mediaconnect
transport: rtp
audio: {track: 2}
on_input_loss: {drop: true}
picture: {fit: stretch}
record: {s3: recordings/one}
medialive: {LogLevel: DEBUG}
"""


@pytest.mark.parametrize("more", ASKING.splitlines())
def test_a_flow_takes_no_key_of_a_channel(more: str) -> None:
    """Its rules name the keys, so that the suggestion removes every one of them."""
    of = file(more=f"{more}\n")
    suggestion = ways(of)["route: flow"]
    (key, _) = more.split(":", 1)
    asks = key not in {"input", "transport"}
    assert suggestion.keeps is not asks
    assert suggestion.gives_up.endswith(f"; without {key}") is asks
    assert f"-{more}" in suggestion.patch.splitlines()


def test_an_ingest_that_asks_for_credentials_needs_a_channel() -> None:
    of = file(more="authentication: {username: ops, password: {config: ingest}}\n")
    assert "route: flow" not in ways(of)


def test_a_reservation_says_what_it_commits_to() -> None:
    reservation = ways(FILES[0])["reservation"]
    hourly = 0.1404 + 0.4212
    assert reservation.saving_usd == pytest.approx(0.5 * hourly * 730)
    assert f"a year's commitment of ${0.5 * hourly * 730 * 12:,.0f} (" in reservation.gives_up
    assert "it pays from 365 hours a month" in reservation.gives_up


def test_a_reservation_counts_what_runs_twice_and_has_the_bounds_of_its_estimate() -> None:
    of = FILES[2]
    pricing = Pricing(
        FLOWS, {REGION: Prices.model_construct(region=REGION, figures=_Reserved())}, {}
    )
    input_hours, output_hours = 2, 1
    hourly = input_hours * 1 + output_hours * 1
    reserved, least, most = (hourly * share for share in (0.5, 0.25, 0.75))
    numbers = re.findall(r"[\d,]+", ways(of, pricing)["reservation"].gives_up)
    assert numbers == [
        *(f"{hours * 730 * 12:,.0f}" for hours in (reserved, least, most)),
        *(f"{730 * hours / hourly:.0f}" for hours in (reserved, least, most)),
    ]


class _Reserved(dict[str, Price]):
    """Prices everything at a dollar, and its reservation at half of it, give or take a quarter."""

    def __missing__(self, key: str) -> Price:
        half = {"usd": 0.5, "least_usd": 0.25, "most_usd": 0.75}
        usd = half if key.endswith(".reserved") else {"usd": 1}
        about = {"unit": "hour", "origin": "estimate", "source": "a test", "date": "2030-01-01"}
        return Price.model_validate({**about, **usd})

    def __contains__(self, key: object) -> bool:
        # Only inputs and outputs of MediaLive can be reserved.
        reservable = str(key).startswith(("medialive.input.", "medialive.output."))
        return reservable or not str(key).endswith(".reserved")


def test_an_adopted_channel_keeps_its_route_and_is_priced_as_it_is() -> None:
    billed = billed_settings(1280, 720, 30, video_kbps=2000, mbps=20)
    adopted = {"one": entry_with(FILES[0].spec, billed=billed)}
    pricing = Pricing(FLOWS, PRICING.prices, adopted)
    cheaper = ways(FILES[0], pricing)
    assert "route: flow" not in cheaper
    assert cheaper["schedule"].before_usd == pricing.cost(FILES[0].spec).monthly_usd
    assert cheaper["schedule"].before_usd != PRICING.cost(FILES[0].spec).monthly_usd


def test_a_file_that_only_a_person_can_edit_has_no_patch() -> None:
    text = "{platform: custom, url: 'rtmp://a.example.org/app', preset: 1080p30}\n"
    assert ways(file(common=text)).keys() == {"reservation"}


SETTINGS = "config:\n  aws:region: us-west-2\n  lunora-player:flows:\n    rich: {name: x}\n"


def inputs(measured: dict[str, float], text: str = SETTINGS) -> list[Suggestion]:
    stack = StackFile("Pulumi.prod.yaml", text, "lunora-player:flows")
    specs = [parsed(name, COMMON + "flow: rich\n") for name in ("one", "two")]
    return list(smaller_inputs(specs, PRICING, settings=stack, measured=measured))


@pytest.mark.parametrize(
    ("measured", "keeps", "said"),
    [
        ({}, False, "it was not measured"),
        ({"rich": 7.2}, True, "it was measured at 7.2 Mb/s"),
    ],
)
def test_a_smaller_class_of_input_is_that_of_all_channels(
    measured: dict[str, float],
    keeps: bool,  # noqa: FBT001 - a case
    said: str,
    tmp_path: Path,
) -> None:
    (smaller,) = inputs(measured)
    assert (smaller.name, smaller.way) == ("flow rich", "source of up to 10 Mb/s")
    assert smaller.keeps == keeps
    assert said in smaller.gives_up
    assert smaller.saving_usd == pytest.approx(2 * (0.1764 - 0.1404) * 730)
    text = applied(smaller, SETTINGS, "Pulumi.prod.yaml", tmp_path)
    assert text is not None
    flows: Any = yaml.safe_load(text)["config"]["lunora-player:flows"]
    assert flows == {"rich": {"name": "x", "source": {"mbps": 10}}}


@pytest.mark.parametrize("measured", [{"rich": 10.5}, {"rich": 20.0}])
def test_a_source_that_needs_its_class_keeps_it(measured: dict[str, float]) -> None:
    assert inputs(measured) == []


def test_settings_that_only_a_person_can_edit_have_no_patch() -> None:
    assert inputs({}, "config: {}\n") == []
