"""The function of the watchdog has the destinations as deployed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lunora.ops import lambda_function
from lunora.watchdog import handler

FILE = "platform: restream\npreset: auto\nflow: {flow}\n"
FLOWS = [{"key": "main", "region": "us-west-2", "name": "srt", "source": {"frames_per_second": 25}}]


def test_automatic_presets_are_those_of_the_regions_flows(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    presets = {spec.name: spec.preset for spec in handler.watchdog_of_function().specs}
    assert presets == {"on-main": "1080p25", "on-east": "auto"}
