"""Patches of moto's services: MediaLive, MediaConnect, and the needs of account set-up."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from typing import Any

from moto.moto_server.werkzeug_app import create_backend_app

from localaws import cloudwatch, cost_explorer, schedules, service_quotas, tagging
from localaws.alarms.engine import Alarms
from localaws.billing import Bill
from localaws.clock import Clock
from localaws.mails import Mailbox
from localaws.measurements import Measurements
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


def install_monitoring(
    clock: Clock, measurements: Measurements, alarms: Alarms, mailbox: Mailbox
) -> None:
    """Teach CloudWatch metrics and alarms, and SNS mails."""
    cloudwatch.install(clock, measurements, alarms)
    mailbox.install()


def install_billing(bill: Bill, activated: dict[str, dt.date]) -> None:
    """Teach Cost Explorer the bill, and since when its tags count."""
    cost_explorer.install(bill, activated)


def install(quotas: Quotas, services: Services) -> None:
    """Teach them, from moto's next reset on; the last emulator of a process wins."""
    schedules.install()
    service_quotas.install(quotas)
    tagging.install(services)


def application(service: Any) -> Any:
    """Return moto's application of *service*, taught what it lacks."""
    if service in _AT_FIRST_USE:
        import_module(_AT_FIRST_USE[service]).install()
    return create_backend_app(service)
