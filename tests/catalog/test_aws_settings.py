"""The settings of the namespace `aws`: honored, or refused by name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from catalog.aws_settings import AssumedRole, AwsSettings
from catalog.errors import LunoraError
from catalog.stack_settings import StackSettings

ACCOUNT, OTHER = "123456789012", "999999999999"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deploy"
HIDDEN = "made-up-secret"
EVERYTHING: dict[str, Any] = {
    "profile": "production",
    "allowedAccountIds": [ACCOUNT],
    "forbiddenAccountIds": [OTHER],
    "assumeRoles": [{"roleArn": ROLE, "externalId": "e", "sessionName": "s"}],
}


def parse(**settings: Any) -> AwsSettings:
    return AwsSettings.parse({f"aws:{key}": value for key, value in settings.items()})


@pytest.mark.parametrize("as_text", [True, False])
def test_texts_and_values_are_the_same(as_text: bool) -> None:  # noqa: FBT001
    given = {
        key: value if isinstance(value, str) or not as_text else json.dumps(value)
        for key, value in EVERYTHING.items()
    }
    settings = parse(**given)
    assert settings.profile == "production"
    assert settings.allowed_account_ids == (ACCOUNT,)
    assert settings.assume_roles == (AssumedRole(role_arn=ROLE, external_id="e", session_name="s"),)
    assert settings.variables() == EVERYTHING
    assert AwsSettings.of_provider({**EVERYTHING, "region": "us-west-2"}) == settings


def test_an_account_without_quotes_is_an_account() -> None:
    assert parse(allowedAccountIds=[123456789012]).allowed_account_ids == (ACCOUNT,)


def test_they_are_settings_of_the_stack() -> None:
    values = {"aws:region": "us-west-2", "aws:profile": "production"}
    assert StackSettings.parse(values).aws == AwsSettings(profile="production")


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("allowedAccountId", [ACCOUNT], "allowedAccountIds"),
        ("assumeRole", {"roleArn": ROLE}, "assumeRoles"),
        ("assumeRoles", [{"roleArn": ROLE, "policy": HIDDEN}], "externalId"),
        ("defaultTags", {"tags": {"a": HIDDEN}}, "profile"),
        ("secretKey", HIDDEN, "profile"),
        ("secretKey", {"secure": HIDDEN}, "profile"),
        ("maxRetries", "3", "profile"),
    ],
)
def test_a_setting_without_effect_is_refused_by_name(name: str, value: object, hint: str) -> None:
    with pytest.raises(LunoraError) as error:
        parse(**{name: value})
    assert error.value.code == "LUN201"
    assert f"aws:{name}" in error.value.message
    assert hint in error.value.remedy
    assert HIDDEN not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("allowedAccountIds", "[12]"),
        ("allowedAccountIds", ACCOUNT),
        ("profile", ""),
        ("assumeRoles", [{}]),
        ("assumeRoles", [{"roleArn": "deploy"}]),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: object) -> None:
    with pytest.raises(LunoraError) as error:
        parse(**{name: value})
    assert error.value.code == "LUN200"


@pytest.mark.parametrize(
    ("settings", "is_allowed"),
    [
        ({}, True),
        ({"allowedAccountIds": [ACCOUNT, OTHER]}, True),
        ({"allowedAccountIds": [OTHER]}, False),
        ({"forbiddenAccountIds": [OTHER]}, True),
        ({"allowedAccountIds": [ACCOUNT], "forbiddenAccountIds": [ACCOUNT]}, False),
    ],
)
def test_accounts(settings: dict[str, Any], is_allowed: bool) -> None:  # noqa: FBT001
    error = parse(**settings).account_error(ACCOUNT)
    assert (error is None) == is_allowed
    assert error is None or error.code == "LUN216"
