"""Credentials of the environment take precedence over the emulator's."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from provider import credentials

ENDPOINT = "http://127.0.0.1:1"


def test_an_embedded_aws_gets_made_up_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    signature: Any = credentials.for_endpoint(ENDPOINT)
    # Under the names that boto3 takes.
    boto3.client("medialive", region_name="us-west-2", **signature)
    assert set(signature.values()) == {"embedded"}
    assert len(signature) == 2


def test_the_environments_own_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAMADEUP")
    assert credentials.for_endpoint(ENDPOINT) == {}


def test_amazon_gets_none_that_are_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    assert credentials.for_endpoint(None) == {}
