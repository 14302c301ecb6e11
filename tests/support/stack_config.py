"""A stack's configuration without a Pulumi configuration file."""

from __future__ import annotations

from components.stack_config import Api, FlowRef, Removals, StackConfig


def config(
    *, region: str = "us-west-2", budget: float | None = None, flow_region: str | None = None
) -> StackConfig:
    return StackConfig(
        region=region,
        flows={"main": FlowRef(name="router", region=flow_region)},
        removals=Removals(),
        monthly_budget_usd=budget,
        budget_mail=False,
        dry_run=False,
        media_live_role_arn=None,
        permissions_boundary_arn=None,
        api=Api(),
        alert_emails=(),
        endpoint=None,
        _stream_keys={},
        _passphrases={},
    )
