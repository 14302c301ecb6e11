"""The function of the watchdog has the destinations and receivers as deployed."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import Mock

import pytest

from catalog.webhooks import Webhook
from lunora.ops import lambda_function
from lunora.stack import Stack
from lunora.watchdog import handler

FILE = "platform: restream\npreset: auto\nflow: {flow}\n"
FLOWS = [{"key": "main", "region": "us-west-2", "name": "srt", "source": {"frames_per_second": 25}}]


@pytest.fixture(autouse=True)
def _function(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for flow in ("main", "east"):
        (project / f"destinations/on-{flow}.yaml").write_text(FILE.format(flow=flow))
    environment = {
        "AWS_REGION": "us-west-2",
        "LAMBDA_TASK_ROOT": str(project),
        "LUNORA_FLOWS": json.dumps(FLOWS),
        "LUNORA_PROJECT": "lunora-player",
        "LUNORA_STACK": "local",
        "LUNORA_TABLE": "table",
        "LUNORA_TOPIC": "topic",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lambda_function.stack_of_function.cache_clear()
    handler.watchdog_of_function.cache_clear()


def test_automatic_presets_are_those_of_the_regions_flows() -> None:
    presets = {spec.name: spec.preset for spec in handler.watchdog_of_function().specs}
    assert presets == {"on-main": "1080p25", "on-east": "auto"}


def test_receivers_of_messages_are_read_from_a_secret_parameter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receiver = {"url": "https://hooks.example.org/one", "format": "slack"}
    aws = Mock()
    aws.client.return_value.get_parameter.return_value = {
        "Parameter": {"Value": json.dumps([receiver])}
    }
    monkeypatch.setattr(Stack, "aws", lambda *_: aws)
    monkeypatch.setenv("LUNORA_WEBHOOKS", "/lunora-player/local/webhooks")
    delivery = handler.watchdog_of_function().delivery
    assert delivery.webhooks == (Webhook(url=receiver["url"], format="slack"),)
    aws.client.assert_called_with("ssm")
    aws.client.return_value.get_parameter.assert_called_once_with(
        Name="/lunora-player/local/webhooks", WithDecryption=True
    )
