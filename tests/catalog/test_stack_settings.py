"""A stack's settings: one model for the texts of Pulumi and the values of files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Location, LunoraError
from catalog.flow_source import FlowSource
from catalog.repository import Repository
from catalog.stack_settings import (
    StackSettings,
    plain_secrets,
    secret_names,
    webhook_secrets,
)

KEY = "made-up-key"
ROLE = "arn:aws:iam::123456789012:role/path/medialive"
FLOW = "arn:aws:mediaconnect:eu-west-1:123456789012:flow:1-a:router"
MINIMAL = {"aws:region": "us-west-2", "lunora-player:flows": '{"main": {"name": "router"}}'}
EVERYTHING: dict[str, Any] = {
    "flows": {"far": {"arn": FLOW, "source": {"mbps": 8, "minimumMbps": 4, "sound": False}}},
    "monthlyBudgetUsd": 600,
    "budgetMail": True,
    "dryRun": True,
    "removals": {"max": 1, "percent": 100},
    "mediaLiveRoleArn": ROLE,
    "permissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit",
    "api": {
        "enabled": True,
        "allowedOrigins": ["https://example.org"],
        "repository": {"name": "octo/streams", "token": {"secret": "github"}},
    },
    "alertEmails": ["b@example.org", "a@example.org", "b@example.org"],
    "endpoint": "http://127.0.0.1:4566",
    "maintenance": {"day": "tue", "start": "04:00"},
    "streamKeys": {"one": KEY},
}


def parse(**changes: Any) -> StackSettings:
    changed = {f"lunora-player:{key}": value for key, value in changes.items()}
    return StackSettings.parse({**MINIMAL, **changed})


def repository(**changes: Any) -> dict[str, Any]:
    valid = {"name": "octo/streams", "token": {"secret": "github"}}
    return {"repository": {**valid, **changes}}


def test_defaults() -> None:
    settings = parse()
    assert (settings.region, settings.endpoint) == ("us-west-2", None)
    assert settings.flows["main"].source == FlowSource(codec="AVC", resolution="HD", mbps=20)
    assert settings.monthly_budget_usd is None
    assert (settings.removals.max, settings.removals.percent) == (3, 50)


@pytest.mark.parametrize("folder", ["", ".", "/etc", "../elsewhere", "a/../../b"])
def test_the_folder_of_the_files_is_in_the_project(folder: str) -> None:
    with pytest.raises(LunoraError) as refusal:
        parse(destinations=folder)
    assert refusal.value.code == "LUN200"


@pytest.mark.parametrize("as_text", [True, False])
def test_texts_and_values_are_the_same(as_text: bool) -> None:  # noqa: FBT001
    given = {
        key: value if isinstance(value, str) or not as_text else json.dumps(value)
        for key, value in EVERYTHING.items()
    }
    settings = parse(**given)
    assert settings.flows["far"].region_or("us-west-2") == "eu-west-1"
    assert settings.flows["far"].source == FlowSource(mbps=8, minimum_mbps=4, sound=False)
    assert (settings.monthly_budget_usd, settings.budget_mail, settings.dry_run) == (
        600,
        True,
        True,
    )
    assert (settings.removals.max, settings.removals.percent) == (1, 100)
    assert settings.media_live_role_arn == ROLE
    assert settings.permissions_boundary_arn == "arn:aws:iam::123456789012:policy/limit"
    assert settings.api.allowed_origins == ["https://example.org"]
    assert settings.api.repository is not None
    assert settings.api.repository.of_folder("examples") == Repository(
        name="octo/streams", folder="examples", branch="main", url="https://api.github.com"
    )
    assert settings.alert_emails == ["b@example.org", "a@example.org"]
    assert settings.stream_keys == {"one": KEY}


def test_the_printed_form_holds_no_key() -> None:
    assert KEY not in repr(parse(streamKeys={"one": KEY}, repositoryTokens={"github": KEY}))


@pytest.mark.parametrize("enabled", [True, False])
def test_the_token_is_kept_where_the_api_runs(enabled: bool) -> None:  # noqa: FBT001
    flows = {"main": {"name": "router"}, "far": {"arn": FLOW}}
    settings = parse(api={"enabled": enabled, **repository()}, flows=flows)
    keeps = {key: settings.flow_facts(flow).keeps_token for key, flow in settings.flows.items()}
    assert keeps == {"main": enabled, "far": False}


def test_the_region_is_required() -> None:
    with pytest.raises(LunoraError) as error:
        StackSettings.parse({**MINIMAL, "aws:region": None})
    assert error.value.code == "LUN202"


def test_other_namespaces_are_ignored() -> None:
    values = {**MINIMAL, "other:flows": "x"}
    assert StackSettings.parse(values) == parse()


@pytest.mark.parametrize(
    ("changes", "key", "nearest"),
    [
        ({"monthlyBudgetUSD": "1"}, "lunora-player:monthlyBudgetUSD", "monthlyBudgetUsd"),
        ({"alertEmail": "[]"}, "lunora-player:alertEmail", "alertEmails"),
        ({"region": "us-west-2"}, "lunora-player:region", "dryRun"),
        ({"removals": {"percents": 1}}, "lunora-player:removals.percents", "percent"),
        ({"api": repository(brunch=KEY)}, "lunora-player:api.repository.brunch", "branch"),
        ({"flows": {"main": {"nam": KEY}}}, "lunora-player:flows.main.nam", "name"),
        (
            {"flows": {"main": {"name": "a", "source": {"bps": 1}}}},
            "lunora-player:flows.main.source.bps",
            "mbps",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(
    changes: dict[str, Any], key: str, nearest: str
) -> None:
    with pytest.raises(LunoraError) as error:
        parse(**changes)
    assert error.value.code == "LUN201"
    assert key in error.value.message
    assert nearest in error.value.remedy
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "octo-1/streams.of_ours"},
        {"branch": "release/2026.1"},
        {"url": "https://forge.example.org/api/v3/"},
        {"url": "http://127.0.0.1:3000"},
        {"folder": "live/destinations"},
    ],
)
def test_a_repository_may_be_elsewhere(changes: dict[str, Any]) -> None:
    settings = parse(api=repository(**changes)).api.repository
    assert settings is not None
    values = settings.of_folder("destinations").model_dump()
    assert {key: values[key] for key in changes} == {
        key: value.rstrip("/") for key, value in changes.items()
    }


WRONG: list[tuple[str, Any, str]] = [
    ("flows", KEY, "flows"),
    ("flows", [KEY], "flows"),
    ("flows", {"main": KEY}, "flows.main"),
    ("flows", {"main": {"name": KEY, "arn": FLOW}}, "flows.main"),
    ("flows", {"main": {"arn": FLOW, "region": "us-west-2"}}, "flows.main"),
    ("flows", {"main": {"arn": KEY}}, "flows.main.arn"),
    ("flows", {"main": {"region": KEY}}, "flows.main"),
    ("flows", {"main": {"name": "a", "source": {"mbps": 51}}}, "flows.main.source.mbps"),
    (
        "flows",
        {"main": {"name": "a", "source": {"mbps": 8, "minimumMbps": 8}}},
        "flows.main.source",
    ),
    (
        "flows",
        {"main": {"name": "a", "source": {"minimumMbps": 0}}},
        "flows.main.source.minimumMbps",
    ),
    ("monthlyBudgetUsd", KEY, "monthlyBudgetUsd"),
    ("monthlyBudgetUsd", "0", "monthlyBudgetUsd"),
    ("mediaLiveRoleArn", "medialive", "mediaLiveRoleArn"),
    ("mediaLiveRoleArn", ROLE.replace("role/", "user/"), "mediaLiveRoleArn"),
    ("mediaLiveRoleArn", ROLE.replace("0", ""), "mediaLiveRoleArn"),
    ("removals", KEY, "removals"),
    ("removals", f'"{KEY}"', "removals"),
    ("removals", {"max": KEY}, "removals.max"),
    ("removals", {"max": 0}, "removals.max"),
    ("removals", {"percent": 101}, "removals.percent"),
    ("api", KEY, "api"),
    ("api", {"enabled": KEY}, "api.enabled"),
    ("api", {"allowedOrigins": ["*"]}, "api.allowedOrigins.0"),
    ("api", {"repository": {"token": {"secret": "github"}}}, "api.repository.name"),
    ("api", {"repository": {"name": "octo/streams"}}, "api.repository.token"),
    ("api", repository(token=KEY), "api.repository.token"),
    ("api", repository(token={"secret": ""}), "api.repository.token.secret"),
    *(
        ("api", repository(name=name), "api.repository.name")
        for name in (KEY, "octo/..", "octo/", "-octo/streams", "octo/a/b", "octo/a b")
    ),
    *(
        ("api", repository(branch=branch), "api.repository.branch")
        for branch in ("", "a..b", "/main", "main/", "-main", "a b", "a.lock", "a/.b", "a~1")
    ),
    *(
        ("api", repository(url=url), "api.repository.url")
        for url in (
            "http://api.github.com",
            f"https://ada:{KEY}@api.github.com",
            f"https://api.github.com?key={KEY}",
            "https://",
            "https://[::1",
            "ftp://127.0.0.1",
        )
    ),
    ("api", repository(folder="../destinations"), "api.repository.folder"),
    ("api", repository(forge="gitea"), "api.repository.forge"),
    ("alertEmails", KEY, "alertEmails"),
    ("alertEmails", f'"{KEY}"', "alertEmails"),
    ("alertEmails", [KEY], "alertEmails.0"),
    ("endpoint", "4566", "endpoint"),
    ("endpoint", "http://[::1", "endpoint"),
    ("streamKeys", KEY, "streamKeys"),
    ("streamKeys", f'"{KEY}"', "streamKeys"),
    ("streamKeys", {"one": [KEY]}, "streamKeys.one"),
]


@pytest.mark.parametrize(("name", "value", "path"), WRONG)
def test_a_wrong_value_is_named_by_its_key_and_never_shown(
    name: str, value: object, path: str
) -> None:
    with pytest.raises(LunoraError) as error:
        parse(**{name: value})
    assert error.value.code == "LUN200"
    assert error.value.message.startswith(f"lunora-player:{path}")
    assert KEY not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        (None, []),
        ({"secure": "v1:x"}, []),
        ({"one": {"secure": "v1:x"}}, []),
        ({"one": {"secure": "v1:x"}, "two": KEY}, ["lunora-player:streamKeys.two"]),
        (json.dumps({"one": KEY}), ["lunora-player:streamKeys"]),
    ],
)
def test_secrets_in_clear_are_found(value: object, keys: list[str]) -> None:
    assert list(plain_secrets({"lunora-player:streamKeys": value})) == keys


def test_secrets_in_clear_are_found_beside_encrypted_ones() -> None:
    secure = {"secure": "v1:abc"}
    config = {
        "lunora-player:streamKeys": secure,
        "lunora-player:passphrases": KEY,
        "lunora-player:webhookUrls": {"first": secure, "second": "https://hooks.example.org/x"},
    }
    assert list(plain_secrets(config)) == [
        "lunora-player:passphrases",
        "lunora-player:webhookUrls.second",
    ]


def test_the_names_of_secrets_are_listed_but_of_an_encrypted_map() -> None:
    config = {
        "lunora-player:streamKeys": {"show": {"secure": "v1:abc"}, 7: {"secure": "v1:def"}},
        "lunora-player:passphrases": {"secure": "v1:ghi"},
    }
    assert list(secret_names(config)) == [("streamKeys", "show"), ("streamKeys", "7")]


def test_the_secrets_of_webhooks_are_named() -> None:
    webhooks = [{"url": {"secret": name}} for name in ("chat", "pager")]
    assert webhook_secrets({"lunora-player:webhooks": webhooks}) == ["chat", "pager"]
    assert webhook_secrets({}) == []


@pytest.mark.parametrize("value", ["{", {"main": {"name": 1}}])
def test_a_wrong_setting_is_shown_with_its_file(value: object) -> None:
    where = Location(Path("Pulumi.prod.yaml"))
    with pytest.raises(LunoraError) as error:
        StackSettings.parse({**MINIMAL, "lunora-player:flows": value}, where)
    assert (error.value.code, error.value.where) == ("LUN200", where)
