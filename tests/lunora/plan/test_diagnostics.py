"""Messages of a preview: each once, sorted by kind, without secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.errors import error_codes
from lunora.plan.diagnostics import PreviewDiagnostics, preview_diagnostics
from lunora.plan.preview import parse
from tests.lunora.plan.previews import CHANNEL, document, said, step

KEY = "live_made_up_key"
CODE, GUARD = next((code, row.guard) for code, row in error_codes().items() if row.guard)


def messages(
    *diagnostics: dict[str, str], steps: Any = (), config: Any = None
) -> PreviewDiagnostics:
    content = json.loads(document(*steps, diagnostics=list(diagnostics)))
    content["config"] = config or {}
    return preview_diagnostics(parse(json.dumps(content)), content)


REFUSAL = f"{CODE}: 2 of 3 destinations would be removed"
PROTECTED = (
    'unable to delete resource "urn:pulumi:test::p::lunora:index:StreamDestination::one"\n'
    "as it is currently marked for protection. To unprotect the resource, remove the flag"
)


@pytest.mark.parametrize(
    ("guard", "message"),
    [
        *((row.guard, f"{code}: {row.title}") for code, row in error_codes().items() if row.guard),
        (GUARD, f"{REFUSAL}\nsee docs/errors.md"),
    ],
)
def test_a_refusal_of_a_guard_has_a_code_of_a_guard(guard: str, message: str) -> None:
    diagnostics = messages(said("error", f"error: {message}\n"))
    assert diagnostics == PreviewDiagnostics(((guard, message),), (), ())


def test_a_protected_destination_is_refused_once() -> None:
    alarms = "lunora:index:StreamAlarms"
    parts = (
        "livestream:index:PushInput::one-input",
        "livestream:index:Channel::one-channel",
        f"{alarms}::one-alarms",
        f"{alarms}$aws:cloudwatch/metricAlarm:MetricAlarm::one-alarms-0-no-signal",
        "aws:ssm/parameter:Parameter::one-stream-key",
    )
    end = "StreamDestination::one"
    blocks = [PROTECTED.replace(end, f"StreamDestination${part}") for part in parts]
    blocks.append(PROTECTED)
    diagnostics = messages(*(said("error", f"error: Preview failed: {text}") for text in blocks))
    ((guard, message),) = diagnostics.refusals
    assert (guard, diagnostics.errors) == ("protection", ())
    assert message.startswith("one: LUN419: ")


@pytest.mark.parametrize(
    "message",
    [
        "could not create it",
        "destinations/quota-show.yaml:2:9: LUN100: unknown key quota",
        "destinations/quota-show.yaml:2:9: preset: is none of 1080p30",
        'monthlyBudgetUsd: "600 USD" is not a number',
        "cannot list service quotas: AccessDenied",
        "destinations/one.yaml: the description says marked for protection",
        f'destinations/one.yaml:1:1: LUN100: unknown key "{CODE}"',
        f"{REFUSAL}\ndestinations/one.yaml:1:1: LUN100: unknown key",
    ],
)
def test_no_word_of_an_ordinary_error_is_a_refusal(message: str) -> None:
    diagnostics = messages(said("error", f"error: {message}\n"))
    assert diagnostics == PreviewDiagnostics((), (message,), ())


def test_the_engine_does_not_get_between_a_guard_and_its_reader() -> None:
    wrapped = (
        "error: livestream:index:Roster resource 'roster': property destinations value {[{a}]} has"
        f" a problem: {REFUSAL}"
    )
    refusals = messages(said("error", wrapped)).refusals
    assert refusals == ((GUARD, REFUSAL),)


def test_warnings_are_sorted_and_said_once_and_noise_is_not_said() -> None:
    diagnostics = messages(
        said("warning", "warning: b"),
        said("warning", "warning: a"),
        said("warning", "warning: b\n"),
        said("warning", "warning: using pulumi-language-python from $PATH at /somewhere"),
        said("error", "error: an unhandled error occurred: Program exited with code 1"),
        said("info", "nothing to know"),
    )
    assert diagnostics == PreviewDiagnostics((), (), ("a", "b"))


def test_what_a_part_of_a_destination_says_is_said_with_its_name() -> None:
    part = step(CHANNEL, "one-channel", "update", of="one")
    about = {"urn": part["urn"]}
    diagnostics = messages(
        {**said("warning", "warning: its channel is RUNNING: this ends its stream"), **about},
        {**said("error", "error: could not change it"), **about},
        {**said("warning", "warning: nobody's"), "urn": "urn:pulumi:test::other::kind::other"},
        steps=[part],
    )
    assert diagnostics.warnings == ("nobody's", "one: its channel is RUNNING: this ends its stream")
    assert diagnostics.errors == ("one: could not change it",)


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
    diagnostics = messages(said("error", f"could not send {text}"), **HOLDERS[holder])
    assert diagnostics.errors == ("could not send [secret]",)


def test_a_value_of_anything_but_a_parameter_is_no_secret() -> None:
    alarm = step("aws:cloudwatch/metricAlarm:MetricAlarm", "a", "update", new={"value": "running"})
    assert messages(said("error", "not running"), steps=[alarm]).errors == ("not running",)


@pytest.mark.parametrize("short", ["main", "[secret]"])
def test_what_is_no_key_masks_nothing(short: str) -> None:
    diagnostics = messages(
        said("error", f"flow {short}"), config={"x:streamKeys": json.dumps({"a": short})}
    )
    assert diagnostics.errors == (f"flow {short}",)


def test_what_follows_an_application_in_a_url_may_be_a_key() -> None:
    diagnostics = messages(
        said("error", f"no answer from rtmps://example.org:443/app/{KEY}/x, so it ends")
    )
    assert diagnostics.errors == ("no answer from rtmps://example.org:443/app/[secret] so it ends",)


def test_a_long_message_is_cut() -> None:
    (message,) = messages(said("error", "x" * 10_000)).errors
    assert len(message) < 700
    assert message.endswith(" ...")
