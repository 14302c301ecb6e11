"""A stack's configuration without a Pulumi configuration file."""

from __future__ import annotations

from catalog.stack_settings import StackSettings
from components.stack_config import StackConfig


def config(
    *, region: str = "us-west-2", budget: float | None = None, flow_region: str | None = None
) -> StackConfig:
    values = {
        "aws:region": region,
        "lunora-player:flows": {"main": {"name": "router", "region": flow_region}},
        "lunora-player:monthlyBudgetUsd": budget,
    }
    return StackConfig(StackSettings.parse(values))
