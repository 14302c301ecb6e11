"""The Markdown: the same for the same change, never long, and with nothing secret."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from catalog.errors import LunoraError
from catalog.flow_source import FlowFacts, FlowSource
from catalog.forecast import Month
from catalog.model import DestinationSpec
from lunora.plan.cost_delta import CostDelta
from lunora.plan.origin import Origin
from lunora.plan.review import Review, review
from lunora.render.plan import LONGEST, markdown
from tests.lunora.plan.previews import (
    CHANNEL,
    deployed,
    destination,
    document,
    said,
    step,
)

KEY = "live_made_up_key"
RUNNING = {"state": "running"}


def spec(name: str, **more: Any) -> DestinationSpec:
    return DestinationSpec.model_validate(
        {"name": name, "platform": "twitch", "preset": "1080p30", **more}
    )


def made(
    text: str,
    *specs: DestinationSpec,
    region: str = "us-west-2",
    budget: float | None = None,
) -> Review:
    flows = {key: FlowFacts(region, FlowSource()) for key in {spec.flow for spec in specs}}
    today = dt.date(2026, 12, 1)
    return review(
        text,
        stack="lunora-player test",
        specs=specs,
        flows=flows,
        region=region,
        today=today,
        budget_usd=budget,
    )


def restart(name: str) -> list[dict[str, Any]]:
    return [
        destination(name, "same"),
        step(
            CHANNEL,
            f"{name}-channel",
            "update",
            of=name,
            old=RUNNING,
            new=RUNNING,
            paths=["destinations[0].Settings[0].StreamName"],
        ),
    ]


def section(text: str, heading: str) -> list[str]:
    return text.partition(f"### {heading}\n")[2].partition("\n### ")[0].strip().splitlines()


def test_nothing_to_do_is_said_so() -> None:
    text = markdown(made(document(deployed()), spec("one")))
    assert text.startswith("## lunora-player test: no destination changes\n\nMerging this changes")
    assert "### Interrupted" not in text


def test_the_first_lines_say_it_all() -> None:
    text = document(
        *restart("one"), destination("two", "create"), destination("old", "delete"), deployed()
    )
    title, _, verdict, *_ = markdown(made(text, spec("one"), spec("two"))).splitlines()
    assert title == "## lunora-player test: 1 created, 1 changed, 1 interrupted, 1 removed"
    assert verdict == (
        "Merging this deploys it; 1 stream is interrupted and 1 stream is removed for good."
    )


def test_an_interruption_says_which_why_and_for_how_long() -> None:
    text = markdown(made(document(*restart("one")), spec("one")))
    *_, row, _, source = section(text, "Interrupted")
    assert row == "| one | restarts | stream key | about 2 min |"
    assert source.startswith("Durations are estimates: acceptance test durations in the log of")


def test_parts_of_a_kind_are_counted() -> None:
    kinds = ["aws:cloudwatch/metricAlarm:MetricAlarm"] * 2 + [CHANNEL]
    parts = [step(kind, f"part-{n}", "create", of="one") for n, kind in enumerate(kinds)]
    text = markdown(made(document(destination("one", "create"), *parts), spec("one")))
    assert section(text, "Created") == ["- **one**: 2 alarms, channel"]


def test_a_stream_that_starts_is_not_interrupted() -> None:
    states = {"old": {"state": "stopped"}, "new": RUNNING}
    start = step(CHANNEL, "one-channel", "update", of="one", paths=["state"], **states)
    text = markdown(made(document(destination("one", "same"), start), spec("one")))
    assert "no stream is interrupted" in text
    assert section(text, "Changed") == [
        "- **one** is running, as it was declared stopped: channel started"
    ]


def test_the_cost_is_that_of_the_stack_before_and_of_the_files_after() -> None:
    before = deployed(
        destinations={"old": {"monthlyUsd": 100.5}, "odd": "nothing"}, cost={"monthlyUsd": 100.5}
    )
    text = markdown(made(document(before, destination("one", "create")), spec("one")))
    rows = [row for row in section(text, "Cost a month") if row.startswith("| ")][1:]
    old, row, total = rows
    assert re.fullmatch(r"\| one \| - \| (\$[\d.]+) \| \+\1 \| \$[\d,]+ to \$[\d,]+ \|", row)
    assert old == "| old | $100.50 | - | -$100.50 | - |"
    assert total.startswith("| **all** | $100.50 | $")


def test_the_month_is_forecast_against_the_budget() -> None:
    # The first of December: the whole month is left.
    before = deployed(destinations={}, cost={"monthlyUsd": 730})
    text = markdown(made(document(before, destination("one", "create")), spec("one"), budget=1000))
    (line,) = (row for row in text.splitlines() if row.startswith("Forecast of "))
    match = re.fullmatch(
        r"Forecast of December 2026, if deployed today: \$([\d.]+), (\d+) % of the budget of"
        r" \$1,000\.00\.",
        line,
    )
    assert match is not None
    assert float(match[1]) / 10 == pytest.approx(float(match[2]), abs=0.5)


def test_half_a_month_as_deployed_and_half_as_declared() -> None:
    delta = CostDelta(before=730.0, after=0.0, least=0.0, most=0.0, shares=())
    month = Month.of(dt.datetime(2026, 11, 16, tzinfo=dt.UTC))
    assert delta.forecast(month) == 360
    assert replace(delta, before=None).forecast(month) is None


@pytest.mark.parametrize(
    ("before", "shown"),
    [([], "$0.00"), ([deployed()], "$0.00"), ([deployed(destinations={})], "-")],
)
def test_a_stack_that_is_new_costs_nothing_and_an_old_one_may_not_say(
    before: list[Any], shown: str
) -> None:
    text = markdown(made(document(*before), spec("one")))
    (total,) = (row for row in section(text, "Cost a month") if row.startswith("| **all**"))
    assert total.startswith(f"| **all** | {shown} | $")


def test_without_prices_the_cost_is_not_known_and_says_why() -> None:
    text = markdown(made(document(), spec("one"), region="moon"))
    assert section(text, "Cost a month")[0].startswith("Not known: LUN160: ")


def test_without_valid_files_there_is_no_cost_and_no_quota() -> None:
    failed = made(document(diagnostics=[said("error", "error: one.yaml:1:1: preset: wrong")]))
    text = markdown(failed)
    assert failed.failed
    assert not failed.refused
    assert text.startswith("## lunora-player test: the preview failed\n")
    assert section(text, "Cost a month") == ["Not known: there are no valid destination files."]
    assert "### Quota" not in text


def test_a_refusal_names_its_guard() -> None:
    refusal = "error: LUN404: nothing was removed: no state"
    review = made(document(diagnostics=[said("error", refusal)]), spec("one"))
    assert review.refused
    text = markdown(review)
    assert text.startswith("## lunora-player test: refused by a guard\n")
    assert "**Refused by the guard `orphans`**" in text


def test_a_refusal_beside_an_error_is_an_error() -> None:
    both = [said("error", "LUN404: nothing was removed"), said("error", "could not read it")]
    assert not made(document(diagnostics=both), spec("one")).refused


def test_more_than_the_default_quota_is_marked() -> None:
    text = markdown(made(document(), *(spec(f"d{n}") for n in range(6))))
    assert "| channels | 6 **too many** | 5 by default |" in text
    assert "A default may have been raised" in text


def test_the_accounts_own_quota_is_taken_where_the_stack_knows_it() -> None:
    limits = {kind: {"limit": 50} for kind in ("channels", "pushInputs", "flowOutputs")}
    text = markdown(made(document(deployed(quota=limits)), spec("one")))
    assert "| channels | 1 | 50 |" in text
    assert "by default" not in text


def test_nothing_that_was_said_is_markdown() -> None:
    text = markdown(made(document(diagnostics=[said("warning", "```\n# boo ````")]), spec("one")))
    assert "`````text\n```\n# boo ````\n`````" in text


def test_a_flow_of_any_name_is_drawn() -> None:
    text = markdown(made(document(), spec("one", flow='"]; click x')))
    assert '  f0(["flow ___ click x"])' in section(text, "Picture")


def test_the_order_of_steps_means_nothing() -> None:
    steps = [*restart("one"), *restart("two"), destination("new", "create")]
    specs = [spec(name) for name in ("new", "one", "two")]
    assert markdown(made(document(*steps), *specs)) == markdown(
        made(document(*reversed(steps)), *specs)
    )


@pytest.mark.parametrize("op", ["create", "delete", "restart"])
def test_a_thousand_destinations_fit_into_a_comment(op: str) -> None:
    names = [f"{'long-name-' * 3}{number:04}" for number in range(1000)]
    steps = [
        step
        for name in names
        for step in (restart(name) if op == "restart" else [destination(name, op)])
    ]
    warnings = [said("warning", f"destinations/{name}.yaml:1:1: {'x' * 900}") for name in names]
    before = deployed(destinations={name: {"monthlyUsd": 1.0} for name in names})
    specs = [] if op == "delete" else [spec(name) for name in names]
    text = markdown(made(document(before, *steps, diagnostics=warnings), *specs))
    assert len(text.encode()) < LONGEST
    assert "... and 960 more." in text
    assert re.search(r'd0\["1000 (created|removed|interrupted)"\]', text)


def test_no_secret_of_the_document_is_in_the_markdown() -> None:
    holders = [
        step(
            CHANNEL,
            "one-channel",
            "update",
            of="one",
            paths=["destinations[0].Settings[0].StreamName"],
            old={**RUNNING, "destinations": [{"Settings": [{"StreamName": KEY}]}]},
            new={**RUNNING, "destinations": [{"Settings": [{"StreamName": f"{KEY}-2"}]}]},
        ),
        step(
            "aws:ssm/parameter:Parameter", "one-stream-key", "update", of="one", new={"value": KEY}
        ),
        *restart("one"),
    ]
    content = json.loads(
        document(
            *holders,
            diagnostics=[
                said("error", f"error: cannot push {KEY}"),
                said("warning", f"warning: {KEY}-2 to rtmp://h/a/{KEY}"),
            ],
        )
    )
    content["config"] = {"lunora-player:streamKeys": json.dumps({"one": KEY})}
    text = markdown(made(json.dumps(content), spec("one")))
    assert "| stream key |" in text
    assert KEY not in text


def test_quotas_are_those_of_each_region() -> None:
    specs = [spec(f"d{number}", flow="main" if number % 2 else "far") for number in range(6)]
    flows = {
        "main": FlowFacts("us-west-2", FlowSource()),
        "far": FlowFacts("eu-west-1", FlowSource()),
    }
    limits = {"channels": {"limit": 5}, "pushInputs": {"limit": 5}}
    result = review(
        document(deployed(quota=limits)),
        stack="p s",
        specs=tuple(specs),
        flows=flows,
        region="us-west-2",
        today=dt.date(2026, 12, 1),
    )
    assert not [usage for usage in result.quota_usage if usage.exceeded]
    rows = {usage.what: (usage.used, usage.known) for usage in result.quota_usage}
    assert rows["channels in us-west-2"] == rows["push inputs in us-west-2"] == (3, True)
    assert rows["channels in eu-west-1"] == (3, False)


def test_changed_properties_are_listed_without_secrets() -> None:
    path = "destinations[0].Settings[0].StreamName"
    old, new = (
        {**RUNNING, "retry": count, "destinations": [{"Settings": [{"StreamName": key}]}]}
        for count, key in ((1, KEY), (2, f"{KEY}-2"))
    )
    paths = [path, "retry", "added"]
    change = step(CHANNEL, "one-channel", "update", of="one", old=old, new=new, paths=paths)
    text = markdown(made(document(destination("one", "same"), change), spec("one")))
    assert "one-channel: retry: 1 -> 2\n" in text
    assert f"one-channel: {path}: " in text
    assert "one-channel: added: none -> none\n" in text
    assert KEY not in text


def test_the_origin_and_a_marker_end_it() -> None:
    flows: dict[str, FlowFacts] = {}
    run = "https://github.com/o/r/actions/runs/7"
    result = review(
        document(deployed()),
        stack="lunora-player prod",
        specs=(),
        flows=flows,
        region="us-west-2",
        today=dt.date(2026, 12, 1),
        origin=Origin("0123456789abcdef", run),
    )
    *_, origin, blank, marker = markdown(result).splitlines()
    assert origin == f"Commit `0123456789`, [run]({run})."
    assert (blank, marker) == ("", "<!-- lunora plan lunora-player prod -->")


@pytest.mark.parametrize(
    ("commit", "run"),
    [("HEAD", ""), ("`x`", ""), ("", "http://x"), ("", "https://x/a) [b](https://y/"), ("", "x")],
)
def test_an_origin_is_no_way_into_the_comment(commit: str, run: str) -> None:
    with pytest.raises(LunoraError):
        Origin(commit, run)
