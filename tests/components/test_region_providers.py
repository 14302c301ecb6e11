"""The aws: settings of a stack in the providers of a region."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from catalog.aws_settings import AwsSettings
from components.region_providers import RegionProviders
from tests.support.pulumi_mocks import Echo, Recorder, inputs

ACCOUNT = "123456789012"
GIVEN = {
    "profile": "production",
    "allowedAccountIds": [ACCOUNT],
    "forbiddenAccountIds": ["999999999999"],
    "assumeRoles": [
        {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/x", "externalId": "e", "sessionName": "s"}
    ],
}
ENDPOINT = "http://127.0.0.1:4566"


def provider_inputs(settings: AwsSettings, endpoint: str | None) -> dict[str, dict[str, Any]]:
    recorder = Recorder()
    mocks.set_mocks(Echo(), "lunora-player", "test", preview=False, monitor=recorder)

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def program() -> None:
        RegionProviders("us-west-2", endpoint=endpoint, settings=settings)

    program()
    return {
        name: _decoded(inputs(recorder.registered[name]))
        for name in ("aws-us-west-2", "livestream-us-west-2")
    }


def _decoded(values: dict[str, Any]) -> dict[str, Any]:
    """Undo the JSON text in which generated SDKs send lists and booleans."""
    return {
        key: json.loads(value) if isinstance(value, str) and value[:1] in "[tf" else value
        for key, value in values.items()
    }


@pytest.mark.parametrize("endpoint", [None, ENDPOINT])
def test_both_get_all_of_them(endpoint: str | None) -> None:
    for values in provider_inputs(AwsSettings.model_validate(GIVEN), endpoint).values():
        assert {key: values[key] for key in GIVEN} == GIVEN


def test_without_them_none_is_an_input() -> None:
    for values in provider_inputs(AwsSettings(), None).values():
        assert not GIVEN.keys() & values.keys()


def test_the_account_is_looked_up_where_it_is_compared() -> None:
    limited = AwsSettings(allowed_account_ids=(ACCOUNT,))
    for settings, is_skipped in ((AwsSettings(), True), (limited, False)):
        values = provider_inputs(settings, ENDPOINT)["aws-us-west-2"]
        assert values["skipRequestingAccountId"] is is_skipped
