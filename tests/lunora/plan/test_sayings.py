"""What was said is told once, by who said it, and without anything secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lunora.plan.diagnostics import PreviewDiagnostics, preview_diagnostics
from lunora.plan.preview import parse
from tests.lunora.plan.previews import CHANNEL, document, said, step

KEY = "live_made_up_key"


def told(*diagnostics: dict[str, str], steps: Any = (), config: Any = None) -> PreviewDiagnostics:
    content = json.loads(document(*steps, diagnostics=list(diagnostics)))
    content["config"] = config or {}
    return preview_diagnostics(parse(json.dumps(content)), content)


@pytest.mark.parametrize(
    ("guard", "message"),
    [
        ("removals", "2 of 3 destinations would be removed (a, b), more than the 3 or 50 %"),
        ("budget", "the destinations would cost $2 a month, more than the $1 of monthlyBudgetUsd"),
        ("budget", "the monthly budget cannot be checked: there are no prices for xx-moon-1"),
        ("protection", "unable to delete resource x as it is currently marked for protection"),
        ("flow outputs", "flow x would have 51 outputs, but a flow takes 50"),
    ],
)
def test_a_guard_is_known_by_what_it_says(guard: str, message: str) -> None:
    found = told(said("error", f"error: {message}\n"))
    assert found == PreviewDiagnostics(((guard, message),), (), ())


def test_any_other_error_is_no_refusal() -> None:
    found = told(said("error", "error: could not create it\n"))
    assert found == PreviewDiagnostics((), ("could not create it",), ())


def test_the_engine_does_not_get_between_a_guard_and_its_reader() -> None:
    wrapped = (
        "error: livestream:index:Roster resource 'roster': property destinations value {[{a}]} has"
        " a problem: 2 of 3 destinations would be removed"
    )
    refusals = told(said("error", wrapped)).refusals
    assert refusals == (("removals", "2 of 3 destinations would be removed"),)


def test_warnings_are_sorted_and_said_once_and_noise_is_not_said() -> None:
    found = told(
        said("warning", "warning: b"),
        said("warning", "warning: a"),
        said("warning", "warning: b\n"),
        said("warning", "warning: using pulumi-language-python from $PATH at /somewhere"),
        said("error", "error: an unhandled error occurred: Program exited with code 1"),
        said("info", "nothing to know"),
    )
    assert found == PreviewDiagnostics((), (), ("a", "b"))


def test_what_a_part_of_a_destination_says_is_said_with_its_name() -> None:
    part = step(CHANNEL, "one-channel", "update", of="one")
    about = {"urn": part["urn"]}
    found = told(
        {**said("warning", "warning: its channel is RUNNING: this ends its stream"), **about},
        {**said("error", "error: could not change it"), **about},
        {**said("warning", "warning: nobody's"), "urn": "urn:pulumi:test::other::kind::other"},
        steps=[part],
    )
    assert found.warnings == ("nobody's", "one: its channel is RUNNING: this ends its stream")
    assert found.errors == ("one: could not change it",)


HOLDERS: dict[str, dict[str, Any]] = {
    "a channel": {
        "steps": [
            step(
                CHANNEL, "c", "update", new={"destinations": [{"Settings": [{"StreamName": KEY}]}]}
            )
        ]
    },
    "a parameter": {
        "steps": [step("aws:ssm/parameter:Parameter", "p", "create", new={"value": KEY})]
    },
    "the configuration": {"config": {"lunora-player:streamKeys": json.dumps({"one": KEY})}},
    "a configuration that is no map": {"config": {"lunora-player:streamKeys": KEY}},
    "a configuration that is broken": {"config": {"lunora-player:streamKeys": f"[{KEY}"}},
}


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_the_document_holds_as_secret_is_told_nowhere(holder: str) -> None:
    text = f"[{KEY}" if "broken" in holder else KEY
    found = told(said("error", f"could not send {text}"), **HOLDERS[holder])
    assert found.errors == ("could not send [secret]",)


def test_a_value_of_anything_but_a_parameter_is_no_secret() -> None:
    alarm = step("aws:cloudwatch/metricAlarm:MetricAlarm", "a", "update", new={"value": "running"})
    assert told(said("error", "not running"), steps=[alarm]).errors == ("not running",)


@pytest.mark.parametrize("short", ["main", "[secret]"])
def test_what_is_no_key_masks_nothing(short: str) -> None:
    found = told(said("error", f"flow {short}"), config={"x:streamKeys": json.dumps({"a": short})})
    assert found.errors == (f"flow {short}",)


def test_what_follows_an_application_in_a_url_may_be_a_key() -> None:
    found = told(said("error", f"no answer from rtmps://example.org:443/app/{KEY}/x, so it ends"))
    assert found.errors == ("no answer from rtmps://example.org:443/app/[secret] so it ends",)


def test_a_long_message_is_cut() -> None:
    (message,) = told(said("error", "x" * 10_000)).errors
    assert len(message) < 700
    assert message.endswith(" ...")
