"""Choice of the channels whose logo to show again.

No document says that an image outlives a stop, and channels start by schedules, after maintenance
and by hand. That an image which is shown already can be shown again unseen is unverified.
"""

from __future__ import annotations

import datetime as dt

from lunora.ops.status import DestinationStatus
from lunora.watchdog.memory import ChannelRecord

_AGAIN = dt.timedelta(hours=1)
"""A pipeline that restarts alone, and a start between two readings, do not show in the state."""


def is_due(status: DestinationStatus, record: ChannelRecord, now: dt.datetime) -> bool:
    """Tell whether the channel of *status* is to show its logo now.

    Args:
        status: the destination.
        record: its channel as of the former reading.
        now: the time of the reading.
    """
    channel, spec = status.observation.channel, status.observation.spec
    if spec is None or spec.picture.logo is None or channel is None or channel.state != "RUNNING":
        return False
    if record.state != "RUNNING" or record.logo_shown is None:
        return True
    return now - record.logo_shown >= _AGAIN
