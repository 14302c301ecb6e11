"""A wrong configuration is one sentence that names the key and never its value."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks, set_all_config

from catalog import passphrase
from catalog.flow_source import FlowSource
from components.stack_config import StackConfig

KEY = "made-up-key"
GOOD = {
    "aws:region": "us-west-2",
    "lunora-player:flows": '{"main": {"name": "router"}}',
    "lunora-player:streamKeys": json.dumps({"one": KEY}),
}

ROLE = "arn:aws:iam::123456789012:role/path/medialive"


class NoResources(mocks.Mocks):
    """Answers nothing: a configuration makes no resource."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        raise AssertionError(args.name)

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(args.token)


def load(**changes: Any) -> StackConfig:
    given = {**GOOD, **changes}
    set_all_config({key: value for key, value in given.items() if value is not None}, None)
    return StackConfig.load()


def test_what_is_given_and_what_is_default() -> None:
    config = load()
    assert (config.region, config.endpoint, config.media_live_role_arn) == ("us-west-2", None, None)
    assert config.flow("main").name == "router"
    assert config.flow("main").source == FlowSource(codec="AVC", resolution="HD", mbps=20)
    assert config.monthly_budget_usd is None
    assert (config.removals.max, config.removals.percent) == (3, 50)


def test_all_that_can_be_given_is_taken() -> None:
    config = load(
        **{
            "lunora-player:flows": (
                '{"far": {"arn": "arn:flow", "region": "eu-west-1", "source": {"mbps": 8}}}'
            ),
            "lunora-player:monthlyBudgetUsd": "600",
            "lunora-player:budgetMail": "true",
            "lunora-player:dryRun": "true",
            "lunora-player:removals": '{"max": 1, "percent": 100}',
            "lunora-player:mediaLiveRoleArn": ROLE,
            "lunora-player:permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit",
            "lunora-player:api": '{"enabled": true, "allowedOrigins": ["https://example.org"]}',
            "lunora-player:alertEmails": '["b@example.org", "a@example.org", "b@example.org"]',
            "lunora-player:endpoint": "http://127.0.0.1:4566",
        }
    )
    far = config.flow("far")
    assert (far.name, far.arn, far.region) == (None, "arn:flow", "eu-west-1")
    assert far.source == FlowSource(mbps=8)
    assert config.monthly_budget_usd == 600
    assert (config.budget_mail, config.dry_run) == (True, True)
    assert (config.removals.max, config.removals.percent) == (1, 100)
    assert config.media_live_role_arn == ROLE
    assert config.permissions_boundary_arn == "arn:aws:iam::123456789012:policy/limit"
    assert (config.api.enabled, config.api.allowed_origins) == (True, ["https://example.org"])
    assert config.alert_emails == ("b@example.org", "a@example.org")
    assert config.endpoint == "http://127.0.0.1:4566"


def test_its_printed_form_holds_no_key() -> None:
    assert KEY not in repr(load())
    assert KEY not in str(load())


WRONG = [
    ("aws:region", None, "aws:region is not set; run `pulumi config set aws:region us-west-2`"),
    ("flows", None, "flows: Field required"),
    ("flows", "{}", "flows: Dictionary should have at least 1 item after validation, not 0"),
    ("flows", KEY, "flows is not a map"),
    ("flows", f'["{KEY}"]', "flows: Input should be a valid dictionary"),
    ("flows", f'{{"main": "{KEY}"}}', "flows.main: Input should be a valid dictionary"),
    ("flows", f'{{"main": {{"name": "{KEY}", "arn": "{KEY}"}}}}', "flows.main: Value error, give"),
    ("flows", f'{{"main": {{"region": "{KEY}"}}}}', "flows.main: Value error, give either a name"),
    ("flows", f'{{"main": {{"nam": "{KEY}"}}}}', "flows.main.nam: Extra inputs are not permitted"),
    ("flows", '{"main": {"name": "a", "source": {"mbps": 51}}}', "flows.main.source.mbps: Input"),
    ("monthlyBudgetUsd", KEY, "monthlyBudgetUsd: Input should be a valid number"),
    ("monthlyBudgetUsd", "0", "monthlyBudgetUsd: Input should be greater than 0"),
    (
        "mediaLiveRoleArn",
        "medialive",
        "mediaLiveRoleArn: is not the ARN of a role; write it as arn",
    ),
    ("mediaLiveRoleArn", ROLE.replace("role/", "user/"), "mediaLiveRoleArn: is not the ARN of a"),
    ("mediaLiveRoleArn", ROLE.replace("0", ""), "mediaLiveRoleArn: is not the ARN of a role"),
    ("removals", KEY, "removals is not a map"),
    ("removals", f'"{KEY}"', "removals: Input should be a valid dictionary"),
    ("removals", f'{{"max": "{KEY}"}}', "removals.max: Input should be a valid integer"),
    ("removals", '{"max": 0}', "removals.max: Input should be greater than or equal to 1"),
    ("removals", '{"percent": 101}', "removals.percent: Input should be less than or equal to 100"),
    ("removals", f'{{"most": "{KEY}"}}', "removals.most: Extra inputs are not permitted"),
    ("api", KEY, "api is not a map"),
    ("api", f'{{"enabled": "{KEY}"}}', "api.enabled: Input should be a valid boolean"),
    ("api", '{"allowedOrigins": ["*"]}', "api.allowedOrigins.0: String should match pattern"),
    ("alertEmails", KEY, "alertEmails is not a list"),
    ("alertEmails", f'"{KEY}"', "alertEmails: Input should be a valid list"),
    ("alertEmails", f'["{KEY}"]', "alertEmails.0: String should match pattern"),
    ("streamKeys", KEY, "streamKeys is not a map"),
    ("streamKeys", f'"{KEY}"', "streamKeys: Input should be a valid dictionary"),
    ("streamKeys", f'{{"one": ["{KEY}"]}}', "streamKeys.one: Input should be a valid string"),
]


@pytest.mark.parametrize(("key", "value", "sentence"), WRONG)
def test_a_wrong_value_is_named_by_its_key(key: str, value: str | None, sentence: str) -> None:
    namespace = "" if ":" in key else "lunora-player:"
    with pytest.raises(pulumi.RunError) as caught:
        load(**{f"{namespace}{key}": value})
    said = str(caught.value)
    assert said.startswith(f"{namespace}{sentence}")
    assert KEY not in said
    assert "\n" not in said


def test_a_flow_that_is_not_configured_is_named_with_those_that_are() -> None:
    with pytest.raises(pulumi.RunError, match=r"flow 'spare' is not one of .*\(main\)"):
        load().flow("spare")


@pytest.mark.parametrize("key", ["", " ", f"{KEY} ", f"{KEY}\n", f"rtmp://host/app/{KEY}"])
def test_what_is_no_stream_key_is_refused_unseen(key: str) -> None:
    config = load(**{"lunora-player:streamKeys": json.dumps({"one": key})})
    with pytest.raises(pulumi.RunError) as caught:
        config.stream_key("one")
    assert str(caught.value) == (
        "stream key one is empty, has spaces or is a URL;"
        " run `pulumi config set --secret --path 'lunora-player:streamKeys.one'`"
    )


def test_a_missing_stream_key_says_how_to_set_it() -> None:
    with pytest.raises(pulumi.RunError) as caught:
        load().stream_key("two")
    assert str(caught.value) == (
        "stream key two is not set;"
        " run `pulumi config set --secret --path 'lunora-player:streamKeys.two'`"
    )


@pytest.mark.parametrize(
    ("name", "endpoint", "key"),
    [
        pytest.param("one", None, KEY, id="of the stack"),
        pytest.param("one", "http://127.0.0.1:4566", KEY, id="of the local stack"),
        pytest.param("two", "http://127.0.0.1:4566", "made-up-key-of-two", id="made up"),
    ],
)
def test_a_stream_key_is_secret(name: str, endpoint: str | None, key: str) -> None:
    mocks.set_mocks(NoResources())
    config = load(**{"lunora-player:endpoint": endpoint})
    seen: list[object] = []

    async def look(output: pulumi.Output[str]) -> None:
        seen.extend((await output.future(), await output.is_secret()))

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[None]:
        return pulumi.Output.from_input(look(config.stream_key(name)))

    program()
    assert seen == [key, True]


@pytest.mark.parametrize("given", ["short", "x" * 80, "two\nlines of a passphrase"])
def test_what_is_no_passphrase_is_refused_unseen(given: str) -> None:
    config = load(**{"lunora-player:passphrases": json.dumps({"one": given})})
    with pytest.raises(pulumi.RunError) as caught:
        config.passphrase("one")
    assert str(caught.value) == (
        "passphrase one is not 10 to 79 characters in one line;"
        " run `pulumi config set --secret --path 'lunora-player:passphrases.one'`"
    )


def test_a_missing_passphrase_is_made_up_only_where_nobody_needs_it() -> None:
    with pytest.raises(pulumi.RunError, match="passphrase one is not set; run `pulumi config set"):
        load().passphrase("one")
    mocks.set_mocks(NoResources())
    config = load(**{"lunora-player:endpoint": "http://127.0.0.1:4566"})
    seen: list[object] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> pulumi.Output[None]:
        return config.passphrase("x" * 64).apply(seen.append)

    program()
    (made_up,) = seen
    assert passphrase.is_possible(str(made_up))
