"""A wrong configuration is one sentence that names the key and never its value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config

from components.stack_config import StackConfig

KEY = "made-up-key"
GOOD = {
    "aws:region": "us-west-2",
    "lunora-player:flows": '{"main": {"name": "router"}}',
    "lunora-player:streamKeys": json.dumps({"one": KEY}),
}


@pytest.fixture(autouse=True)
def _no_configuration_afterwards() -> Iterator[None]:
    yield
    set_all_config({}, None)


def load(**changes: Any) -> StackConfig:
    given = {**GOOD, **{key.replace("__", ":"): value for key, value in changes.items()}}
    set_all_config({key: value for key, value in given.items() if value is not None}, None)
    return StackConfig.load()


def test_what_is_given_and_what_is_default() -> None:
    config = load()
    assert (config.region, config.endpoint, config.media_live_role_arn) == ("us-west-2", None, None)
    assert config.flow("main").name == "router"
    assert (config.removals.max, config.removals.percent) == (3, 50)


def test_its_printed_form_holds_no_key() -> None:
    assert KEY not in repr(load())
    assert KEY not in str(load())


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("aws:region", None, "aws:region is not set"),
        ("lunora-player:flows", None, "lunora-player:flows: Field required"),
        ("lunora-player:flows", "{}", "lunora-player:flows: Dictionary should have at least 1"),
        ("lunora-player:flows", "router", "lunora-player:flows is not a map"),
        (
            "lunora-player:flows",
            '{"main": {"name": "a", "arn": "b"}}',
            "lunora-player:flows.main: Value error, give either a name or an arn",
        ),
        ("lunora-player:removals", '{"max": 0}', "lunora-player:removals.max: Input should be"),
        ("lunora-player:removals", '{"most": 1}', "lunora-player:removals.most: Extra inputs"),
        (
            "lunora-player:streamKeys",
            f'{{"one": ["{KEY}"]}}',
            "lunora-player:streamKeys.one: Input should be a valid string",
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_key(key: str, value: str | None, sentence: str) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        load(**{key: value})
    assert str(caught.value).startswith(sentence)
    assert KEY not in str(caught.value)


def test_a_flow_that_is_not_configured_is_named_with_those_that_are() -> None:
    with pytest.raises(pulumi.RunError, match=r"flow 'spare' is not one of .*\(main\)"):
        load().flow("spare")


@pytest.mark.parametrize("key", ["", "with space", "rtmp://host/app/key"])
def test_what_is_no_stream_key_is_refused_unseen(key: str) -> None:
    config = load(**{"lunora-player:streamKeys": json.dumps({"one": key})})
    with pytest.raises(pulumi.RunError, match="stream key one is empty, has spaces or is a URL"):
        config.stream_key("one")


def test_a_missing_stream_key_says_how_to_set_it() -> None:
    with pytest.raises(pulumi.RunError, match="stream key two is not set; run `pulumi config set"):
        load().stream_key("two")
