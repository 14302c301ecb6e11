"""The state of a flow output, as the file of its destination declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from catalog.model import DestinationSpec

_STATUS: Final[Mapping[str, str]] = {
    "running": "ENABLED",
    "stopped": "DISABLED",
    "scheduled": "SCHEDULED",
}


def settings(spec: DestinationSpec, *, margin_minutes: int | None = None) -> dict[str, Any]:
    """Return the inputs of a `FlowOutput` by which it sends while *spec* streams.

    Args:
        spec: the destination file.
        margin_minutes: for how long it sends before and after the hours of a schedule.
    """
    schedule = spec.schedule
    return {
        "status": _STATUS[spec.desired_state],
        "schedule": schedule.model_dump(mode="json") if schedule else None,
        "margin_minutes": margin_minutes if schedule else None,
    }
