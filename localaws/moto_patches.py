"""Patches of moto's services: MediaLive, MediaConnect, and the needs of account set-up."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from moto.moto_server.werkzeug_app import create_backend_app

from localaws import cloudwatch, schedules, service_quotas, tagging
from localaws.clock import Clock
from localaws.quotas import Quotas
from localaws.service_registry import Services

# Imported by the first call of their service: few runs need them, and all would wait for them.
_AT_FIRST_USE = {
    "awslambda": "localaws.functions.configuration",
    "budgets": "localaws.budgets",
    "cloudformation": "localaws.cloudformation",
    "mediapackage": "localaws.packaging",
    "s3": "localaws.buckets",
}


def install(clock: Clock, quotas: Quotas, services: Services) -> None:
    """Teach them, from moto's next reset on; the last emulator of a process wins."""
    cloudwatch.install(clock, services.series)
    schedules.install()
    service_quotas.install(quotas)
    tagging.install(services)


def application(service: Any) -> Any:
    """Return moto's application of *service*, taught what it lacks."""
    if service in _AT_FIRST_USE:
        import_module(_AT_FIRST_USE[service]).install()
    return create_backend_app(service)
