"""What moto's services are taught of MediaLive and MediaConnect."""

from __future__ import annotations

from localaws import cloudwatch, schedules, service_quotas, tagging
from localaws.clock import Clock
from localaws.quotas import Quotas
from localaws.services import Services


def install(clock: Clock, quotas: Quotas, services: Services) -> None:
    """Teach them, from moto's next reset on; the last embedded AWS of a process wins."""
    cloudwatch.install(clock, services.series)
    schedules.install()
    service_quotas.install(quotas)
    tagging.install(services)
