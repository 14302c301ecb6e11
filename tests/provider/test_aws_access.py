"""Profile, roles and accounts of a stack, in the plugins and in the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.aws_settings import AwsSettings
from localaws.server import EmbeddedAws
from lunora.stack import Stack
from offline.aws_plugin.__main__ import StandIn
from provider.__main__ import Livestream
from provider.aws import AwsClients
from provider.layout import LAYOUT
from provider.resource import ResourceError

ACCOUNT, OTHER = "123456789012", "999999999999"
ROLES = [f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("first", "second")]


def clients(embedded: EmbeddedAws, **settings: Any) -> AwsClients:
    return AwsClients("us-west-2", endpoint=embedded.endpoint, settings=AwsSettings(**settings))


@pytest.mark.parametrize(
    "ids", [{"allowed_account_ids": (OTHER,)}, {"forbidden_account_ids": (ACCOUNT,)}]
)
def test_no_call_is_made_in_another_account(embedded: EmbeddedAws, ids: dict[str, Any]) -> None:
    aws = clients(embedded, **ids)
    for _ in range(2):
        with pytest.raises(ResourceError) as error:
            _ = aws.medialive
        assert error.value.code == "LUN216"


def test_the_allowed_account_is_looked_up_once(embedded: EmbeddedAws) -> None:
    aws = clients(embedded, allowed_account_ids=(ACCOUNT,))
    assert aws.medialive.list_channels()["Channels"] == []
    assert aws.mediaconnect.list_flows()["Flows"]


def test_a_profile_that_is_missing_is_an_error(embedded: EmbeddedAws) -> None:
    with pytest.raises(ResourceError) as error:
        _ = clients(embedded, profile="missing").medialive
    assert error.value.code == "LUN313"


def test_a_profile_signs(
    embedded: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[production]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    session = clients(embedded, profile="production")._session
    credentials = session.get_credentials()
    assert credentials is not None
    assert credentials.access_key == "AKIAPROFILE"


def test_roles_are_assumed_in_turn(embedded: EmbeddedAws) -> None:
    roles = [{"role_arn": arn, "session_name": "run"} for arn in ROLES]
    identity = clients(embedded, assume_roles=roles).client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/second/run"


def test_both_plugins_and_the_command_take_them(embedded: EmbeddedAws) -> None:
    variables = {"region": "us-west-2", "allowedAccountIds": [OTHER]}
    configured = Livestream().configure(
        {**variables, "endpoint": embedded.endpoint, "layout": LAYOUT}
    )
    stack = Stack(
        "p",
        "s",
        "us-west-2",
        embedded.endpoint,
        aws_settings=AwsSettings(allowed_account_ids=(OTHER,)),
    )
    get_flow = next(f for token, f in configured.functions.items() if token.endswith("getFlow"))
    for use in (
        lambda: get_flow({"name": "x"}),
        lambda: StandIn().configure({**variables, "endpoints": [{"sts": embedded.endpoint}]}),
        lambda: stack.aws().medialive,
    ):
        with pytest.raises(ResourceError) as error:
            use()
        assert error.value.code == "LUN216"
